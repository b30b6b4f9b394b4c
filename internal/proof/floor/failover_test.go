package floor_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFloorRouteAdvance: the first carrier of a number says 503, nothing, or is
// not there; the customer's telephone rings by the next one, in the same call,
// within 2 s of a 503 and 4 s of silence. Busy is busy.
func TestFloorRouteAdvance(t *testing.T) {
	tired, err := phonenet.Open(phonenet.Config{Listen: "127.0.0.1:0", Called: func(number string) phonenet.Script {
		if number == "+84914000004" {
			return phonenet.Script{Fate: phonenet.Busy}
		}
		return phonenet.Script{Fate: phonenet.Refuse, Code: 503}
	}})
	must(t, err)
	t.Cleanup(func() { must(t, tired.Close()) })
	silent, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { must(t, silent.Close()) })
	nobody := fmt.Sprintf("127.0.0.1:%d", rig.FreeUDP(t))

	config := dialer(nil)
	h := rig.Open(t, rig.Options{Sellers: 1, Cues: rig.Cues(t), Seed: rig.Seed(t), Config: config,
		Relay: func(product, phones string) (string, string) {
			trunk := func(name, host string, backups ...string) map[string]any {
				return map[string]any{"name": name, "addresses": []string{"127.0.0.1/32"}, "host": host, "backups": backups, "caller_id": "+842871000000",
					"max_calls": 250, "prefixes": []string{"+84"}, "session_expires": "0s", "options_every": "0s"}
			}
			config["seed.trunks"] = []any{trunk("carrier", phones), trunk("tired", tired.Addr()), trunk("silent", silent.LocalAddr().String()), trunk("moved", nobody, phones)}
			way := func(name, prefix, trunk string, position int) map[string]any {
				return map[string]any{"name": name, "prefix": prefix, "trunk": trunk, "position": position}
			}
			config["seed.outbound"] = []any{
				way("1a", "+84914000001", "tired", 1), way("1b", "+84914000001", "carrier", 2),
				way("2a", "+84914000002", "silent", 1), way("2b", "+84914000002", "carrier", 2),
				way("3", "+84914000003", "moved", 1),
				way("4a", "+84914000004", "tired", 1), way("4b", "+84914000004", "carrier", 2),
			}
			return product, phones
		}})
	h.Seat()
	for _, row := range []struct {
		name, number string
		within       time.Duration // from the first INVITE to the second; 0: there is no second
		from, to     string
		code         int
		outcome      string
	}{
		{"503", "+84914000001", 2 * time.Second, "tired", "carrier", 503, "answered"},
		{"silence", "+84914000002", 4 * time.Second, "silent", "carrier", 408, "answered"},
		{"an address where nobody is", "+84914000003", 4 * time.Second, "moved", "moved", 408, "answered"},
		{"busy", "+84914000004", 0, "", "", 0, "busy"},
	} {
		t.Run(row.name, func(t *testing.T) {
			rig.Within(t, 30*time.Second, "the seller may dial", func() bool {
				return h.DialByHand("s01", row.number, person(row.number), shortly()) == nil
			}, nil)
			h.Settle(time.Minute)
			calls := h.SQL.Rows(`SELECT c.call, c.outcome FROM records.calls c JOIN parties p ON p.id = c.party WHERE p.number = $1`, row.number)
			if len(calls) != 1 || calls[0]["outcome"] != row.outcome {
				t.Fatalf("calls %v, want one %s", calls, row.outcome)
			}
			sent := h.SQL.Rows(`SELECT at FROM stamps WHERE call_id = $1 AND kind = 'leg.invite_sent' ORDER BY n`, calls[0]["call"])
			advanced := h.SQL.Rows(`SELECT convert_from(bytes, 'UTF8')::jsonb->'data' AS data FROM stamps WHERE call_id = $1 AND kind = 'dial.route_advanced'`, calls[0]["call"])
			if row.within == 0 {
				if len(sent) != 1 || len(advanced) != 0 {
					t.Errorf("%d INVITEs, advanced %v", len(sent), advanced)
				}
				return
			}
			if len(sent) != 2 || len(advanced) != 1 {
				t.Fatalf("%d INVITEs, advanced %v", len(sent), advanced)
			}
			took := sent[1]["at"].(time.Time).Sub(sent[0]["at"].(time.Time))
			if took > row.within {
				t.Errorf("the next INVITE left after %v, want %v", took, row.within)
			}
			data := advanced[0]["data"].(map[string]any)
			if data["from"] != row.from || data["to"] != row.to || data["code"] != float64(row.code) || data["try"] != 2.0 {
				t.Errorf("stamped %v", data)
			}
			t.Logf("the next INVITE left after %v", took)
		})
	}
	r := h.Check(rig.Allow{Finding: rig.Late(time.Second)}) // each INVITE on the wire is a try of a call or its last
	t.Logf("%d calls, %d lost, %d doubled", r.Calls, r.Lost, r.Doubled)
}
