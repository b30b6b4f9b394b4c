package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFloorCallback: a waiting customer asks to be called back, hangs up, and is
// called when an agent comes, after a restart and a try that nobody answered; the
// place in the line goes before that of whoever came later.
func TestFloorCallback(t *testing.T) {
	f := openFront(t, rig.Options{Agents: 1, Uncaptured: true, Trunk: map[string]any{"prefixes": []string{"+84"}}}, map[string]any{
		"doors":  []any{map[string]any{"queue": "service", "callback_key": "2", "callback_tries": 2, "callback_gap": "10s"}},
		"routes": []any{route("1900", "queue:service")},
	})
	press := func(on string, key byte) phonenet.Press {
		return phonenet.Press{On: on, Key: key, After: 150 * time.Millisecond}
	}
	const number, declines = "+84905550001", "+84905550002"
	no := f.call(phonenet.Script{Number: declines, Dialed: "1900", Presses: []phonenet.Press{press("welcome", '2'), press("offer", '9')}, Patience: 3 * time.Second})
	no.want(t, "changed the mind", "hung_up", 0, "welcome offer music", "callback.offered callback.declined queue.exited !callback.requested",
		map[string]any{"outcome": "abandoned"})
	asked := f.call(phonenet.Script{Number: number, Dialed: "1900", Presses: []phonenet.Press{press("welcome", '2'), press("offer", '1')}})
	asked.want(t, "asked to be called back", "ended", 0, "welcome offer thanks", "callback.offered callback.requested queue.exited call.released",
		map[string]any{"outcome": "callback_requested", "exit": "callback_requested"})
	row := f.SQL.One(`SELECT state, queue, wait_us, since_at, (SELECT entered_at FROM records.calls WHERE call = id) AS entered FROM callbacks`)
	if row["state"] != "waiting" || row["queue"] != "service" || row["since_at"] != row["entered"] || row["wait_us"].(int64) < 300_000 {
		t.Errorf("the call-back is %v", row)
	}
	f.Restart() // nothing of it is only in memory

	f.mu.Lock()
	f.called[number] = phonenet.Script{Number: number, Fate: phonenet.Busy, Ring: 100 * time.Millisecond}
	f.mu.Unlock()
	f.Seat()
	tries := func() int64 { return f.SQL.Count(`SELECT tries FROM callbacks`) }
	rig.Eventually(t, "the first try found them busy", func() bool {
		return f.SQL.Count(`SELECT count(*) FROM callbacks WHERE tries = 1 AND state = 'waiting' AND result = 'busy'`) == 1
	}, func() string { return fmt.Sprint(f.SQL.Rows(`SELECT * FROM callbacks`), f.Server.Log()) })
	f.mu.Lock()
	f.called[number] = phonenet.Script{Number: number, Ring: 200 * time.Millisecond, Talk: time.Second, Voice: nil}
	f.mu.Unlock()
	rig.Within(t, 30*time.Second, "the second try is talked with", func() bool {
		return f.SQL.Count(`SELECT count(*) FROM callbacks WHERE state = 'done' AND tries = 2 AND result = 'connected'`) == 1
	}, func() string { return fmt.Sprint(f.SQL.Rows(`SELECT * FROM callbacks`), f.Server.Log()) })
	linked := f.SQL.Rows(`SELECT convert_from(bytes, 'UTF8')::json->'data'->>'callback_of' AS of FROM stamps WHERE kind = 'call.created' AND convert_from(bytes, 'UTF8') LIKE '%"callback"%' ORDER BY at`)
	if len(linked) != 2 || fmt.Sprint(linked[0]["of"]) != asked.ID || fmt.Sprint(linked[1]["of"]) != asked.ID || tries() != 2 {
		t.Errorf("%d tries, linked to %v, want %s", tries(), linked, asked.ID)
	}
	gap := f.SQL.Count(`SELECT (max(at_us) - min(at_us))::bigint FROM (SELECT (convert_from(bytes, 'UTF8')::json->>'at')::bigint AS at_us
		FROM stamps WHERE kind = 'call.created' AND convert_from(bytes, 'UTF8') LIKE '%"callback"%') x`)
	if gap < 10_000_000 {
		t.Errorf("the tries are %d µs apart, want 10 s at least", gap)
	}
}
