package floor_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestFloorTrunkChanges: an admin moves the trunk to another carrier while a call
// is up. That call goes on, the next one goes to the new carrier, nothing was
// started anew; and nobody reads the password.
func TestFloorTrunkChanges(t *testing.T) {
	var moved atomic.Int64
	other, err := phonenet.Open(phonenet.Config{Listen: "127.0.0.1:0", Cues: rig.Cues(t), Called: func(number string) phonenet.Script {
		moved.Add(1)
		return person(number)
	}})
	must(t, err)
	t.Cleanup(func() { must(t, other.Close()) })
	user := func(login, role string, dial bool) map[string]any {
		return map[string]any{"login": login, "name": login, "password": rig.Password, "role": role, "queues": []string{"sales"}, "dial": dial}
	}
	h := rig.Open(t, rig.Options{Sellers: 2, Cues: rig.Cues(t), Seed: rig.Seed(t), Uncaptured: true, Trunk: map[string]any{"username": "u", "password": "line-of-7"},
		Config: map[string]any{"organisation.country": "VN", "seed.users": []any{
			map[string]any{"login": "boss", "name": "The Boss", "password": rig.Password, "role": "manager"}, user("root", "admin", false),
			user("s01", "agent", true), user("s02", "agent", true)}}})
	h.Seat()
	long := robot.Plan{Talk: 5 * time.Second, Wrap: 200 * time.Millisecond, Disposition: "sale"}
	must(t, h.DialByHand("s01", "0914000001", person("+84914000001"), long))
	rig.Within(t, 10*time.Second, "the first call is up", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'segment.connected'`) == 1
	}, nil)

	root := rig.NewClient(t, h.URL(), "root")
	var trunks []wire.Trunk
	if code := root.Do(http.MethodGet, "/api/trunks", nil, &trunks); code != http.StatusOK || len(trunks) != 1 {
		t.Fatalf("%d: %+v", code, trunks)
	}
	trunk := trunks[0]
	if trunk.Password != "" || !trunk.HasPassword || trunk.State == nil || trunk.State.Calls != 1 {
		t.Errorf("read: %+v", trunk)
	}
	trunk.Host, trunk.MaxCalls = other.Addr(), 2
	if code := rig.NewClient(t, h.URL(), "boss").Do(http.MethodPut, "/api/trunks/carrier", trunk, nil); code != http.StatusForbidden {
		t.Errorf("a manager changes a trunk: %d", code)
	}
	if code := root.Do(http.MethodPut, "/api/trunks/carrier", trunk, nil); code != http.StatusNoContent {
		t.Fatalf("changed: %d", code)
	}
	must(t, h.DialByHand("s02", "0914000002", person("+84914000002"), shortly()))
	h.Settle(time.Minute)
	if moved.Load() != 1 {
		t.Errorf("the new carrier got %d calls, want 1", moved.Load())
	}
	if n := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE outcome = 'answered'`); n != 2 {
		t.Errorf("%d calls were answered, want both", n)
	}
	if n := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE talk_us >= 4500000`); n != 1 {
		t.Error("the call that was up did not go on")
	}
	if n := h.SQL.Count(`SELECT count(*) FROM trunks WHERE secret = 'line-of-7'`); n != 1 {
		t.Error("the password was lost with the change")
	}
}
