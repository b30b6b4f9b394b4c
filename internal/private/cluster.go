package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
)

// serverAccount is ourselves, or, because PostgreSQL refuses to run as root, postgres where that user exists and
// nobody where it doesn't.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(found.Uid, 10, 32)
		gid, errG := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(errU, errG); err != nil {
			return account{}, fmt.Errorf("read account %s: %w", name, err)
		}
		return account{uid: uint32(uid), gid: uint32(gid), other: true}, nil
	}
	return account{}, errors.New("start PostgreSQL as root: neither user postgres nor nobody exists to run it")
}

// initialise makes the cluster beside its place and moves it there whole, so that an interrupted one is made again.
func (p *Postgres) initialise(ctx context.Context, unsafe bool) error {
	if _, err := os.Stat(filepath.Join(p.data, "PG_VERSION")); err == nil {
		return nil
	}
	fresh := p.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove half-made database: %w", err)
	}
	if err := p.as.own(fresh, 0o700); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions"}
	if unsafe {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, "initdb"), args...)
	cmd.Dir, cmd.Env = "/", p.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as.credential(), Setpgid: true}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initialise database: %w\n%s", err, out)
	}
	if err := os.Rename(fresh, p.data); err != nil {
		return fmt.Errorf("put database in place: %w", err)
	}
	return nil
}

// versionPattern reads what `postgres --version` prints: "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)".
var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// major asks the programs for their major version.
func (p *Postgres) major(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, "postgres"), "--version")
	cmd.Dir, cmd.Env = "/", p.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as.credential(), Setpgid: true}
	said, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("ask PostgreSQL for its version: %w\n%s", err, said)
	}
	found := versionPattern.FindSubmatch(said)
	if found == nil {
		return "", fmt.Errorf("ask PostgreSQL for its version: it said %q", said)
	}
	return string(found[1]), nil
}

// environment is not ours: PG* variables of the person's shell would reach initdb and the server.
func (p *Postgres) environment() []string {
	return append([]string{"LC_ALL=C", "TZ=UTC", "PATH=" + p.bin + ":/usr/bin:/bin"}, libraryPath(p.bin)...)
}
