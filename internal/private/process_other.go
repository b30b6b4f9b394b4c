//go:build !linux

package private

import (
	"os/exec"
	"strconv"
	"syscall"
)

// attributes put the child into a process group of its own, so that ^C at the terminal reaches it through us alone and
// in our order. There is no parent-death signal here: the reaper sends `last` in its place.
func attributes(as *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true}
}

// commandLine is what the process was started with.
func commandLine(pid int) (string, error) {
	text, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return string(text), err
}
