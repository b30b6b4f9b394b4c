package floor_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestFloorOverflow: a queue refuses who is one too many and who finds nobody; a
// wait that is too long leads on, with the place and the time that it has; keys
// and announcements lead out of it. Each stay has one typed exit.
func TestFloorOverflow(t *testing.T) {
	f := openFront(t, rig.Options{Agents: 1, Uncaptured: true}, map[string]any{
		"doors": []any{
			map[string]any{"queue": "sales", "max_wait": "2s", "overflow": "queue:service", "keys": map[string]any{"5": "announcement:queue-comfort"}},
			map[string]any{"queue": "desks", "max_size": 1, "full": "announcement:queue-full", "max_wait": "3s", "overflow": "announcement:queue-nobody"},
			map[string]any{"queue": "quiet", "join": "logged_in", "empty": "announcement:queue-nobody"},
		},
		"routes": []any{route("1900", "queue:sales"), route("1901", "queue:desks"), route("1902", "queue:quiet"), route("1903", "queue:service")},
	})
	f.call(phonenet.Script{Number: "+84920", Dialed: "1902"}).want(t, "nobody logged in", "ended", 0, "nobody !music", "queue.refused call.routed !queue.entered",
		map[string]any{"outcome": "empty", "refused": "empty", "missed": false})

	var both sync.WaitGroup
	both.Go(func() { f.place("+84921", "1901", phonenet.Script{}) })
	rig.Eventually(t, "a call waits at the desks", func() bool { return f.heard("+84921", "welcome") }, nil)
	f.call(phonenet.Script{Number: "+84922", Dialed: "1901"}).want(t, "one too many", "ended", 0, "full !music", "queue.refused call.routed !queue.entered",
		map[string]any{"outcome": "full", "refused": "full"})
	both.Wait()
	f.read("+84921", phonenet.Result{How: "ended"}).want(t, "waited too long", "ended", 0, "welcome nobody", "queue.entered queue.exited call.routed leg.ended",
		map[string]any{"outcome": "timeout", "exit": "timeout", "missed": true})

	key := f.call(phonenet.Script{Number: "+84923", Dialed: "1900", Presses: []phonenet.Press{{On: "welcome", Key: '5', After: 300 * time.Millisecond}}})
	key.want(t, "left by a key", "ended", 0, "welcome comfort", "queue.entered dtmf queue.exited call.routed", map[string]any{"outcome": "key", "exit": "key"})

	l := f.Load(rig.Mix{PerSecond: 5, Count: 1, Own: []rig.Own{{Name: "overflows", Make: func(_ *rand.Rand, s *phonenet.Script, a *robot.Plan) {
		s.Dialed, a.React, a.Talk, s.Talk, a.Wrap = "1900", 200*time.Millisecond, 0, time.Second, 100*time.Millisecond
	}}}})
	rig.Within(t, 20*time.Second, "the call that overflows is talked with", func() bool {
		return f.SQL.Count(`SELECT count(*) FROM records.calls WHERE closed AND outcome = 'answered' AND entry_count = 2`) == 1
	}, nil)
	l.Stop()
	rows := f.SQL.Rows(`SELECT e.queue, e.reason, e.first, e.wait_us, c.wait_us AS total, c.queue AS offered
		FROM records.entries e JOIN records.calls c ON c.call = e.call WHERE c.entry_count = 2 ORDER BY e.entry`)
	if len(rows) != 2 || rows[0]["queue"] != "sales" || rows[0]["reason"] != "overflow" || rows[0]["first"] != true ||
		rows[1]["queue"] != "service" || rows[1]["reason"] != "connected" || rows[1]["first"] != false || rows[1]["offered"] != "sales" ||
		rows[1]["wait_us"].(int64) < 2_000_000 || rows[1]["wait_us"] != rows[1]["total"] {
		t.Errorf("the stays are %v", rows)
	}
	// quiet rings until an agent accepts, which nobody plans to do.
	quiet := f.call(phonenet.Script{Number: "+84924", Dialed: "1902", Patience: 500 * time.Millisecond})
	quiet.want(t, "somebody logged in", "refused", 487, "progress", "queue.entered queue.exited", map[string]any{"refused": ""})
	if n := f.SQL.Count(`SELECT count(*) FROM records.entries WHERE reason = '' OR exited_at = 0`); n != 0 {
		t.Errorf("%d stays without an exit", n)
	}
}

// place calls without waiting for the record.
func (f *front) place(number, dialed string, s phonenet.Script) {
	s.Number, s.Dialed = number, dialed
	if _, err := f.Net.Place(f.t.Context(), s); err != nil {
		f.t.Error(err)
	}
}

// heard reports whether a caller has heard a cue.
func (f *front) heard(number, cue string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.acts[number], cue)
}
