package faults_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// sipRest: a trunk that answers 503 with Retry-After is not called before; the
// campaign says why it waits and goes on by itself.
func sipRest(t *testing.T, row *rig.Row) {
	const rest, calls = 6 * time.Second, 6
	h := rig.Open(t, rig.Options{Sellers: 1, Cues: rig.Cues(t), Seed: rig.Seed(t)})
	no := 0
	l := h.Load(rig.Mix{PerSecond: 20, Count: calls, Own: []rig.Own{{Name: "every second one tired", Out: true,
		Make: func(_ *rand.Rand, s *phonenet.Script, a *robot.Plan) {
			a.Talk, a.Wrap, s.Ring = 600*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
			s.Talk = time.Second
			if no++; no%2 == 1 {
				s.Fate, s.Code, s.Headers = phonenet.Refuse, 503, []string{"Retry-After: 6 (too many calls)"}
			}
		}}}})
	rig.Within(t, 10*time.Second, "all leads are placed", func() bool { return l.Placed() == calls }, nil)
	h.Settle(2 * time.Minute)
	least := time.Hour
	var tired time.Time
	for _, c := range h.Calls() {
		if !tired.IsZero() {
			least = min(least, c.Invite.Sub(tired))
		}
		tired = time.Time{}
		if c.Code == 503 {
			tired = c.End
		}
	}
	if least < rest-50*time.Millisecond { // the witness of the end is a moment late
		t.Errorf("the trunk was called again after %s, it asked for %s", least, rest)
	}
	said := h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'dial.pacing' AND convert_from(bytes, 'UTF8') LIKE '%trunk carrier asked for a rest of 6s (503 with Retry-After)%'`)
	if said < 3 {
		t.Errorf("the campaign said %d times why it waits, want 3", said)
	}
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
	row.Figure("asked for %s three times, called again after %.1f s at the soonest; the campaign said why %d times", rest, least.Seconds(), said)
}

// cancelCases are left by our side before the trunk has said a word.
var cancelCases = []sipCase{
	{name: "CANCEL must wait for 1xx", make: func(s *phonenet.Script, _ *robot.Plan) { s.Quirk, s.Pause = phonenet.NoTrying, 2500*time.Millisecond },
		want: "failed failed 487 - -", acts: []string{"ring 180", "cancelled 487"}},
	{name: "CANCEL into silence", make: func(s *phonenet.Script, _ *robot.Plan) { s.Quirk = phonenet.Deaf }, want: "failed failed 408 - trunk_silent"},
}

// sipCancels: the campaign's ring limit comes before any answer.
func sipCancels(t *testing.T, row *rig.Row) {
	h := quirkHouse(t, rig.Seed(t), 0, 8)
	ringFor(t, h, time.Second)
	runCases(t, row, h, cancelCases, true)
}
