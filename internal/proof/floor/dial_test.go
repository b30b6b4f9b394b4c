package floor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// dialer is a seller who may dial by hand, in Vietnam.
func dialer(more map[string]any) map[string]any {
	c := map[string]any{"organisation.country": "VN", "seed.users": []any{
		map[string]any{"login": "boss", "name": "The Boss", "password": rig.Password, "role": "manager"},
		map[string]any{"login": "s01", "name": "Seller s01", "password": rig.Password, "queues": []string{"sales"}, "dial": true},
		map[string]any{"login": "s02", "name": "Seller s02", "password": rig.Password, "queues": []string{"sales"}},
	}}
	for k, v := range more {
		c[k] = v
	}
	return c
}

// shortly is how a seller talks who has little to say.
func shortly() robot.Plan {
	return robot.Plan{Talk: time.Second, Wrap: 200 * time.Millisecond, Disposition: "sale"}
}

func person(number string) phonenet.Script {
	return phonenet.Script{Number: number, Ring: 300 * time.Millisecond, Voice: robot.NewMurmur(7, 180)}
}

// TestFloorDialByHand: an agent types a number as people write it; it is a call
// like a campaign's, with the agent reserved and in the books to the microsecond.
func TestFloorDialByHand(t *testing.T) {
	h := rig.Open(t, rig.Options{Sellers: 2, Cues: rig.Cues(t), Seed: rig.Seed(t), Config: dialer(nil)})
	h.Seat()
	must(t, h.DialByHand("s01", "0914 000 001", person("+84914000001"), shortly()))
	if err := h.Refused("s01", "0914 000 002"); err == nil || !strings.Contains(err.Error(), "not_now") {
		t.Errorf("a second call while the first one is dialed: %v", err)
	}
	if err := h.Refused("s02", "0914000003"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("who may not: %v", err)
	}
	if err := h.Refused("s01", "call me"); err == nil || !strings.Contains(err.Error(), "no telephone number") {
		t.Errorf("no number: %v", err)
	}
	h.SQL.Exec(`INSERT INTO do_not_call (organisation_id, number) VALUES ('proof', '+84914000009')`)
	if err := h.Refused("s01", "0914000009"); err == nil || !strings.Contains(err.Error(), "must not be called") {
		t.Errorf("on the do-not-call list: %v", err)
	}
	h.Settle(time.Minute)
	rows := h.SQL.Rows(`SELECT c.outcome, c.campaign, c.talk_us, a.reserved, a.result, p.number
		FROM records.calls c JOIN records.dial_attempts a USING (call) JOIN parties p ON p.id = c.party`)
	if len(rows) != 1 {
		t.Fatalf("%d calls: %v", len(rows), rows)
	}
	if r := rows[0]; r["outcome"] != "answered" || r["campaign"] != "" || r["reserved"] != "s01" || r["result"] != "connected" || r["number"] != "+84914000001" || r["talk_us"].(int64) < 1_000_000 {
		t.Errorf("the call: %v", r)
	}
	if n := h.SQL.Count(`SELECT count(*) FROM records.agent_intervals WHERE agent = 's01' AND state = 'reserved'`); n == 0 {
		t.Error("the agent was never reserved")
	}
	r := h.Check(rig.Allow{Finding: rig.Late(time.Second)})
	t.Logf("%d calls, %d lost, %d doubled", r.Calls, r.Lost, r.Doubled)
}
