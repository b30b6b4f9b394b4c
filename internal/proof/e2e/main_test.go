package e2e

import (
	"os"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

func TestMain(m *testing.M) { os.Exit(rig.Main(m)) }

// patience is how long a test waits for what takes no time: five times and more what a busy machine needs.
const patience = 15 * time.Second

// eventually polls until is holds; otherwise says what there was instead.
func eventually(t *testing.T, what string, is func() bool, otherwise func() string) {
	t.Helper()
	within(t, patience, what, is, otherwise)
}

func within(t *testing.T, limit time.Duration, what string, is func() bool, otherwise func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !is(); <-tick.C {
		if time.Now().After(end) {
			instead := ""
			if otherwise != nil {
				instead = ", but " + otherwise()
			}
			t.Fatalf("not within %s: %s%s", limit, what, instead)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
