package floor_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestFloorRegistration: the trunk is Kamailio, where the product registers. Calls
// come through it to the registered contact and go out through it, challenged;
// the registration is refreshed, stale nonce and all, and undone at the stop.
func TestFloorRegistration(t *testing.T) {
	rig.Precedence(t)
	var k *kamailio
	h := rig.Open(t, rig.Options{Agents: 1, Sellers: 1, Cues: rig.Cues(t), Seed: rig.Seed(t),
		Trunk: map[string]any{"register": true, "username": kamailioUser, "password": kamailioPassword, "realm": kamailioRealm, "addresses": []string{}},
		Relay: func(product, phones string) (string, string) {
			k = startKamailio(t, product, phones)
			return k.addr.String(), k.addr.String()
		}})
	rig.Within(t, 5*time.Second, "the product is registered", func() bool { return len(k.said(`REGISTERED (\S+)`)) > 0 }, k.Log)
	if m := k.said(`REGISTERED (\S+) for (\S+) with (.*)`)[0]; m[1] != kamailioUser || m[2] != "3600" || !strings.Contains(m[3], "algorithm=SHA-256") {
		t.Errorf("REGISTER: %q", m)
	}
	short := func(_ *rand.Rand, _ *phonenet.Script, a *robot.Plan) {
		a.React, a.Talk, a.Wrap = 200*time.Millisecond, 2*time.Second, 200*time.Millisecond
	}
	l := h.Load(rig.Mix{PerSecond: 5, Count: 2, Own: []rig.Own{{Name: "in", Make: short}, {Name: "out", Out: true, Make: short}}})
	rig.Within(t, 10*time.Second, "both calls are placed", func() bool { return l.Placed() == 2 }, nil)
	rig.Within(t, 15*time.Second, "the registration is refreshed", func() bool { return len(k.said(`REGISTERED`)) >= 2 }, k.Log)
	h.Settle(time.Minute)
	for _, direction := range []string{"in", "out"} {
		if n := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE direction = $1 AND outcome = 'answered' AND talk_us > 1000000`, direction); n == 0 {
			t.Errorf("no call %s was talked in", direction)
		}
	}
	if in := k.said(`IN (\S+) to (\S+)`); len(in) == 0 || in[0][1] != "1900" || !strings.Contains(in[0][2], h.SIPAddr()) {
		t.Errorf("Kamailio took inbound calls %q to our contact", in)
	}
	r := h.Check(rig.Allow{Finding: rig.Late(time.Second)})
	t.Logf("%d calls through Kamailio, %d lost", r.Calls, r.Lost)
	h.StopWell(30 * time.Second)
	if last := k.said(`REGISTERED (\S+) for (\S+)`); last[len(last)-1][2] != "0" {
		t.Errorf("the last REGISTER asked for %s s, want 0: the registration stays behind", last[len(last)-1][2])
	}
}
