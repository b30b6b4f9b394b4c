package call

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// checkLaws asserts what must hold of any call's stamps, closed or not.
func checkLaws(t *testing.T, stamps []stamp.Stamp) {
	t.Helper()
	if len(stamps) == 0 {
		return
	}
	checkTapes(t, stamps)
	l := laws{t: t, entries: map[stamp.EntryNo]int{}, offers: map[stamp.ID]int{}, segments: map[stamp.SegmentNo]int{}}
	for i, x := range stamps {
		l.number(i, x)
		l.order(x)
		l.count(x)
	}
	l.sum(stamps)
}

type laws struct {
	t        *testing.T
	last     stamp.Stamp // the last change of state
	begun    stamp.Stamp // of the phase
	length   int64       // Σ phases so far
	entries  map[stamp.EntryNo]int
	offers   map[stamp.ID]int // 0 open, 1 ended; accepted ones count in accepted
	accepted int
	opened   int
	segments map[stamp.SegmentNo]int // 0 open, 1 ended
	results  int
	asks     map[int]string // open: consult, blind or attended
	parked   bool
	closed   bool
}

// number: N is dense, every stamp is of this call.
func (l *laws) number(i int, x stamp.Stamp) {
	if x.N != uint64(i+1) {
		l.t.Fatalf("stamp %d has number %d", i+1, x.N)
	}
	if x.Subject.Kind != stamp.SubjectCall || x.Call != x.Subject.ID || x.Late < 0 || x.Actor == "" {
		l.t.Errorf("stamp %d is badly addressed: %+v", x.N, x)
	}
}

// order: changes of state never go back in time; nothing follows closed.
func (l *laws) order(x stamp.Stamp) {
	if l.closed {
		l.t.Errorf("stamp %d %s after closed", x.N, x.Kind())
	}
	switch x.Fact.(type) {
	case stamp.MediaFirstRx, stamp.DTMF, stamp.MediaSummary, stamp.MediaVoice:
		if x.Phase != "" {
			l.t.Errorf("observation %d %s begins a phase", x.N, x.Kind())
		}
		return
	}
	if l.last.N > 0 && x.Before(l.last.Instant) {
		l.t.Errorf("stamp %d %s lies before %d %s", x.N, x.Kind(), l.last.N, l.last.Kind())
	}
	l.last = x
	if x.Phase != "" {
		if l.begun.N > 0 {
			l.length += x.Sub(l.begun.Instant)
		}
		l.begun = x
	}
}

func (l *laws) count(x stamp.Stamp) {
	switch f := x.Fact.(type) {
	case stamp.QueueEntered:
		l.once(l.entries, f.Entry, 0)
	case stamp.QueueExited:
		endOnce(l, l.entries, f.Entry)
		l.notNegative(f.WaitUS)
	case stamp.OfferCreated:
		if _, had := l.offers[f.Offer]; had {
			l.t.Errorf("offer %s made twice", f.Offer)
		}
		l.offers[f.Offer] = 0
	case stamp.OfferAccepted:
		endOnce(l, l.offers, f.Offer)
		l.notNegative(f.RingUS)
		l.accepted++
	case stamp.OfferEnded:
		endOnce(l, l.offers, f.Offer)
		l.notNegative(f.RingUS)
	case stamp.SegmentOpened:
		l.opened++
		l.segments[f.Segment] = 0
	case stamp.SegmentEnded:
		endOnce(l, l.segments, f.Segment)
	case stamp.ConsultStarted, stamp.ConsultEnded, stamp.TransferStarted, stamp.TransferCompleted, stamp.TransferFailed:
		l.asked(x)
	case stamp.ParkStarted:
		l.parked = true
	case stamp.ParkEnded:
		if !l.parked {
			l.t.Errorf("stamp %d ends what was not parked", x.N)
		}
		l.parked = false
	case stamp.LegBack:
		l.notNegative(f.GapUS)
	case stamp.DialResult:
		l.results++
	case stamp.CallClosed:
		l.closed = true
	}
}

// asked: one ask at a time, and each has one end.
func (l *laws) asked(x stamp.Stamp) {
	begin := func(no int, how string) {
		if len(l.asks) > 0 {
			l.t.Errorf("stamp %d asks while %v is open", x.N, l.asks)
		}
		l.asks = map[int]string{no: how}
	}
	end := func(no int, how string) {
		if l.asks[no] != how {
			l.t.Errorf("stamp %d ends %s %d, open is %v", x.N, how, no, l.asks)
		}
		delete(l.asks, no)
	}
	switch f := x.Fact.(type) {
	case stamp.ConsultStarted:
		begin(f.Ask, askConsult)
	case stamp.ConsultEnded:
		end(f.Ask, askConsult)
	case stamp.TransferStarted:
		begin(f.Ask, f.How)
	case stamp.TransferCompleted:
		end(f.Ask, f.How)
	case stamp.TransferFailed:
		end(f.Ask, f.How)
	}
}

func (l *laws) once(m map[stamp.EntryNo]int, k stamp.EntryNo, v int) {
	if _, had := m[k]; had {
		l.t.Errorf("entry %d entered twice", k)
	}
	m[k] = v
}

func endOnce[K comparable](l *laws, m map[K]int, k K) {
	if n, had := m[k]; !had || n != 0 {
		l.t.Errorf("%v ended without being open", k)
	}
	m[k] = 1
}

func (l *laws) notNegative(us int64) {
	if us < 0 {
		l.t.Errorf("negative duration %d", us)
	}
}

// sum: a closed call has nothing open, its phases fill its length, and an
// attempt has one result. Every accepted offer is one segment.
func (l *laws) sum(stamps []stamp.Stamp) {
	if !l.closed {
		return
	}
	first, last := stamps[0], stamps[len(stamps)-1]
	if want := last.Sub(first.Instant); l.length != want {
		l.t.Errorf("Σ phases %d µs, the call is %d µs long", l.length, want)
	}
	for what, open := range map[string]int{"entries": openOf(l.entries), "offers": openOf(l.offers), "segments": openOf(l.segments)} {
		if open != 0 {
			l.t.Errorf("%d %s open in a closed call", open, what)
		}
	}
	if len(l.asks) > 0 || l.parked {
		l.t.Errorf("open in a closed call: asks %v, parked %v", l.asks, l.parked)
	}
	outbound := first.Fact.(stamp.CallCreated).Direction == stamp.Out
	if outbound != (l.results == 1) {
		l.t.Errorf("outbound %v with %d results", outbound, l.results)
	}
	if !outbound && l.accepted != l.opened {
		l.t.Errorf("%d offers accepted, %d segments opened", l.accepted, l.opened)
	}
	if last.Phase != stamp.PhaseClosed {
		l.t.Errorf("the last stamp begins %q", last.Phase)
	}
}

func openOf[K comparable](m map[K]int) int {
	n := 0
	for _, v := range m {
		if v == 0 {
			n++
		}
	}
	return n
}
