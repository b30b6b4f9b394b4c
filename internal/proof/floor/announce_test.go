package floor_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFloorAnnounce: who waits hears their place between the music; what they
// were told first stays in the record of the stay.
func TestFloorAnnounce(t *testing.T) {
	f := openFront(t, rig.Options{Uncaptured: true}, map[string]any{
		"doors": []any{map[string]any{"queue": "service", "announce_every": "10s", "announce_position": true, "announce_wait": true,
			"welcome": "-"}},
		"routes": []any{route("1900", "queue:service")},
	})
	c := f.call(phonenet.Script{Number: "+84950", Dialed: "1900", Presses: []phonenet.Press{{On: "position"}}, Patience: 16 * time.Second})
	c.want(t, "first in the line", "hung_up", 0, "music position music !welcome", "queue.entered queue.position queue.announced queue.announce_ended queue.exited",
		map[string]any{"outcome": "abandoned"})
	e := f.SQL.One(`SELECT position, est_at - entered_at AS after FROM records.entries WHERE call = $1`, c.ID)
	if e["position"] != int64(1) || e["after"].(int64) < 10_000_000 || e["after"].(int64) > 11_000_000 {
		t.Errorf("the record says %v", e)
	}
}
