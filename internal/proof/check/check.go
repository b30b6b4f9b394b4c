package check

import (
	"context"
	"io"
	"net/netip"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Input is what the witnesses left.
type Input struct {
	Capture io.Reader      // pcap with Ethernet frames and kernel time stamps
	Ledger  io.Reader      // Notes, one JSON object a line
	Product netip.AddrPort // the product's SIP address
	DB      *pgx.Conn
}

// Result is what the checker found.
type Result struct {
	Findings []Finding
	Calls    int // recorded
	Dialogs  int // on the wire
	Stamps   int
	Offers   int
	Figures  int // of closed quarter hours, compared

	Lost      int // calls on the wire without a record
	Doubled   int // records that no call on the wire accounts for
	Estimated int // calls that ended at the last proof of life of a product that died
	Refused   int // calls that were turned away without a record, in a window that allows it
	Unheard   int // records of callers who never got an answer from the product that died
	Excused   int // disagreements with a witness that was blind at the time
	Widened   int // durations that touch a window and were held against more than 20 ms

	Outcomes map[string]int
	Plans    map[string]int
	Spreads  []Spread
	Ticks    int // of the load's witness
	Stalled  int // that came late
	StallUS  int64
}

// Spread is how far the recorded durations of a name are from the witnessed.
type Spread struct {
	Name          string
	N             int
	P50, P99, Max int64 // µs
	Over          int   // beyond 20 ms
}

// Run checks a whole run. Errors: an input that can't be read.
func Run(ctx context.Context, in Input) (Result, error) {
	notes, err := readNotes(in.Ledger)
	if err != nil {
		return Result{}, err
	}
	w := newWire(in.Product)
	if err := readPcap(in.Capture, w.take); err != nil {
		return Result{}, err
	}
	s, err := readStore(ctx, in.DB)
	if err != nil {
		return Result{}, err
	}
	return run(s, w, notes), nil
}

// Records checks a database alone: stamps, records, laws and figures.
func Records(ctx context.Context, db *pgx.Conn) ([]Finding, error) {
	s, err := readStore(ctx, db)
	if err != nil {
		return nil, err
	}
	f := &findings{}
	records(f, s)
	return f.sorted(), nil
}

// records returns how many figures it compared, and how often the wall clock
// was set.
func records(f *findings, s *store) (figures, steps int) {
	facts := chain(f, s)
	s.tries = triesOf(facts)
	order(f, facts)
	pairs(f, facts)
	figures = intervals(f, s) // by the wall, so BEFORE the steps are straightened
	steps = straighten(facts, s)
	retell(facts).compare(f, s)
	laws(f, s)
	return figures, steps
}

func run(s *store, w *wire, notes []Note) Result {
	f := &findings{}
	r := Result{Calls: len(s.rows["records.calls"]), Dialogs: len(w.order), Stamps: len(s.stamps), Offers: len(s.rows["records.offers"]),
		Outcomes: map[string]int{}, Plans: map[string]int{}}
	figures, steps := records(f, s)
	r.Figures = figures
	x := newWitness(f, s, w, notes)
	x.faults.steps(f, steps)
	pairs := x.calls(notes)
	x.closed(pairs)
	x.offers(pairs)
	x.parts(pairs)
	x.keys(pairs)
	x.logins()
	x.durations(pairs)
	x.judge()
	for _, c := range s.rows["records.calls"] {
		r.Outcomes[c.str("direction")+" "+c.str("outcome")]++
		if c.is("estimated") {
			r.Estimated++
		}
	}
	for _, p := range x.planned {
		r.Plans[p.Fate]++
	}
	for _, n := range x.stalls.list {
		r.StallUS += n.US
	}
	x.faults.unhealed(f)
	r.Lost, r.Doubled, r.Refused, r.Unheard, r.Excused = x.lost, x.doubled, x.refused, x.unheard, x.faults.used
	r.Ticks, r.Stalled = x.stalls.ticks, x.stalls.stalled
	r.Spreads, r.Findings = spreads(x.measures), f.sorted()
	for _, m := range x.measures {
		if m.slack > 0 {
			r.Widened++
		}
	}
	return r
}

// spreads sums up measures by name, and all of them, but for those that a
// window excuses.
func spreads(list []measure) []Spread {
	byName := map[string][]int64{}
	var names []string
	for _, m := range list {
		if m.slack > 0 {
			continue
		}
		for _, name := range []string{m.name, "all"} {
			if byName[name] == nil {
				names = append(names, name)
			}
			byName[name] = append(byName[name], m.error())
		}
	}
	slices.Sort(names)
	out := make([]Spread, 0, len(names))
	for _, name := range names {
		e := byName[name]
		slices.Sort(e)
		over := len(e) - lowerBound(e, tolerance+1)
		out = append(out, Spread{name, len(e), e[(len(e)-1)/2], e[(len(e)-1)*99/100], e[len(e)-1], over})
	}
	return out
}

func lowerBound(sorted []int64, v int64) int {
	i, _ := slices.BinarySearch(sorted, v)
	return i
}
