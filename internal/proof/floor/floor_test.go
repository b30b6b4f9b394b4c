// Package floor tries, through the outside of the real binary, what an agent, a
// supervisor and a waiting customer expect of call control: one file a topic,
// each small. What is asserted is what the stamps say and what the telephones
// and robots saw and heard.
package floor_test

import (
	"os"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/media/prompts"
)

func TestMain(m *testing.M) { os.Exit(rig.Main(m)) }

// must ends the test for an error that the scenario cannot go on with.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cues are the beginnings of what the product plays, as any caller knows them
// after a few calls.
func cues(t testing.TB) map[string][]int16 {
	t.Helper()
	out := map[string][]int16{}
	for name, prompt := range map[string]string{"welcome": prompts.QueueWelcome, "survey": prompts.CSATAsk, "again": prompts.CSATInvalid,
		"thanks": prompts.CSATThanks, "drop": prompts.DropSafeHarbour} {
		clip, err := prompts.Load("en", prompt)
		must(t, err)
		out[name] = clip.Samples()
	}
	music, err := prompts.Music()
	must(t, err)
	out["music"] = music.Samples()
	return out
}
