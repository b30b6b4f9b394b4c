package rig

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// insideVariable says to a test's process that it runs in a network namespace
// that OwnNetwork made. (The product refuses variables of its own name that it
// does not know.)
const insideVariable = "RIG_NETWORK"

// OwnNetwork runs the calling test again in a process with a network and mounts
// of its own (namespaces): nothing but loopback, so that firewall rules hit
// nobody else, and file systems that are gone with the process. In that process it returns true and the test goes on; in the first one
// it returns false once the other has ended, and the test must return. why is
// not empty where this machine does not allow it: nothing has run then.
//
//	if inside, why := rig.OwnNetwork(t); !inside {
//		if why != "" { report.NotRun(t, …, why) }
//		return
//	}
func OwnNetwork(t *testing.T) (inside bool, why string) {
	t.Helper()
	if os.Getenv(insideVariable) != "" {
		must(t, loopbackUp())
		must(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")) // what is mounted here is not seen outside
		return true, ""
	}
	if os.Geteuid() != 0 {
		return false, "namespaces need root"
	}
	args := append([]string{"-test.run", "^" + t.Name() + "$" + subtests(), "-test.v", "-test.count", "1"}, passed(t)...)
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EINVAL) {
		return false, fmt.Sprintf("no namespaces here: %v", err)
	}
	if err != nil {
		t.Errorf("in a network of its own: %v", err)
	}
	return false, ""
}

// subtests is the part of -run that chooses among a test's subtests.
func subtests() string {
	_, rest, some := strings.Cut(flag.Lookup("test.run").Value.String(), "/")
	if !some {
		return ""
	}
	return "/" + rest
}

// passed are the flags that the second process gets from the first.
func passed(t *testing.T) []string {
	t.Helper()
	if end, ok := t.Deadline(); ok {
		return []string{"-test.timeout", time.Until(end).String()}
	}
	return []string{"-test.timeout", "0"}
}

// loopbackUp switches lo on: a new namespace has it switched off.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("switch loopback on: %w", err)
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("switch loopback on: %w", err)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, r); err != nil {
		return fmt.Errorf("read loopback's flags: %w", err)
	}
	r.SetUint16(r.Uint16() | unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r); err != nil {
		return fmt.Errorf("switch loopback on: %w", err)
	}
	return nil
}
