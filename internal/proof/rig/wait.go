package rig

import (
	"testing"
	"time"
)

// Patience is how long a test waits for what takes no time: five times and more
// what a busy machine needs.
const Patience = 20 * time.Second

// Eventually is Within, with Patience.
func Eventually(t testing.TB, what string, is func() bool, otherwise func() string) {
	t.Helper()
	Within(t, Patience, what, is, otherwise)
}

// Within polls until is holds, at most for limit; otherwise it ends the test
// and says what there was instead (nil: nothing to say).
func Within(t testing.TB, limit time.Duration, what string, is func() bool, otherwise func() string) {
	t.Helper()
	if Await(limit, is) {
		return
	}
	instead := ""
	if otherwise != nil {
		instead = ", but " + otherwise()
	}
	t.Fatalf("not within %s: %s%s", limit, what, instead)
}

// Await polls until is holds and reports whether it did within limit.
func Await(limit time.Duration, is func() bool) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !is(); <-tick.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// Pass lets time pass in which the load goes on by itself.
func Pass(d time.Duration) { <-time.After(d) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
