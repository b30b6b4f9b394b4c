package private

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Immediate ends the server as `pg_ctl stop -m immediate` does: nothing is
// written any more, every session is cut off, and Restart has to recover.
func (p *Postgres) Immediate() error { return p.proc.stop(syscall.SIGQUIT) }

// Freeze stops the server and all its sessions from running without ending
// them: connections stay open and nothing answers, as on a machine that hangs.
// Thaw lets them go on. It needs Linux's /proc.
func (p *Postgres) Freeze() error {
	if err := p.proc.freeze(); err != nil { // first: it makes no session any more
		return fmt.Errorf("freeze PostgreSQL: %w", err)
	}
	return p.sessions(syscall.SIGSTOP)
}

// Thaw ends Freeze.
func (p *Postgres) Thaw() error {
	err := p.sessions(syscall.SIGCONT)
	return errors.Join(err, p.proc.thaw())
}

func (p *Postgres) sessions(sig syscall.Signal) error {
	children, err := childrenOf(p.proc.cmd.Process.Pid)
	if err != nil {
		return fmt.Errorf("find PostgreSQL's sessions: %w", err)
	}
	for _, pid := range children {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal session %d: %w", pid, err)
		}
	}
	return nil
}

// childrenOf reads from /proc which processes the pid is the parent of.
func childrenOf(pid int) ([]int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var children []int
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended since
		}
		// "pid (name) state ppid …"; the name may hold anything.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				return nil, err
			}
			children = append(children, child)
		}
	}
	return children, nil
}
