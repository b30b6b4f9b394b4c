package floor_test

import (
	"fmt"
	"testing"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFloorHours: who calls when nobody is there is told so, or isn't answered at
// all; hours changed by a manager hold for the next call. What was not let in is
// neither offered nor abandoned.
func TestFloorHours(t *testing.T) {
	f := openFront(t, rig.Options{Uncaptured: true}, map[string]any{
		"hours": []any{map[string]any{"name": "never", "zone": "Asia/Ho_Chi_Minh"}},
		"doors": []any{
			map[string]any{"queue": "service", "hours": "never", "closed": "announcement:queue-closed"},
			map[string]any{"queue": "quiet", "hours": "never", "closed": "queue:service"},
			map[string]any{"queue": "sales", "hours": "never"},
		},
		"routes": []any{route("1900", "queue:service"), route("1901", "queue:quiet"), route("1903", "queue:sales"), route("1904", "hangup")},
	})
	told := f.call(phonenet.Script{Number: "+84901", Dialed: "1900"})
	told.want(t, "told", "ended", 0, "closed !welcome !music", "leg.answered queue.refused call.routed leg.ended !queue.entered",
		map[string]any{"outcome": "closed", "refused": "closed", "missed": false, "entered_at": 0})
	led := f.call(phonenet.Script{Number: "+84902", Dialed: "1901"})
	led.want(t, "led on", "ended", 0, "closed", "queue.refused queue.refused call.routed", map[string]any{"outcome": "closed"})
	f.call(phonenet.Script{Number: "+84903", Dialed: "1903"}).want(t, "not answered", "refused", 480, "", "queue.refused leg.rejected !leg.answered",
		map[string]any{"outcome": "closed"})
	f.call(phonenet.Script{Number: "+84904", Dialed: "1904"}).want(t, "hung up", "refused", 480, "", "leg.rejected !queue.refused !leg.answered",
		map[string]any{"outcome": "closed"})

	all := `{"mon":["00:00-24:00"],"tue":["00:00-24:00"],"wed":["00:00-24:00"],"thu":["00:00-24:00"],"fri":["00:00-24:00"],"sat":["00:00-24:00"],"sun":["00:00-24:00"]}`
	f.SQL.Exec(`UPDATE hours SET weekly = $1`, all)
	tried := 0
	rig.Eventually(t, "the next call waits", func() bool {
		tried++
		number := fmt.Sprintf("+84911%d", tried)
		c := f.call(phonenet.Script{Number: number, Dialed: "1900", Presses: []phonenet.Press{{On: "welcome"}}, Patience: 400e6})
		return c.Record["entered_at"].(int64) != 0
	}, nil)
	if n := f.SQL.Count(`SELECT count(*) FROM records.entries WHERE call = ANY ($1)`, []string{told.ID, led.ID}); n != 0 {
		t.Errorf("%d stays in a queue of calls that were not let in", n)
	}
}
