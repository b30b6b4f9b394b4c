package floor_test

import (
	"strings"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorConsult: an agent speaks with an outside party while the customer
// hears music, makes it a conference of three, and leaves it: customer and
// outside party go on. Numbers that the guard refuses are dialed by nobody.
func TestFloorConsult(t *testing.T) {
	x := openTrio(t, nil)
	k, a, id := x.speaks("+84900000021")
	if err := x.asks(a, wire.TypeConsult, to(id, "number", "+1900555123")); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a number outside the trunk's prefixes: %v", err)
	}
	if err := x.asks(a, wire.TypeConference, wire.CallRef{Call: id}); err == nil {
		t.Error("a conference with nobody")
	}
	x.tells(a, wire.TypeConsult, to(id, "number", "0917 777 777"))
	x.hears("outside", a)
	x.hears(a, "outside")
	x.hears("customer")
	x.tells(a, wire.TypeConference, wire.CallRef{Call: id})
	x.hears("customer", a, "outside")
	x.hears("outside", a, "customer")
	x.hears(a, "customer", "outside")
	x.tells(a, wire.TypeHangup, wire.CallRef{Call: id})
	x.hears("customer", "outside")
	x.hears("outside", "customer")
	x.ready(a)
	k.leave()
	k.ends(t)

	k2, a2, id2 := x.speaks("+84900000022")
	b2 := others(a2)[0]
	x.tells(a2, wire.TypeConsult, to(id2, "agent", b2))
	x.hears(b2, a2)
	x.tells(a2, wire.TypeConference, wire.CallRef{Call: id2})
	x.hears(b2, a2, "customer")
	x.hears("customer", a2, b2)
	x.tells(b2, wire.TypeHangup, wire.CallRef{Call: id2})
	x.hears("customer", a2)
	x.tells(a2, wire.TypeConsult, to(id2, "agent", b2))
	x.hears(b2, a2)
	k2.leave() // the customer has had enough
	k2.ends(t)
	x.ready(b2)
	x.sound()

	if rows := x.h.SQL.Rows(`SELECT outside_us, conference_us, consult_us, ended_by FROM records.calls WHERE call = $1`, id); len(rows) != 1 ||
		rows[0]["outside_us"].(int64) == 0 || rows[0]["conference_us"].(int64) == 0 || rows[0]["consult_us"].(int64) == 0 || rows[0]["ended_by"] != "customer" {
		t.Errorf("the first call: %v", rows)
	}
	if legs := x.h.SQL.Rows(`SELECT role, trunk, ended_at FROM records.legs WHERE call = $1 AND leg > 2`, id); len(legs) != 1 || legs[0]["role"] != "consulted" || legs[0]["ended_at"].(int64) == 0 {
		t.Errorf("the outside party's leg: %v", legs)
	}
	ends := map[stamp.AskEnd]int{}
	for _, f := range rig.Payloads[stamp.ConsultEnded](x.h.SQL, "consult.ended") {
		ends[f.End]++
	}
	if ends[stamp.AskConferenced] != 2 || ends[stamp.AskCustomerGone] != 1 || len(ends) != 2 {
		t.Errorf("consultations ended as %v", ends)
	}
	if n := x.h.SQL.Count(`SELECT count(*) FROM stamps WHERE convert_from(bytes, 'UTF8') LIKE '%917777777%'`); n != 0 {
		t.Errorf("%d stamps have the outside party's number", n)
	}
}
