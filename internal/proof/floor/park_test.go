package floor_test

import (
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorPark: a parked call is on the list, another agent fetches it without
// ringing; parked again and fetched by nobody it goes back to who parked it.
func TestFloorPark(t *testing.T) {
	x := openTrio(t, map[string]any{"calls.park_for": "5s"})
	k, a, id := x.speaks("+84900000031")
	b := others(a)[0]
	x.tells(a, wire.TypePark, wire.CallRef{Call: id})
	x.hears("customer")
	x.ready(a)
	var list []wire.Parked
	page := rig.NewClient(t, x.h.URL(), b)
	if code := page.Do("GET", "/api/parked", nil, &list); code != 200 || len(list) != 1 || list[0].Call != id || list[0].By.ID != a || list[0].Party.Number != k.number {
		t.Errorf("the park: %d %+v", code, list)
	}
	x.tells(b, wire.TypeRetrieve, wire.CallRef{Call: id})
	x.hears("customer", b)
	x.hears(b, "customer")
	x.has(k.number, 2)
	if rung := x.who("ringing", k.number); len(rung) != 1 {
		t.Errorf("%v were rung, the call was fetched", rung)
	}
	x.tells(b, wire.TypePark, wire.CallRef{Call: id})
	if who := x.has(k.number, 3); who != b {
		t.Errorf("%s has it, %s parked it", who, b)
	}
	k.leave()
	k.ends(t)
	x.sound()
	ends := map[string]int{}
	for _, f := range rig.Payloads[stamp.ParkEnded](x.h.SQL, "park.ended") {
		ends[f.End]++
	}
	if ends["retrieved"] != 1 || ends["returned"] != 1 || len(ends) != 2 {
		t.Errorf("stands in the park ended as %v", ends)
	}
	if p := x.parts(id); len(p) != 3 || p[1]["via"] != "retrieved" || p[2]["via"] != "returned" {
		t.Errorf("parts: %v", p)
	}
}
