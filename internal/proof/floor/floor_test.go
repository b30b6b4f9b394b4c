// Package floor tries, through the outside of the real binary, what an agent, a
// supervisor and a waiting customer expect of call control: one file a topic,
// each small. What is asserted is what the stamps say and what the telephones
// and robots saw and heard.
package floor_test

import (
	"os"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

func TestMain(m *testing.M) { os.Exit(rig.Main(m)) }

// must ends the test for an error that the scenario cannot go on with.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
