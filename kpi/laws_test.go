package kpi

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func dayRecords(t *testing.T, seed uint64) Records {
	t.Helper()
	h, _ := foldAll(t, randomDay(seed, 3*hour, 40))
	return h.records()
}

func TestLawsHold(t *testing.T) {
	for seed := range uint64(12) {
		for _, v := range CheckLaws(dayRecords(t, seed)) {
			t.Errorf("seed %d: %s: %s: %s", seed, v.Row, v.Law, v.Text)
		}
	}
}

const shift = 100_000 // 100 ms

// tampering is a kind of row with what can be done to it.
type tampering struct {
	kind   string
	rows   func(*Records) int
	remove func(*Records, int)
	double func(*Records, int)
	shift  func(*Records, int)
}

func tamper[T any](kind string, list func(*Records) *[]T, row func(*T) string, move func(*T)) (tampering, func(*Records, int) string) {
	return tampering{
		kind:   kind,
		rows:   func(r *Records) int { return len(*list(r)) },
		remove: func(r *Records, i int) { l := list(r); *l = slices.Delete(*l, i, i+1) },
		double: func(r *Records, i int) { l := list(r); *l = append(*l, (*l)[i]) },
		shift:  func(r *Records, i int) { move(&(*list(r))[i]) },
	}, func(r *Records, i int) string { return row(&(*list(r))[i]) }
}

// move shifts instants that are there.
func move(ats ...*int64) {
	for _, at := range ats {
		if *at != 0 {
			*at += shift
		}
	}
}

func moveSpans(spans []Span) {
	for i := range spans {
		move(&spans[i].From, &spans[i].To)
	}
}

// One row deleted, doubled or shifted is found, and named: itself, or for a
// deleted part the call or session that misses it.
func TestTamperingIsFound(t *testing.T) {
	type try struct {
		tampering
		row func(*Records, int) string
	}
	var tries []try
	add := func(tm tampering, row func(*Records, int) string) { tries = append(tries, try{tm, row}) }
	add(tamper("call", func(r *Records) *[]Call { return &r.Calls }, (*Call).row, func(c *Call) {
		move(&c.ArrivedAt, &c.AnsweredAt, &c.EnteredAt, &c.ConnectedAt, &c.ReleasedAt, &c.ClosedAt, &c.ExitedAt, &c.HumanAt, &c.FateAt)
		moveSpans(c.Spans)
	}))
	add(tamper("leg", func(r *Records) *[]Leg { return &r.Legs }, (*Leg).row, func(l *Leg) {
		move(&l.InvitedAt, &l.RingingAt, &l.AnsweredAt, &l.FirstRxAt, &l.EndedAt)
	}))
	add(tamper("entry", func(r *Records) *[]Entry { return &r.Entries }, (*Entry).row, func(e *Entry) {
		move(&e.EnteredAt, &e.ExitedAt)
	}))
	add(tamper("offer", func(r *Records) *[]Offer { return &r.Offers }, (*Offer).row, func(o *Offer) {
		move(&o.CreatedAt, &o.RingAt, &o.EndedAt)
	}))
	add(tamper("segment", func(r *Records) *[]Segment { return &r.Segments }, (*Segment).row, func(s *Segment) {
		move(&s.OpenedAt, &s.ConnectedAt, &s.EndedAt, &s.WrapStartedAt, &s.WrapEndedAt, &s.HandledAt)
		moveSpans(s.Wrap)
	}))
	add(tamper("survey", func(r *Records) *[]SurveyRun { return &r.Surveys }, (*SurveyRun).row, func(v *SurveyRun) {
		move(&v.DueAt, &v.OfferedAt, &v.AcceptedAt, &v.AskedAt, &v.RespondedAt, &v.EndedAt)
	}))
	add(tamper("answer", func(r *Records) *[]SurveyAnswer { return &r.Answers }, (*SurveyAnswer).row, func(a *SurveyAnswer) {
		move(&a.AskedAt, &a.RespondedAt, &a.EndedAt)
	}))
	add(tamper("attempt", func(r *Records) *[]Attempt { return &r.Attempts }, (*Attempt).row, func(a *Attempt) {
		move(&a.InvitedAt, &a.HumanAt, &a.ConnectedAt, &a.AbandonedAt, &a.EndedAt)
	}))
	add(tamper("session", func(r *Records) *[]AgentSession { return &r.Sessions }, (*AgentSession).row, func(a *AgentSession) {
		move(&a.LoginAt, &a.LogoutAt)
	}))
	add(tamper("interval", func(r *Records) *[]AgentInterval { return &r.Agents }, (*AgentInterval).row, func(a *AgentInterval) {
		move(&a.From, &a.To)
	}))
	const unstepped = 4 // a seed without clock steps: wall times must add up
	for _, tr := range tries {
		t.Run(tr.kind, func(t *testing.T) {
			n := tr.rows(ptr(dayRecords(t, unstepped)))
			if n == 0 {
				t.Fatal("no rows")
			}
			for i := range min(n, 12) {
				for act, do := range map[string]func(*Records, int){"deleted": tr.remove, "doubled": tr.double, "shifted": tr.shift} {
					r := dayRecords(t, unstepped)
					row := tr.row(&r, i)
					do(&r, i)
					if !names(CheckLaws(r), row) {
						t.Errorf("%s %s: not named in %v", row, act, CheckLaws(r))
					}
				}
			}
		})
	}
}

func ptr(r Records) *Records { return &r }

// names reports whether a violation names the row, or the row's owner.
func names(found []Violation, row string) bool {
	_, id, _ := strings.Cut(row, " ")
	for _, v := range found {
		if v.Row == row || strings.Contains(v.Text, row) {
			return true
		}
		owner, ok := strings.CutPrefix(v.Row, "call ")
		if !ok {
			owner, ok = strings.CutPrefix(v.Row, "session ")
		}
		if ok && strings.HasPrefix(id, owner) {
			return true
		}
	}
	return false
}

func TestCheckStamps(t *testing.T) {
	stamps := randomDay(2, hour, 20)
	if v := CheckStamps(stamps); v != nil {
		t.Fatalf("a whole journal: %v", v)
	}
	lost := slices.Delete(slices.Clone(stamps), 20, 21)
	v := CheckStamps(lost)
	if len(v) == 0 || v[0].Text != "node n1: stamp 22 after 20" {
		t.Errorf("stamp 21 lost: %v", v)
	}
	other := slices.Clone(stamps)
	other[20].Subject.ID = stamp.ID("x")
	for i := range other[21:] {
		if other[21+i].Subject == stamps[20].Subject {
			if v := CheckStamps(other); len(v) == 0 {
				t.Errorf("a stamp that went to another subject is not found")
			}
			return
		}
	}
	t.Fatal("the stamp taken was the last of its subject")
}

// A duration that was changed by 100 ms breaks the law that it stands under.
func TestChangedDurationIsFound(t *testing.T) {
	day := func() Records {
		h, _ := foldAll(t, readDay(t, "care"))
		n, _ := foldAll(t, readDay(t, "night"))
		r := h.records()
		r.Sessions, r.Agents = values(n.sessions), values(n.agents)
		return r
	}
	call := func(r *Records) *Call {
		return &r.Calls[slices.IndexFunc(r.Calls, func(c Call) bool { return c.Call == "c1" })]
	}
	segment := func(r *Records) *Segment {
		return &r.Segments[slices.IndexFunc(r.Segments, func(s Segment) bool { return s.Call == "c1" })]
	}
	entry := func(r *Records) *Entry {
		return &r.Entries[slices.IndexFunc(r.Entries, func(e Entry) bool { return e.Call == "c1" })]
	}
	for _, c := range []struct {
		name string
		do   func(*Records)
		law  string
		row  string
	}{
		{"length", func(r *Records) { call(r).LengthUS += shift }, LawPhases, "call c1"},
		{"talk", func(r *Records) { call(r).TalkUS += shift }, LawPhases, "call c1"},
		{"hold", func(r *Records) { call(r).HoldUS -= shift }, LawPhases, "call c1"},
		{"survey", func(r *Records) { call(r).SurveyUS += shift }, LawPhases, "call c1"},
		{"pickup after the connection", func(r *Records) { call(r).PickupUS = call(r).WaitUS + 1 }, LawFate, "call c1"},
		{"another instant of its fate", func(r *Records) { call(r).FateAt += shift }, LawFate, "call c1"},
		{"late, within the limit", func(r *Records) { call(r).Service = AnsweredLate }, LawFate, "call c1"},
		{"answered and given up", func(r *Records) { call(r).Service, call(r).FateAt = GoneWithin, call(r).ExitedAt }, LawFate, "call c1"},
		{"no fate", func(r *Records) { call(r).Service, call(r).FateAt = "", 0 }, LawFate, "call c1"},
		{"negative wait", func(r *Records) { call(r).WaitUS = -1 }, LawPositive, "call c1"},
		{"a phase", func(r *Records) { call(r).Spans[1].To += shift }, LawPhases, "call c1"},
		{"the last phase", func(r *Records) { s := call(r).Spans; s[len(s)-1].To += shift }, LawPhases, "call c1"},
		{"segment's talk", func(r *Records) { segment(r).TalkUS += shift }, LawSegments, "segment c1/1"},
		{"segment's wrap-up", func(r *Records) { segment(r).WrapUS += shift }, LawSegments, "segment c1/1"},
		{"a lost end", func(r *Records) { segment(r).EndedAt = 0 }, LawSegments, "segment c1/1"},
		{"entry's stay", func(r *Records) { entry(r).StayUS += shift }, LawTied, "entry c1/1"},
		{"a lost exit", func(r *Records) { entry(r).ExitedAt, entry(r).Reason = 0, "" }, LawOneExit, "entry c1/1"},
		{"an exit without reason", func(r *Records) { entry(r).Reason = "" }, LawOneExit, "entry c1/1"},
		{"login time", func(r *Records) { r.Sessions[0].LengthUS += shift }, LawStates, "session a1"},
		{"agent's talk", func(r *Records) {
			r.Segments = append(r.Segments, Segment{Ref: Ref{Call: "n1"}, Segment: 1, EndedAt: 9, TalkUS: 9})
			r.Agents = append(r.Agents, AgentInterval{Session: "x", N: 1, Agent: "zoe", State: "talking", Call: "n1", Segment: 1, From: 1, To: 9})
		}, LawTalk, "segment n1/1"},
		{"a limit that is no pause's", func(r *Records) { r.Agents[0].LimitUS = 9 }, LawStates, "interval a1/1"},
		{"asked for after it began", func(r *Records) { r.Agents[0].RequestedAt = r.Agents[0].From + 1 }, LawPositive, "interval a1/1"},
		{"two sessions at once", func(r *Records) {
			r.Agents = append(r.Agents, AgentInterval{Session: "x", N: 1, Agent: "ann", State: "ready", From: r.Agents[0].From + 1, To: r.Agents[0].To})
		}, LawOnce, "interval x/1"},
	} {
		r := day()
		slices.SortFunc(r.Agents, func(a, b AgentInterval) int { return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.N, b.N)) })
		if v := CheckLaws(r); len(v) > 0 {
			t.Fatalf("before: %+v", v)
		}
		c.do(&r)
		found := CheckLaws(r)
		if !slices.ContainsFunc(found, func(v Violation) bool { return v.Law == c.law && v.Row == c.row }) {
			t.Errorf("%s: %q of %s is not among %+v", c.name, c.law, c.row, found)
		}
	}
}

// A desk that is lost as it accepts: the gap before the first sound is the
// call's, and no talk of the agent's. One in the talk is.
func TestGapBeforeTalkIsNoTalk(t *testing.T) {
	const ms = int64(1000)
	span := func(phase string, from, to int64) Span { return Span{Phase: phase, From: from, To: to, Segment: 1} }
	for name, c := range map[string]struct {
		spans []Span
		found int
	}{
		"before": {[]Span{span(stamp.PhaseAlone, 1*ms, 112*ms), span(stamp.PhaseConnecting, 112*ms, 113*ms), span(stamp.PhaseTalking, 113*ms, 613*ms)}, 0},
		"in it":  {[]Span{span(stamp.PhaseTalking, 1*ms, 501*ms), span(stamp.PhaseAlone, 501*ms, 612*ms)}, 1},
	} {
		var k checker
		k.talk(Records{
			Calls:    []Call{{Ref: Ref{Call: "c"}, Spans: c.spans}},
			Segments: []Segment{{Ref: Ref{Call: "c"}, Segment: 1, EndedAt: 613 * ms, TalkUS: 500 * ms, GapUS: 111 * ms}},
			Agents:   []AgentInterval{{State: stamp.StateTalking, Call: "c", Segment: 1, From: 113 * ms, To: 613 * ms}},
		})
		if len(k.found) != c.found {
			t.Errorf("%s: %v", name, k.found)
		}
	}
}
