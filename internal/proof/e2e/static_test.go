package e2e

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// nobody is the user of the image.
const nobody = 65532

// TestStatic runs the binary as the image does: alone in an empty root, as an unprivileged user, with
// nothing but a folder for data, one for temporary files and the stores' sockets. Time zones and prompts are inside it.
func TestStatic(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Fatal("only root may change the root folder; run this as root")
	}
	root := emptyRoot(t)
	program, err := os.ReadFile(rig.Static(t))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(root, "callstamp"), program, 0o755))
	isStatic(t, filepath.Join(root, "callstamp"))
	pg, err := private.StartPostgres(t.Context(), private.PostgresOptions{Unsafe: true, SocketDir: filepath.Join(root, "pg")})
	must(t, err)
	t.Cleanup(func() { must(t, pg.Stop()) })

	p := newPlan(t)
	p.Dir, p.Postgres, p.Redis, p.Zone = "", "host=/pg user="+private.Superuser+" dbname=postgres", redisInside(t, root), "Asia/Ho_Chi_Minh"
	must(t, os.WriteFile(filepath.Join(root, "callstamp.yaml"), p.yaml(t), 0o644))
	inside := func(args ...string) *exec.Cmd {
		cmd := exec.Command("/callstamp", append(args, "--config", "/callstamp.yaml")...)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}, Pdeathsig: syscall.SIGKILL,
		}
		return cmd
	}
	if out, err := inside("healthcheck").CombinedOutput(); err == nil {
		t.Errorf("healthcheck before the start: %s", out)
	}
	s := rig.Serve(t, fmt.Sprintf("http://127.0.0.1:%d", p.HTTP), inside("serve"))
	t.Cleanup(func() { s.StopWell(t, rig.StopLimit) })
	s.AwaitReady(t, rig.Patience)
	out, err := inside("healthcheck").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "ready" {
		t.Errorf("healthcheck: %v, %q", err, out)
	}
}

// emptyRoot is a folder that everybody may pass through, with what the image has besides the binary.
func emptyRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "callstamp-root-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(root)) })
	must(t, os.Chmod(root, 0o755))
	for _, dir := range []string{"data", "tmp"} {
		must(t, os.Mkdir(filepath.Join(root, dir), 0o755))
		must(t, os.Chown(filepath.Join(root, dir), nobody, nobody))
	}
	return root
}

// isStatic fails unless the file runs without a dynamic loader.
func isStatic(t *testing.T, file string) {
	t.Helper()
	f, err := elf.Open(file)
	must(t, err)
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary wants a dynamic loader")
		}
	}
}

// redisInside runs a Redis whose socket everybody in the root may use, and returns its name there.
func redisInside(t *testing.T, root string) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	must(t, err)
	rig.Launch(t, exec.Command(path, "--port", "0", "--save", "", "--dir", t.TempDir(),
		"--unixsocket", filepath.Join(root, "redis.sock"), "--unixsocketperm", "777"))
	rig.Eventually(t, "Redis has its socket", func() bool {
		_, err := os.Stat(filepath.Join(root, "redis.sock"))
		return err == nil
	}, nil)
	return "/redis.sock"
}
