package rig

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Precedence asks the system to let this process, and all that it starts, go
// before others until the test ends: a witness who is not let near sees
// nothing. Where that is not allowed the run is as steady as the machine.
func Precedence(t testing.TB) {
	t.Helper()
	const before, usual = -15, 0
	if err := reprioritise(before); err != nil {
		t.Logf("no precedence on this machine: %v", err)
		return
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		keepBefore(before, stop)
	}()
	t.Cleanup(func() {
		close(stop)
		<-done
		must(t, reprioritise(usual))
	})
}

// autogroup is where Linux, told to do so, shares the processors out by
// session first: nice counts only among those of one. A database begins a
// session for each connection.
func autogroup(pid int) string { return fmt.Sprintf("/proc/%d/autogroup", pid) }

// reprioritise sets the nice value of our session, where that counts, and of
// every thread; new ones inherit it.
func reprioritise(nice int) error {
	if err := os.WriteFile(autogroup(os.Getpid()), []byte(strconv.Itoa(nice)), 0o644); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			return err
		}
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, id, nice); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	return nil
}

// keepBefore sets the sessions of what we have started, again and again, as
// new ones begin.
func keepBefore(nice int, stop <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for known := map[int]bool{}; ; {
		for _, pid := range descendants(os.Getpid()) {
			if !known[pid] {
				known[pid] = true
				_ = os.WriteFile(autogroup(pid), []byte(strconv.Itoa(nice)), 0o644) // it may have ended since
			}
		}
		select {
		case <-stop:
			return
		case <-tick.C:
		}
	}
}

// descendants are the processes that the pid has started, and theirs.
func descendants(pid int) (all []int) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	children := map[int][]int{}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended since
		}
		var child, parent int
		var state string
		at := bytes.LastIndexByte(text, ')') // "pid (name) state ppid …"; the name may hold anything
		if _, err := fmt.Sscan(string(text), &child); err != nil || at < 0 {
			continue
		}
		if _, err := fmt.Sscan(string(text[at+1:]), &state, &parent); err == nil {
			children[parent] = append(children[parent], child)
		}
	}
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		all = append(all, children[next[0]]...)
		next = append(next, children[next[0]]...)
	}
	return all
}
