package rig

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Kamailio runs the program at path in the foreground with a configuration,
// and what else it is given, until the test ends.
func Kamailio(t testing.TB, path, config string, args ...string) *Process {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "kamailio.cfg")
	must(t, os.WriteFile(file, []byte(config), 0o600))
	args = append([]string{"-f", file, "-DD", "-E", "-w", dir, "-Y", dir, "-P", filepath.Join(dir, "pid")}, args...)
	cmd := exec.Command(path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // its children end with it
	p := Launch(t, cmd)
	t.Cleanup(func() {
		p.Signal(t, syscall.SIGTERM)
		if !Await(10*time.Second, func() bool { return !p.Running() }) {
			t.Error("kamailio does not end")
		}
	})
	return p
}
