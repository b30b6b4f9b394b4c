package private

import (
	"os"
	"strconv"
	"syscall"
)

// attributes put the child into a process group of its own, so that ^C at the terminal reaches it through us alone and
// in our order, and have the kernel send it `last` when we die without stopping it.
func attributes(as *syscall.Credential, last syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true, Pdeathsig: last}
}

// commandLine is what the process was started with, its arguments separated by NUL.
func commandLine(pid int) (string, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	return string(text), err
}
