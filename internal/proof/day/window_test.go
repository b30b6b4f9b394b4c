package day

import (
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// told is what a run of the day with a fault comes to.
type told struct {
	laws                                                 []string // of the findings, each once
	lost, doubled, refused, unheard, excused, widened, n int
}

func toldOf(r check.Result) told {
	t := told{lost: r.Lost, doubled: r.Doubled, refused: r.Refused, unheard: r.Unheard, widened: r.Widened, n: r.Estimated}
	for _, f := range r.Findings {
		if !slices.Contains(t.laws, f.Law) {
			t.laws = append(t.laws, f.Law)
		}
	}
	slices.Sort(t.laws)
	return t
}

func laws(list ...string) []string { slices.Sort(list); return list }

// A window excuses what its properties say, and nothing beside it: each row is
// the day with a disagreement and a fault of some kind around it.
func TestWindows(t *testing.T) {
	t.Parallel()
	const (
		lateBye = "23009 c BYE B=>23100 c BYE B"
		unheard = "=>30000 c INVITE C +843\n"
		refused = "=>30000 c INVITE C +843\n30001 p 503 C INVITE\n"
		lostOne = "=>30000 c INVITE C +843\n30001 p 200 C INVITE sendrecv\n31000 c BYE C\n31001 p 200 C BYE\n"
	)
	for name, c := range map[string]struct {
		wire, notes string // "old=>new": what is changed in the day's; old "" appends
		want        told
	}{
		"nothing":                            {"", "", told{}},
		"a fault that calls don't feel":      {"", "=>load fault redis 11000\nload healed redis 13000\n", told{}},
		"… excuses no late BYE":              {lateBye, "=>load fault redis 22000\nload healed redis 24000\n", told{laws: laws(check.LawTime)}},
		"… and no silence":                   {unheard, "=>customer invite +843 29999\nload fault redis 29000\nload healed redis 31000\n", told{laws: laws(check.LawCall)}},
		"… and no refusal":                   {refused, "=>customer invite +843 29999\nload fault redis 29000\nload healed redis 31000\n", told{laws: laws(check.LawCall), lost: 1}},
		"a slack excuses a late BYE":         {lateBye, "=>load fault loss 22000 us=100000\nload healed loss 24000\n", told{widened: 3}},
		"… but not another call's":           {lateBye, "=>load fault loss 11000 us=100000\nload healed loss 13000\n", told{laws: laws(check.LawTime), widened: 7}},
		"… and not a later one":              {"23009 c BYE B=>23300 c BYE B", "=>load fault loss 22000 us=100000\nload healed loss 24000\n", told{laws: laws(check.LawTime), widened: 3}},
		"silence in a window with slack":     {unheard, "=>customer invite +843 29999\nload fault loss 29000 us=1\nload healed loss 31000\n", told{}},
		"a refusal where it is allowed":      {refused, "=>customer invite +843 29999\nload fault disk 29000 refuse\nload healed disk 31000\n", told{refused: 1}},
		"… but not an answer without record": {lostOne, "=>customer invite +843 29999\nload fault disk 29000 refuse\nload healed disk 31000\n", told{laws: laws(check.LawCall), lost: 1}},
		"a desk that missed the ringing":     {"", "agent ringing lan 10119 A o1\n=>load fault cut 10000 blind\nload healed cut 10500\n", told{widened: 2}},
		"… or was away then":                 {"", "agent ringing lan 10119 A o1\n=>agent lost lan 10050\nagent back lan 10500\n", told{widened: 2}},
		"… but not at another time":          {"", "agent ringing lan 10119 A o1\n=>agent lost lan 13000\nagent back lan 13500\n", told{laws: laws(check.LawDesk), widened: 3}},
		"… and not another's":                {"", "agent ringing lan 10119 A o1\n=>agent lost mai 10050\nagent back mai 10500\n", told{laws: laws(check.LawDesk)}},
		"a death that nothing records":       {"", "=>load fault server_dead 12500\nload healed server_dead 12600\n", told{laws: laws(check.LawCrash), widened: 2}},
		"a death while nobody called":        {"", "=>load fault server_dead 18500\nload healed server_dead 18600\n", told{}},
		"a call into a dead product":         {unheard, "=>customer invite +843 29999\nload fault server_dead 29000\nload healed server_dead 31000\n", told{}},
		"a record too many":                  {"20000 c INVITE B +842\n=>", "", told{laws: laws(check.LawCall, check.LawWitness), doubled: 1}},
		"a fault that never healed":          {"", "=>load fault redis 11000\n", told{laws: laws(check.LawWitness)}},
		"… or came twice":                    {"", "=>load fault redis 11000\nload fault redis 11500\nload healed redis 12000\n", told{laws: laws(check.LawWitness)}},
		"… or only healed":                   {"", "=>load healed redis 11000\n", told{laws: laws(check.LawWitness)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := checkDay(t, changed(t, dayWire, c.wire), changed(t, dayNotes, c.notes))
			if got := toldOf(r); !slices.Equal(got.laws, c.want.laws) || got.numbers() != c.want.numbers() {
				t.Errorf("told %+v, want %+v; found %v", got, c.want, r.Findings)
			}
		})
	}
}

func (t told) numbers() [6]int {
	return [6]int{t.lost, t.doubled, t.refused, t.unheard, t.widened, t.n}
}

func changed(t *testing.T, script, change string) string {
	t.Helper()
	was, now, found := strings.Cut(change, "=>")
	switch {
	case !found:
		return script
	case was == "":
		return script + now
	case !strings.Contains(script, was):
		t.Fatalf("%q is not in the day", was)
	}
	return strings.Replace(script, was, now, 1)
}

// An end that was placed by recovery needs a death of the product.
func TestEstimatedWithoutDeath(t *testing.T) {
	t.Parallel()
	db := dayDB(t)
	if _, err := db.Exec(t.Context(), `UPDATE records.calls SET estimated = true WHERE call = 'B'`); err != nil {
		t.Fatal(err)
	}
	r, err := check.Run(t.Context(), check.Input{Capture: pcap(t, dayWire), Ledger: ledgerOf(dayNotes), Product: product, DB: db})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Key == "B" && f.Law == check.LawCrash }) || r.Estimated != 1 {
		t.Errorf("estimated %d, found %v", r.Estimated, r.Findings)
	}
}

// A call that stays open is named, however well its rows agree.
func TestOpenCallIsNamed(t *testing.T) {
	t.Parallel()
	db := dayDB(t)
	if _, err := db.Exec(t.Context(), `UPDATE records.calls SET closed = false WHERE call = 'B'`); err != nil {
		t.Fatal(err)
	}
	r, err := check.Run(t.Context(), check.Input{Capture: pcap(t, dayWire), Ledger: ledgerOf(dayNotes), Product: product, DB: db})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Key == "B" && f.Law == check.LawEnd }) {
		t.Errorf("found %v", r.Findings)
	}
}
