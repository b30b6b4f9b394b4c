package floor_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorTransfer: an attended transfer and a blind one, one that comes back
// and one to a queue. Each agent has their own seconds and no others, and is free
// at the instant at which they leave.
func TestFloorTransfer(t *testing.T) {
	x := openTrio(t, map[string]any{"calls.return_after": "5s"})

	k, a, id := x.speaks("+84900000011")
	b := others(a)[0]
	x.hears("customer", a)
	x.hears(a, "customer")
	x.tells(a, wire.TypeConsult, to(id, "agent", b))
	x.hears(b, a)
	x.hears(a, b)
	x.hears("customer") // music is none of the tones
	x.tells(a, wire.TypeComplete, wire.CallRef{Call: id})
	x.hears("customer", b)
	x.hears(b, "customer")
	x.ready(a)
	k.leave()
	k.ends(t)

	k2, a2, id2 := x.speaks("+84900000012")
	b2 := others(a2)[0]
	x.tells(a2, wire.TypeTransfer, to(id2, "agent", b2))
	x.hears("customer", b2)
	x.hears(b2, "customer")
	x.has(k2.number, 2)
	x.ready(a2)
	if err := x.asks(a2, wire.TypeTransfer, to(id2, "agent", a2)); err == nil {
		t.Error("who has left the call transfers it")
	}
	x.tells(b2, wire.TypeTransfer, to(id2, "queue", "desks"))
	x.has(k2.number, 3)
	k2.leave()
	k2.ends(t)

	x.does(func(login string, r wire.Ring) robot.Plan {
		p := robot.Plan{React: 50 * time.Millisecond, Wrap: 50 * time.Millisecond}
		p.Decline = r.Call.Asking != nil && r.Call.Asking.Kind == "blind"
		return p
	})
	k3, a3, id3 := x.speaks("+84900000013")
	x.tells(a3, wire.TypeTransfer, to(id3, "agent", others(a3)[0]))
	if who := x.has(k3.number, 2); who != a3 {
		t.Errorf("a call that nobody takes comes back to %s, %s gave it away", who, a3)
	}
	x.hears("customer", a3)
	x.tells(a3, wire.TypeTransfer, to(id3, "menu", "nowhere"))
	x.hears("customer", a3)
	k3.leave()
	k3.ends(t)
	x.sound()

	p := x.parts(id)
	if len(p) != 2 || p[0]["agent"] != a || p[1]["agent"] != b || p[1]["via"] != "consult" || p[1]["taken_at"].(int64) != p[0]["ended_at"].(int64) {
		t.Errorf("attended: %v", p)
	}
	if busy := x.h.SQL.Count(`SELECT count(*) FROM records.agent_intervals WHERE agent = $1 AND state = 'talking' AND "to" > $2 AND "from" < $2`, a, p[0]["ended_at"]); busy != 0 {
		t.Errorf("%s is busy after leaving the call", a)
	}
	if n := x.h.SQL.Count(`SELECT count(*) FROM records.agent_intervals WHERE agent = $1 AND state = 'consulting' AND call = $2`, b, id); n != 1 {
		t.Errorf("%s was consulted %d times", b, n)
	}
	if q := x.parts(id2); len(q) != 3 || q[1]["via"] != "blind" || q[1]["from_segment"].(int64) != 1 || q[2]["via"] != "blind" || q[2]["from_segment"].(int64) != 2 {
		t.Errorf("blind: %v", q)
	}
	if r := x.parts(id3); len(r) != 2 || r[1]["via"] != "returned" || r[1]["taken_at"].(int64) != 0 {
		t.Errorf("returned: %v", r)
	}
	entered := rig.Payloads[stamp.QueueEntered](x.h.SQL, "queue.entered")
	if len(entered) != 4 || entered[2].First {
		t.Errorf("entries %+v", entered)
	}
	ends := map[string]int{}
	for _, f := range rig.Payloads[stamp.TransferCompleted](x.h.SQL, "transfer.completed") {
		ends[f.How]++
	}
	for _, f := range rig.Payloads[stamp.TransferFailed](x.h.SQL, "transfer.failed") {
		ends[string(f.Reason)]++
	}
	if ends["attended"] != 1 || ends["blind"] != 2 || ends["declined"] != 1 || ends["unknown"] != 1 || len(ends) != 4 {
		t.Errorf("transfers ended as %v", ends)
	}
	if n := x.h.SQL.Count(`SELECT count(*) FROM records.calls WHERE direction = 'in'`); n != 3 {
		t.Errorf("%d calls of three customers", n)
	}
}

// ready waits until the agent takes calls again.
func (x *trio) ready(login string) {
	x.t.Helper()
	rig.Eventually(x.t, login+" is free", func() bool {
		return x.h.SQL.Count(`SELECT count(*) FROM records.agent_intervals WHERE agent = $1 AND "to" = 0 AND state = 'ready'`, login) == 1
	}, nil)
}
