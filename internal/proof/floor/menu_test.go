package floor_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestFloorMenu: callers press keys in a menu and one beneath it, wrong ones and
// none, and come where the keys lead; every answer is a stamp, and no key is
// kept that is no choice.
func TestFloorMenu(t *testing.T) {
	f := openFront(t, rig.Options{Agents: 1, Uncaptured: true}, map[string]any{
		"menus": []any{
			map[string]any{"name": "main", "prompt": "queue-comfort", "timeout": "1s", "retries": 1, "invalid": "menu-invalid", "silent": "menu-silent",
				"failed": "announcement:queue-nobody", "options": map[string]any{"1": "queue:service", "2": "menu:more", "3": "announcement:queue-closed"}},
			map[string]any{"name": "more", "prompt": "callback-offer", "timeout": "1s", "options": map[string]any{"#": "back", "1": "announcement:queue-full"}},
		},
		"routes": []any{route("1900", "menu:main")},
	})
	press := func(on string, key byte) phonenet.Press {
		return phonenet.Press{On: on, Key: key, After: 150 * time.Millisecond}
	}
	down := f.call(phonenet.Script{Number: "+84930", Dialed: "1900", Presses: []phonenet.Press{
		press("comfort", '2'), press("offer", '#'), press("comfort", '2'), press("offer", '1'),
	}})
	down.want(t, "down, back and down again", "ended", 0, "comfort offer comfort offer full", "leg.answered ivr.entered ivr.node ivr.input ivr.node ivr.exited call.routed",
		map[string]any{"outcome": "menu", "entered_at": 0})
	if got := fmt.Sprint(f.data(down, "ivr.input", "input"), f.data(down, "ivr.node", "menu"), f.data(down, "ivr.exited", "end")); got != "[2 # 2 1] [main more main more] [chosen]" {
		t.Errorf("the way was %s", got)
	}
	wrong := f.call(phonenet.Script{Number: "+84931", Dialed: "1900", Presses: []phonenet.Press{press("comfort", '7'), press("invalid", '8')}})
	wrong.want(t, "two wrong keys", "ended", 0, "comfort invalid nobody", "ivr.input ivr.node ivr.input ivr.exited call.routed", map[string]any{"outcome": "menu"})
	if got := fmt.Sprint(f.data(wrong, "ivr.input", "input"), f.data(wrong, "ivr.exited", "end")); got != "[invalid invalid] [invalid]" {
		t.Errorf("two wrong keys are %s", got)
	}
	if n := f.SQL.Count(`SELECT count(*) FROM stamps WHERE call_id = $1 AND convert_from(bytes, 'UTF8') ~ '"(7|8)"'`, wrong.ID); n != 0 {
		t.Errorf("the keys of no choice stand in %d stamps", n)
	}
	gone := f.call(phonenet.Script{Number: "+84932", Dialed: "1900", Presses: []phonenet.Press{{On: "comfort"}}, Patience: 600 * time.Millisecond})
	gone.want(t, "hung up in the menu", "hung_up", 0, "comfort", "ivr.entered leg.ended ivr.exited call.released", map[string]any{"outcome": "menu", "pre_phase": "menu"})
	if us := gone.Record["menu_us"].(int64); us < 400_000 || us != gone.Record["length_us"].(int64)-us0(gone, "arriving") {
		t.Errorf("%d µs in the menu of %v", us, gone.Record["length_us"])
	}

	l := f.Load(rig.Mix{PerSecond: 5, Count: 1, Own: []rig.Own{{Name: "chosen", Make: func(_ *rand.Rand, s *phonenet.Script, a *robot.Plan) {
		s.Dialed, s.Presses = "1900", []phonenet.Press{press("comfort", '1')}
		a.React, a.Talk, s.Talk, a.Wrap = 200*time.Millisecond, 0, time.Second, 100*time.Millisecond
	}}}})
	rig.Within(t, 20*time.Second, "the call is talked with", func() bool {
		return f.SQL.Count(`SELECT count(*) FROM records.calls WHERE closed AND outcome = 'answered' AND menu_us > 0 AND queue = 'service'`) == 1
	}, func() string { return f.Server.Log() })
	l.Stop()
}

// us0 sums the spans of a call in a phase, µs.
func us0(c callResult, phase string) (us int64) {
	spans, _ := c.Record["spans"].([]any)
	for _, s := range spans {
		if p := s.(map[string]any); p["phase"] == phase {
			us += int64(p["to"].(float64) - p["from"].(float64))
		}
	}
	return us
}
