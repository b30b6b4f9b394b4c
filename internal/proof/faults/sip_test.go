package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestFaultsSip: trunks that misbehave, and lines that lose, double, reorder,
// delay or are cut.
func TestFaultsSip(t *testing.T) {
	r := suite(t, "sip", "Faults of trunks and lines",
		"Customers' networks that do what no standard allows or few people expect, a handful of calls each; then the usual mix of calls at 10 a second\n"+
			"over a line made bad by `internal/proof/relay`, a user-space relay for signalling and around each phone's RTP socket. The independent checker\n"+
			"compares packet capture, ledger and SQL. *Right* is the share of calls whose every row agrees with the witnesses, or, of misbehaving trunks,\n"+
			"whose outcome, result, status, who ended it and cause are the ones that the case names. Durations are judged by the ledger proof; here they may\n"+
			"be off by 500 ms.")
	r.Scenario(t, "trunk misbehaves when called", "phonenet's quirks, 4 calls each", sipCalled)
	r.Scenario(t, "trunk misbehaves when calling", "phonenet's quirks, 4 calls each", sipCalling)
	r.Scenario(t, "CANCEL before any answer", "the campaign's ring limit is 1 s, the trunk's first word comes later or never; 4 calls each", sipCancels)
	r.Scenario(t, "trunk asks for a rest", "503 with Retry-After: 6 to every second call", sipRest)
	r.Scenario(t, "Kamailio in the middle", "Record-Route, its own 100 and repetitions; 60 usual calls", sipProxy)
	r.Scenario(t, "linphone as the network", "linphonec 5.1 picks up", sipLinphone)
	lines(t, r)
	r.Scenario(t, "trunk cut 10 s and 40 s", "relay: signalling and sound cut both ways, under load", sipCut)
	r.Scenario(t, "flood of 5,000 messages a second", "from an address that no trunk has, during 200 calls", sipFlood)
}

// quirkHouse is a house whose SIP timers are five times as fast.
func quirkHouse(t *testing.T, seed uint64, agents, sellers int) *rig.House {
	t.Helper()
	return rig.Open(t, rig.Options{Agents: agents, Sellers: sellers, Cues: rig.Cues(t), Seed: seed,
		Config: map[string]any{"sip.t1": "100ms"}, Trunk: map[string]any{"signal_hold": true, "session_expires": "90s"}})
}

// handful is how many calls each case has.
const handful = 4

// runCases plays each case a handful of times and judges.
func runCases(t *testing.T, row *rig.Row, h *rig.House, cases []sipCase, out bool) {
	t.Helper()
	h.Seat()
	base := h.Server.Metric("go_goroutines")
	l := h.Load(rig.Mix{PerSecond: 4, Count: handful * len(cases), Own: owns(cases, out)})
	rig.Within(t, time.Minute, "all calls are placed", func() bool { return l.Placed() == handful*len(cases) }, nil)
	h.Settle(3 * time.Minute)
	atRest(t, h, base)
	right, all := judgeCases(t, h, cases)
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
	row.Figure("%d cases, %d of %d calls right", len(cases), right, all)
}

// rated lets the customer press a key, so that the product ends the call.
func rated(s *phonenet.Script, _ *robot.Plan) { s.Key, s.KeyAfter = '5', 300*time.Millisecond }

// with is a case's customer with one quirk who stays until the product ends
// the call.
func with(q phonenet.Quirk) func(*phonenet.Script, *robot.Plan) {
	return func(s *phonenet.Script, a *robot.Plan) { s.Quirk = q; rated(s, a) }
}

// refusing is a customer's side that refuses with a status.
func refusing(code int, headers ...string) func(*phonenet.Script, *robot.Plan) {
	return func(s *phonenet.Script, _ *robot.Plan) { s.Fate, s.Code, s.Headers = phonenet.Refuse, code, headers }
}

// held lets the agent hold the customer once.
func held(q phonenet.Quirk) func(*phonenet.Script, *robot.Plan) {
	return func(s *phonenet.Script, a *robot.Plan) {
		s.Quirk = q
		rated(s, a)
		a.Talk, a.Holds = 9*time.Second, []robot.Hold{{After: time.Second, For: 5 * time.Second}}
	}
}
