package kpi

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// want is a KPI's right value, reckoned by hand.
type want struct {
	bucket string
	basis  Basis
	dim    string // "queue care"
	values string // "in.offered=8 in.asa=16.667"
}

// TestGoldenDays walks hand-made days on both ways: they agree at every cut,
// the laws hold, and every number is the one worked out on paper.
func TestGoldenDays(t *testing.T) {
	for name, wants := range map[string][]want{
		"care": {
			{
				"09:00", Event, "queue care",
				"in.offered=8 in.connected=3 in.abandoned=2 in.abandoned_short=1 in.missed=3 " +
					"in.missed_rate=42.857 in.abandon_rate=28.571 in.sl_off(T)=28.571 " +
					"in.wait=50.001 in.asa=16.667 in.abandon_wait=30 agt.answer_time=6 agt.missed_offers=1 " +
					"c.talk=250 c.hold=30 c.wrap=45 c.aht=108.333 v.asked=2 v.responded=1 v.response_rate=50 v.csat=100 " +
					"out.attempts=0 out.answer_rate=null",
			},
			{
				"09:00", Cohort, "queue care",
				"in.offered=8 in.connected=4 in.abandoned=2 in.abandoned_short=1 in.missed=3 " +
					"in.missed_rate=42.857 in.sl_off(T)=42.857 in.wait=70.001 in.asa=17.500 agt.answer_time=6.250 " +
					"c.talk=310 c.hold=30 c.wrap=45 c.aht=96.250",
			},
			{"09:15", Event, "queue care", "in.offered=0 in.connected=1 in.sl_off(T)=null in.missed_rate=null in.asa=20 c.talk=60 c.wrap=0 c.aht=60"},
			{"09:15", Cohort, "queue care", "in.offered=0 in.connected=0 in.asa=null c.talk=0 c.aht=null v.csat=null"},
			{"09:00", Event, "agent ann", "in.connected=2 in.asa=15 agt.answer_time=4.500 agt.missed_offers=0 c.talk=240 c.aht=157.500 v.csat=100"},
			{"09:00", Event, "agent bob", "in.connected=1 agt.answer_time=9 agt.missed_offers=1 c.talk=10 c.aht=10 v.response_rate=0 v.csat=null"},
			{"09:00", Event, "org o1", "in.offered=8 in.missed=3 c.talk=250"},
		},
		"two_views": {
			{"07:15", Event, "queue care", "in.offered=1 in.connected=0 in.asa=null c.talk=0"},
			{"07:30", Event, "queue care", "in.offered=0 in.connected=1 in.asa=240 c.talk=480"},
			{"07:15", Cohort, "queue care", "in.offered=1 in.connected=1 in.asa=240 c.talk=480 in.sl_off(T)=0"},
			{"10:15", Event, "queue care", "in.connected=1 c.talk=300 c.aht=null"},
			{"10:30", Event, "queue care", "in.connected=0 c.talk=600 c.wrap=300 c.aht=null"},
			{"10:45", Event, "queue care", "c.aht=1200 c.talk=0 c.wrap=0"},
			{"10:15", Cohort, "queue care", "in.connected=1 c.talk=900 c.wrap=300 c.aht=1200"},
		},
		"transfer": {
			{"11:00", Event, "agent ann", "in.connected=1 c.talk=120 c.wrap=20 c.aht=140"},
			{"11:00", Event, "agent bob", "in.connected=0 c.talk=60 c.wrap=10 c.aht=70"},
			{"11:00", Event, "queue care", "in.offered=1 in.connected=1 c.talk=180 c.aht=105"},
		},
		"campaign": {
			{"14:00", Event, "campaign spring", "out.attempts=3 out.connected_human=1 out.answer_rate=66.667 c.talk=60 c.wrap=20 c.aht=80 in.offered=0"},
			{"14:00", Cohort, "campaign spring", "out.attempts=3 out.connected_human=1 out.answer_rate=66.667 c.aht=80"},
			{"14:00", Event, "agent ann", "out.connected_human=1 c.talk=60"},
		},
		"night": {
			{"23:45", Event, "agent ann", "c.talk=590 in.connected=1"},
			{"24:00", Event, "agent ann", "c.talk=610 c.aht=1200"},
		},
		"crash": {
			{"16:00", Event, "queue care", "in.offered=2 in.connected=1 in.missed=1 c.talk=294 c.wrap=180 c.aht=474"},
		},
		"clock": {
			{"17:00", Event, "queue care", "c.talk=32 in.connected=1"}, // 29 s before the step, 3 s after it until 17:15 by the wall
			{"17:15", Event, "queue care", "c.talk=28 c.wrap=10"},
			{"17:00", Cohort, "queue care", "c.talk=60 c.aht=70"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			stamps := readDay(t, name)
			_, h := walk(t, stamps)
			if v := CheckLaws(h.records()); len(v) > 0 {
				t.Errorf("laws: %+v", v)
			}
			for _, w := range wants {
				w.check(t, h.records())
			}
		})
	}
}

func (w want) check(t *testing.T, r Records) {
	t.Helper()
	at, err := clock(w.bucket)
	if err != nil {
		t.Fatal(err)
	}
	kind, id, _ := strings.Cut(w.dim, " ")
	f := Gather(Intervals(r, stamp.Bucket(day0+at), math.MaxInt64), Dim{DimKind(kind), id}, w.basis)
	for _, pair := range strings.Fields(w.values) {
		i := strings.LastIndex(pair, "=")
		d, ok := Find(pair[:i])
		if !ok {
			t.Fatalf("no KPI %q", pair[:i])
		}
		if got := printed(Evaluate(d, f).Value); got != pair[i+1:] {
			t.Errorf("%s %s, %s: %s is %s, should be %s", w.bucket, w.basis, w.dim, d.ID, got, pair[i+1:])
		}
	}
}

// printed shows a value to three places, or as a whole number.
func printed(v *float64) string {
	if v == nil {
		return "null"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.3f", *v), ".000")
}

// The vectors that others published, on plain figures.
func TestPublishedVectors(t *testing.T) {
	// callcentrehelper.com, "Service level: how to calculate": 1000 answered, 860
	// of them within 20 s; 60 gave up, 20 of them within 20 s, 10 within 5 s.
	published := Figures{
		MInOffered: 1060, MInConnected: 1000, MInWithin: 860, MInAbandoned: 50, MInAbandonedSoon: 10, MInGoneWithin: 20,
	}
	// The manual of Cisco ICM: 100 calls, 70 in time, 20 late, 10 gave up in time.
	cisco := Figures{MInOffered: 100, MInConnected: 90, MInWithin: 70, MInAbandoned: 10, MInGoneWithin: 10}
	for _, c := range []struct {
		name, id string
		f        Figures
		want     string
	}{
		{"callcentrehelper", "in.sl_off(T)", Figures{MInOffered: 1060, MInAbandonedSoon: 10, MInWithin: 860}, "81.905"},
		{"callcentrehelper", "in.abandon_rate", Figures{MInOffered: 1060, MInAbandonedSoon: 10, MInAbandoned: 50}, "4.762"},
		{"callcentrehelper", "in.sl_ans(T)", published, "86"},
		{"callcentrehelper", "in.sl_all(T)", published, "81.132"},
		{"callcentrehelper", "in.sl_exin(T)", published, "82.692"},
		{"callcentrehelper", "in.sl_credit(T)", published, "83.019"},
		{"Cisco, abandons are ignored", "in.sl_exin(T)", cisco, "77.778"},
		{"Cisco, abandons count as served", "in.sl_credit(T)", cisco, "80"},
		{"nobody answered", "in.sl_ans(T)", Figures{MInOffered: 3, MInAbandoned: 3}, "null"},
		{"all gave up within T", "in.sl_exin(T)", Figures{MInOffered: 3, MInAbandoned: 3, MInGoneWithin: 3}, "null"},
		{"Cisco, abandons count against", "in.sl_off(T)", Figures{MInOffered: 100, MInWithin: 70}, "70"},
		{"nothing offered", "in.sl_off(T)", Figures{}, "null"},
		{"only short abandons", "in.missed_rate", Figures{MInOffered: 3, MInAbandonedSoon: 3}, "null"},
		{"nobody answered the question", "v.csat", Figures{MAsked: 9}, "null"},
		{"nobody asked", "v.response_rate", Figures{}, "null"},
		{"Cisco, abandons count against", "in.abandon_rate", cisco, "10"},
		{"va.gov, who gave no rating is no answer", "v.csat", Figures{MAsked: 10, MResponded: 4, MCSAT: 4, MSatisfied: 3}, "75"},
		{"all unhappy", "v.csat", Figures{MCSAT: 4}, "0"},
		{"no attempt", "out.answer_rate", Figures{}, "null"},
	} {
		d, ok := Find(c.id)
		if !ok {
			t.Fatalf("no KPI %q", c.id)
		}
		if got := printed(Evaluate(d, c.f).Value); got != c.want {
			t.Errorf("%s: %s is %s, should be %s", c.name, c.id, got, c.want)
		}
	}
}

func TestSatisfied(t *testing.T) {
	for _, c := range []struct {
		value, scale int
		want         bool
	}{{3, 5, false}, {4, 5, true}, {5, 5, true}, {7, 10, false}, {8, 10, true}, {2, 3, false}, {3, 3, true}, {0, 0, false}} {
		if got := Satisfied(c.value, c.scale); got != c.want {
			t.Errorf("Satisfied(%d, %d) = %v", c.value, c.scale, got)
		}
	}
}

// Genesys Cloud, "The difference between the answered and handle metrics": of a
// call handed to an agent the first one has answered and both have handled it;
// of one handed to a queue both have answered and handled it. What they call
// answered is a connected segment from a queue here; in.connected is the
// customer's view and counts each call once.
func TestPublishedTransfers(t *testing.T) {
	figures := func(day, agent string) Figures {
		h, _ := foldAll(t, readDay(t, day))
		sum := Figures{}
		for b := stamp.Bucket(day0); b.Start() < day0+24*hour; b = stamp.Bucket(b.End()) {
			for m, v := range Gather(Intervals(h.records(), b, math.MaxInt64), Dim{DimAgent, agent}, Event) {
				sum[m] += v
			}
		}
		return sum
	}
	for _, c := range []struct {
		day, agent                   string
		connected, segments, handled int64
	}{
		{"transfer", "ann", 1, 1, 1},
		{"transfer", "bob", 0, 1, 1},
		{"complaints/05", "ann", 1, 1, 1},
		{"complaints/05", "bob", 0, 1, 1},
	} {
		f := figures(c.day, c.agent)
		if f[MInConnected] != c.connected || f[MSegments] != c.segments || f[MHandled] != c.handled {
			t.Errorf("%s, %s: connected %d, segments %d, handled %d", c.day, c.agent, f[MInConnected], f[MSegments], f[MHandled])
		}
	}
}
