package private

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dataFolder is where the cluster stands: in the work folder when it is temporary, in dir when the account can get
// there, else in a folder of the system's temporary files that survive a reboot, named after dir: a demo started by
// root in its home still finds its data at the second start. Each major version has its own cluster below it, because
// none reads another's: a demo begun on npm's PostgreSQL goes on, with new data, when the system's own is installed.
func dataFolder(a account, dir, work, major string) (string, error) {
	if dir == "" {
		return filepath.Join(work, "d"), nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	if !a.reaches(dir) {
		sum := sha256.Sum256([]byte(dir))
		dir = "/var/tmp/callstamp-" + hex.EncodeToString(sum[:6])
		if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
			return "", fmt.Errorf("make data folder: %w", err)
		}
		if err := ours(a, dir); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "pg"+major), nil
}

// ours refuses a folder at a name that others could foresee, unless it is a real folder of root or of the account.
func ours(a account, dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("check data folder: %w", err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; !info.IsDir() || owner != 0 && owner != a.uid {
		return fmt.Errorf("check data folder: %s is not ours (%v, user %d); remove it", dir, info.Mode(), owner)
	}
	return nil
}

// clearStalePID removes the pid file of a server that died with the machine or the container and whose pid a stranger
// has now, which after a restart of a container is the rule: PostgreSQL would take the stranger for its predecessor.
// Every other stale file is left to PostgreSQL, which reads in it whether the last one's children are still there.
func clearStalePID(data string) error {
	file := filepath.Join(data, "postmaster.pid")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read pid file: %w", err)
	}
	switch pid := firstNumber(string(text)); {
	case pid <= 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH):
		return nil
	case runsOn(pid, data):
		return fmt.Errorf("start PostgreSQL: pid %d already runs on %s; is another demo running?", pid, data)
	}
	if err := os.Remove(file); err != nil {
		return fmt.Errorf("remove stale pid file: %w", err)
	}
	return nil
}

// firstNumber is the number in a text's first line, 0 for none.
func firstNumber(text string) int {
	line, _, _ := strings.Cut(text, "\n")
	n, _ := strconv.Atoi(strings.TrimSpace(line)) // 0 with an error
	return n
}

// runsOn says whether the process is a PostgreSQL on this data: its command line names both.
func runsOn(pid int, data string) bool {
	line, err := commandLine(pid)
	return err == nil && strings.Contains(line, data) && strings.Contains(line, "postgres")
}
