package floor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFloorFraud: what may cost much is refused, says why to the agent and in the
// books, and sends no INVITE; a cap holds, also across a crash.
func TestFloorFraud(t *testing.T) {
	h := rig.Open(t, rig.Options{Sellers: 1, Cues: rig.Cues(t), Seed: rig.Seed(t),
		Config: dialer(nil), Trunk: map[string]any{"prefixes": []string{"+84", "+881", "+44", "+49"}, "sorts": []string{"uan"}}})
	h.Seat()
	for typed, word := range map[string]string{
		"1900 12345": "premium", "+881 612 345 678": "satellite", "+44 7012 345678": "personal", "+49 1801 2345": "shared_cost",
		"+1 201 555 0123": "outside_prefix", "+883 5100 123456": "outside_prefix",
	} {
		err := h.Refused("s01", typed)
		if err == nil || !strings.Contains(err.Error(), `"refused"`) {
			t.Errorf("%s: %v", typed, err)
		}
		told := func() bool {
			return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'dial.result' AND convert_from(bytes, 'UTF8') LIKE '%"refused":"' || $1 || '"%'`, word) > 0
		}
		rig.Within(t, 5*time.Second, "the books say "+word, told, nil)
	}
	if n := h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'leg.invite_sent'`); n != 0 {
		t.Errorf("%d INVITEs went out", n)
	}
	h.SQL.Exec(`UPDATE users SET per_day = 2 WHERE id = 's01'`)
	capped := func() bool {
		err := h.Refused("s01", "0914000007")
		return err != nil && strings.Contains(err.Error(), "calls a day")
	}
	for i := range 2 {
		rig.Within(t, 20*time.Second, "the seller may dial again", func() bool {
			return h.DialByHand("s01", "091400000"+string(rune('1'+i)), person("+8491400000"+string(rune('1'+i))), shortly()) == nil
		}, nil)
		h.Settle(time.Minute)
	}
	if !capped() {
		t.Error("a third call a day is let out")
	}
	h.Kill()
	h.Restart()
	rig.Within(t, 20*time.Second, "the cap holds after a crash", capped, nil)
	h.Settle(time.Minute)
	if n := h.SQL.Count(`SELECT count(*) FROM records.dial_attempts WHERE invited_at <> 0`); n != 2 {
		t.Errorf("%d calls went out, want 2", n)
	}
	if _, err := h.Balanced(); err != nil {
		t.Error(err)
	}
}
