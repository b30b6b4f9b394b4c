package call

import (
	"flag"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

var seed = flag.Uint64("seed", 0, "of the random calls; 0 = a new one, which is printed")

// TestRandomCalls throws random inputs at calls, sensible ones and senseless
// ones, early, late and twice, and asks after every step whether the stamps
// alone make the same machine, and at the end whether the laws hold.
func TestRandomCalls(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed=%d", *seed)
	outcomesSeen, phasesSeen := map[string]bool{}, map[string]bool{}
	missing := func() (all []string) {
		for _, o := range outcomes {
			if !outcomesSeen[string(o)] {
				all = append(all, "ended "+string(o))
			}
		}
		for _, p := range phaseNames[1:] {
			if !phasesSeen[p] {
				all = append(all, "came to phase "+p)
			}
		}
		return all
	}
	const usual, most = 4000, 40_000 // what is rare may take more
	for i := uint64(0); i < usual || i < most && missing() != nil; i++ {
		r := rand.New(rand.NewPCG(*seed, i))
		stamps := randomCall(t, r)
		for _, x := range stamps {
			phasesSeen[x.Phase] = true
			if f, ok := x.Fact.(stamp.CallClosed); ok {
				outcomesSeen[f.Outcome] = true
			}
		}
		if t.Failed() {
			t.Fatalf("call %d of -seed=%d", i, *seed)
		}
	}
	if m := missing(); m != nil {
		t.Errorf("no call %s", strings.Join(m, ", nor "))
	}
}

// FuzzCall lets the fuzzer choose the inputs: about two bytes a step.
func FuzzCall(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Fuzz(func(t *testing.T, choices []byte) {
		w := newWorld(t, rand.New(&byteSource{bytes: choices}))
		for range min(len(choices), 100) {
			w.step()
		}
		w.end()
	})
}

// byteSource is a source of chance that reads the fuzzer's bytes.
type byteSource struct {
	bytes []byte
	next  int
}

func (s *byteSource) Uint64() uint64 {
	s.next++
	noise := uint64(s.next) * 0x9e3779b97f4a7c15 >> 8 // rand rejects some numbers and asks again
	if len(s.bytes) == 0 {
		return noise
	}
	return uint64(s.bytes[s.next%len(s.bytes)])<<56 | noise
}

func randomCall(t *testing.T, r *rand.Rand) []stamp.Stamp {
	w := newWorld(t, r)
	for range 10 + r.IntN(70) {
		w.step()
	}
	w.end()
	return w.stamps
}

// world is one call and everybody around it.
type world struct {
	t      *testing.T
	r      *rand.Rand
	plan   Plan
	m      *Machine
	mirror *Machine // rebuilt from stamps alone
	stamps []stamp.Stamp
	us     int64
	offers int
	last   stamp.ID // offer
	claims map[Seat]string
	sought *Seek // by the call, not answered yet
	crash  bool
}

func newWorld(t *testing.T, r *rand.Rand) *world {
	p := testPlan()
	if r.IntN(2) == 0 {
		p.Survey, p.Ask.Skip = "csat", r.IntN(3)*50
	}
	if r.IntN(4) == 0 {
		p.Ask.SpacingUS, p.Ask.Off = 1e6, r.IntN(3) == 0
	}
	if r.IntN(3) == 0 {
		p.AnswerOn = OnAgent
	}
	p.WrapUS, p.WrapNeeded = int64(r.IntN(2))*30e6, r.IntN(3) == 0
	p.Wrap = Wraps{MissedUS: int64(r.IntN(2)) * 5e6, MovedUS: int64(r.IntN(3)-1) * 7e6, MostUS: int64(r.IntN(2)) * 40e6, Code: []string{"", "other"}[r.IntN(2)], Pause: []string{"", "after_call"}[r.IntN(2)]}
	p.MaxWaitUS = int64(r.IntN(2)) * 60e6
	p.MaxUS = int64(r.IntN(2)) * 600e6
	if r.IntN(2) == 0 {
		p.TimeoutMsg, p.AbandonMsg, p.Welcome = "please-wait", "abandon", "please-wait"
	}
	p.Record = []RecordMode{RecordOff, RecordAll, RecordOnDemand}[r.IntN(3)]
	p.Disclosure = []string{"", "recorded"}[r.IntN(2)]
	p.House = testHouse(p)
	p.To = []Destination{{}, {}, {}, {}, {ToMenu, "main"}, {ToQueue, "small"}, {ToAnnouncement, "bye"}, {ToQueue, "night"}, {ToQueue, "ring"}, {ToQueue, "nowhere"}}[r.IntN(10)]
	p.Door = Door{
		Overflow: []Destination{{}, {ToQueue, "small"}, {ToMenu, "main"}, {ToAnnouncement, "bye"}, {ToHangup, ""}}[r.IntN(5)],
		Stay:     []Staff{"", LoggedIn}[r.IntN(2)], Keys: map[rune]Destination{'1': {ToMenu, "main"}, '2': {ToQueue, "small"}},
		CallbackKey: '3',
		AnnounceUS:  int64(r.IntN(2)) * 15e6, AnnouncePosition: r.IntN(2) == 0, AnnounceWait: r.IntN(2) == 0,
	}
	w := &world{t: t, r: r, plan: p, m: New("c", p), mirror: New("c", p), claims: map[Seat]string{}, crash: r.IntN(8) == 0}
	begin := Input(Arrived{Trunk: "carrier", Party: "p"})
	if r.IntN(2) == 0 {
		w.plan.Queue, w.plan.Campaign = "", "spring"
		w.plan.Ways = []stamp.TrunkID{"carrier", "second", "second"}[:r.IntN(4)]
		w.m, w.mirror = New("c", w.plan), New("c", w.plan)
		o := Originate{Trunk: "carrier", Attempt: "try", Seat: w.seat()}
		if r.IntN(20) == 0 {
			o.Refused = "premium"
		}
		begin = o
		w.claims[begin.(Originate).Seat] = stamp.StateReserved
	}
	w.input(begin)
	return w
}

func (w *world) seat() Seat {
	agent := []stamp.AgentID{"anna", "binh", "chi"}[w.r.IntN(3)]
	return Seat{Agent: agent, Session: stamp.ID(agent) + "-session"}
}

// step lets time pass and something happen: a deadline if one lies before.
func (w *world) step() {
	w.us += []int64{0, 1, 1e3, 1e5, 3e6, 7e6, 25e6}[w.r.IntN(7)]
	for range 20 {
		due, ok := w.m.Deadline()
		if !ok || due.Mono > w.us {
			w.input(w.something())
			return
		}
		w.input(Tick{})
	}
	due, _ := w.m.Deadline()
	w.t.Fatalf("the deadline %d does not move at %d in %s", due.Mono, w.us, w.m.Phase())
}

// input takes one step with the machine and follows it with the mirror.
func (w *world) input(in Input) {
	seen := instant(float64(w.us) / 1e6)
	if _, clock := in.(Tick); !clock && w.r.IntN(10) == 0 { // it was seen before the last thing we have heard of
		seen = seen.Add(-int64(w.r.IntN(50_000)))
	}
	closed := w.m.Closed()
	stamps, effects, err := w.m.Step(seen, in)
	if err != nil && (len(stamps) > 0 || len(effects) > 0) {
		w.t.Errorf("refused and done: %v", err)
	}
	if closed && len(stamps) > 0 {
		w.t.Errorf("%T moved a closed call", in)
	}
	w.stamps = append(w.stamps, stamps...)
	for _, x := range stamps {
		w.mirror.s.apply(x)
	}
	if !reflect.DeepEqual(w.mirror.s, w.m.s) {
		w.t.Fatalf("after %T the stamps make another call:\n%+v\n%+v", in, w.mirror.s, w.m.s)
	}
	for _, e := range effects {
		switch e := e.(type) {
		case Presence:
			w.claims[e.Seat] = e.To
		case Seek:
			w.sought = &e
		}
	}
}

// end brings the call to its close and checks it.
func (w *world) end() {
	checkLaws(w.t, w.stamps)
	w.us += 1e6
	if w.crash && !w.m.Over() {
		stamps, err := Recover(w.stamps, instant(float64(w.us)/1e6))
		if err != nil {
			w.t.Fatal(err)
		}
		w.stamps = append(w.stamps, stamps...)
		m, err := Replay(PlanOf(w.stamps), w.stamps)
		if err != nil {
			w.t.Fatal(err)
		}
		w.m, w.mirror, w.claims = m, New("c", w.plan), nil
		for _, x := range w.stamps {
			w.mirror.s.apply(x)
		}
		w.claims = map[Seat]string{}
	}
	w.input(Abort{By: stamp.System})
	w.us += 1e6
	w.input(LegGone{Leg: 1, By: stamp.System})
	w.us += 1e6
	w.input(Abort{By: stamp.System})
	w.us += 1e6
	w.input(Tick{})
	if !w.m.Closed() {
		w.t.Errorf("the call does not end: %s", w.m.Phase())
	}
	checkLaws(w.t, w.stamps)
	for seat, state := range w.claims {
		if state != stamp.StateReady {
			w.t.Errorf("%s is left %s by a closed call", seat.Agent, state)
		}
	}
	if _, ok := w.m.Deadline(); ok {
		w.t.Error("a closed call has a deadline")
	}
}

// something happens: mostly what may happen next, else anything.
func (w *world) something() Input {
	if w.r.IntN(5) == 0 {
		return w.anything()
	}
	s := &w.m.s
	agent := stamp.AgentID("anna")
	leg := stamp.LegNo(2)
	if g := s.segment(); g != nil {
		agent, leg = g.seat.Agent, g.leg
	}
	next := map[string][]Input{
		stamp.PhaseDialing: {LegSent{1}, LegRang{1, 180, false}, LegAnswered{1, "PCMU"}, LegAnswered{1, "PCMU"}, LegRejected{1, 486}, LegRejected{1, 404}, LegRejected{1, 603},
			LegRejected{1, 503}, LegRejected{1, 408}, EffectFailed{Effect: Durably{Redial{1, s.dial.tries}}}},
		stamp.PhaseArriving:   {LegAnswered{1, "PCMA"}, LegAnswered{1, "PCMA"}, w.admission(), w.admission(), w.admission(), LegGone{Leg: 1, By: stamp.Customer, Cancelled: true}},
		stamp.PhaseMenu:       {MenuAsked{"main", 1}, MenuKey{"main", "1"}, MenuLeft{"chosen", w.anywhere()}, MenuLeft{"no_input", Destination{}}},
		stamp.PhaseAnnouncing: {PlayDone{s.play}},
		stamp.PhaseOffering:   {Requeue{"boss", ""}, Accept{w.last}, Accept{w.last}, DeskRings{w.last}, Decline{w.last}, w.match(), w.answer(), OfferFailed{w.last, stamp.OfferUnreachable}},
		stamp.PhaseWaiting:    {Requeue{"boss", []stamp.QueueID{"small", "night", "nowhere"}[w.r.IntN(3)]}, w.match(), w.match(), w.match(), w.match(), w.match(), PlayDone{s.play}, Digit{1, '1', 0}, Digit{1, '3', 0}, Digit{1, '3', 0}, Standing{stamp.EntryNo(len(s.entries)), 1 + w.r.IntN(3), int64(w.r.IntN(2)) * 90e6}, Deserted{stamp.EntryNo(len(s.entries))}},
		stamp.PhaseConnecting: {FirstRx{1}, FirstRx{leg}, FirstRx{1}, FirstRx{leg}, LegAnswered{1, "PCMA"}},
		stamp.PhaseTalking: {
			AgentHold{agent, true}, RemoteHold{1, true}, SeatLost{agent}, PlayDone{s.tape.play}, AgentRecord{agent, true}, AgentRecordPause{agent, true}, AgentHangup{agent}, AgentMute{agent, true}, Consult{Agent: agent, To: w.somebody(), Outside: Outside{Party: "p2"}},
			Consult{Agent: agent, To: w.somebody(), Outside: Outside{Party: "p2"}}, Consult{Agent: agent, To: w.somebody(), Outside: Outside{Party: "p2"}}, Consult{Agent: agent, To: w.somebody(), Outside: Outside{Party: "p2"}},
			Transfer{Agent: agent, To: w.somebody(), Outside: Outside{Party: "p2"}}, Transfer{Agent: agent, To: w.somebody(), Outside: Outside{Party: "p2"}}, Park{agent}, w.answer(), w.answer(), w.line(),
		},
		stamp.PhaseHeld:         {AgentHold{agent, false}, RemoteHold{1, false}, AgentHold{agent, true}, SeatLost{agent}, AgentHangup{agent}, Consult{Agent: agent, To: w.somebody()}},
		stamp.PhaseConsulting:   w.consulting(agent, leg),
		stamp.PhaseConferencing: {FirstRx{1}, FirstRx{stamp.LegNo(len(s.legs))}, AgentHangup{w.seat().Agent}, w.line(), SeatLost{w.seat().Agent}, SeatBack{w.seat().Agent}},
		stamp.PhaseOutside:      {w.line(), w.line(), FirstRx{1}},
		stamp.PhaseParked:       {Retrieve{agent}, w.answer(), w.answer()},
		stamp.PhaseAlone:        {SeatBack{agent}, FirstRx{leg}, FirstRx{1}, AgentHangup{agent}},
		stamp.PhaseSurveying: {SurveyAccepted{}, SpeechBegan{"csat", 5e6}, SpeechEnded{"csat", stamp.RecordedEnough}, RecordEnded{No: s.tape.no, Why: stamp.RecordedTooLong}, SurveyDeclined{}, Asked{"csat", 1, "csat", AboutLast}, Asked{"nps", 1, "nps", AboutCall},
			Responded{"csat", 4, 5, stamp.AnswerGood}, Responded{"nps", 0, 10, stamp.AnswerBad}, InvalidKey{"csat"}, NoInput{"csat"}, DialogueEnded{"completed"}},
		stamp.PhaseReleasing: {LegGone{Leg: 1, By: stamp.System}, LegAnswered{1, "PCMU"}, LegRejected{1, 487}},
		stamp.PhaseOver:      {EndWrap{"anna", 1, "agent"}, EndWrap{"binh", 1, "agent"}, Dispose{"anna", 1, "sold"}, Dispose{"binh", 1, "sold"}, ExtendWrap{"anna", 1, 5e6}},
	}[s.phase]
	if len(next) == 0 {
		return w.anything()
	}
	return next[w.r.IntN(len(next))]
}

// anywhere is a destination of any kind, some of which are not there.
func (w *world) anywhere() Destination {
	all := []Destination{{}, {ToQueue, "sales"}, {ToQueue, "small"}, {ToQueue, "ring"}, {ToQueue, "gone"}, {ToMenu, "main"}, {ToAnnouncement, "bye"}, {ToHangup, ""}}
	return all[w.r.IntN(len(all))]
}

// admission is what the Floor says of the queue that asks.
func (w *world) admission() Input {
	in := Admitted{Entry: w.m.s.nextEntry(), Queue: "small"}
	in.Refused = []string{"", "", stamp.RefusedFull, stamp.RefusedEmpty}[w.r.IntN(4)]
	return in
}

// testHouse is a place with a ring of closed queues, a small one and a menu.
func testHouse(p Plan) *House {
	plan := func(id stamp.QueueID, d Door) *Plan {
		q := p
		q.Queue, q.Door = id, d
		return &q
	}
	never := &Hours{Zone: time.UTC}
	return &House{
		Queues: map[stamp.QueueID]*Plan{
			"sales": plan("sales", Door{}),
			"small": plan("small", Door{MaxSize: 1, Join: LoggedIn, Overflow: QueueOf("sales")}),
			"night": plan("night", Door{Hours: never, Closed: Destination{ToAnnouncement, "closed"}}),
			"ring":  plan("ring", Door{Hours: never, Closed: QueueOf("round")}),
			"round": plan("round", Door{Hours: never, Closed: QueueOf("ring")}),
		},
		Menus: map[string]*Menu{"main": {ID: "main", Prompt: "main", Options: map[rune]Option{'1': {To: QueueOf("sales")}}}},
	}
}

func (w *world) match() Input {
	w.offers++
	seat := w.seat()
	if held := w.claims[seat]; held != "" && held != stamp.StateReady {
		return Tick{} // the Floor reserves only who is free
	}
	w.last = stamp.ID([]string{"o", "p", "q", "r"}[w.offers%4]) + stamp.ID(rune('0'+w.offers/4))
	no := stamp.EntryNo(len(w.m.s.entries))
	return Matched{Offer: w.last, Entry: no, Seat: seat}
}

// reassign is what the dialer says when the Floor has lost the agent of a line.
func (w *world) reassign() Input {
	in := Reassign{Lost: w.seat().Agent}
	if s := w.seat(); w.r.IntN(2) == 0 {
		if held := w.claims[s]; held != "" && held != stamp.StateReady && s.Agent != in.Lost {
			return Tick{} // the Floor reserves only who is free
		}
		in.Seat = s
	}
	if w.m.s.dial.seat.Agent != in.Lost || w.m.Phase() != stamp.PhaseDialing {
		in.Lost = "stranger" // one who is not reserved can't be lost to a line
	}
	if held := w.claims[in.Seat]; held != "" && held != stamp.StateReady && in.Lost == "stranger" {
		return Tick{}
	}
	return in
}

// reserved is what the Floor does with its agents before the dialer says so.
func (w *world) reserved(in Reassign) {
	if in.Lost != "stranger" {
		w.claims[w.m.s.dial.seat] = stamp.StateReady
	}
	if in.Seat != (Seat{}) {
		w.claims[in.Seat] = stamp.StateReserved
	}
}

// anything is any input with any content.
func (w *world) anything() Input {
	agent := w.seat().Agent
	leg, no := stamp.LegNo(w.r.IntN(4)), stamp.SegmentNo(w.r.IntN(3))
	on := w.r.IntN(2) == 0
	all := []Input{
		Arrived{}, LegSent{1}, LegRang{1, 183, true}, LegAnswered{1, "PCMU"}, LegRejected{1, 500},
		LegGone{Leg: 1, By: stamp.Customer, Cause: stamp.Cause{Proto: "q850", Code: 16}}, LegGone{Leg: 1, By: stamp.Network}, RemoteHold{1, on},
		FirstRx{leg}, Silent{leg, 31e6}, Silent{leg, 1e6}, Resumed{leg}, Digit{leg, '1', time.Second}, PlayDone{w.r.IntN(12)},
		Voice{stamp.MediaVoice{Leg: leg}}, MicSilent{leg}, MicHeard{leg}, AgentRecord{agent, on}, AgentRecordPause{agent, on}, RecordEnded{w.m.s.tape.no, stamp.RecordedDiskFull},
		EffectFailed{Effect: Record{No: w.m.s.tape.no}}, EffectFailed{Effect: Announce{Play: w.m.s.tape.play}},
		SeatLost{agent}, SeatBack{agent}, Summary{stamp.MediaSummary{Leg: leg}}, Summary{stamp.MediaSummary{Leg: 2}},
		OfferFailed{w.last, stamp.OfferICEFailed}, DeskRings{w.last}, Accept{w.last}, Accept{"nobody's"}, Decline{w.last},
		AgentHangup{agent}, AgentHold{agent, on}, AgentMute{agent, on}, Dispose{agent, no, "sold"}, SaveNote{agent, no, "note"},
		ExtendWrap{agent, no, 10e6}, ExtendWrap{agent, no, -1}, EndWrap{agent, no, "agent"}, EndWrap{agent, no, "logout"},
		SurveyChecked{SurveyPast{Known: true}}, SurveyChecked{SurveyPast{Known: true, Asked: 1_700_000_000_000_000}}, SurveyAccepted{}, SurveyDeclined{}, Asked{"csat", 2, "csat", AboutFirst},
		Responded{"csat", 1, 5, ""}, InvalidKey{""}, NoInput{"csat"}, DialogueEnded{"failed"}, Tick{},
		EffectFailed{Effect: Mix{}}, EffectFailed{Effect: Durably{Invite{1}}}, EffectFailed{Effect: Play{Play: w.m.s.play}},
		EffectFailed{Effect: StartMenu{1, "main"}}, MenuAsked{"main", 3}, MenuKey{"main", NoKey}, MenuLeft{"failed", w.anywhere()}, w.admission(),
		Admitted{Entry: 1, Queue: "sales"}, Deserted{Entry: 1}, Standing{1, 2, 3e6}, Requeue{"boss", "sales"}, Digit{1, '2', 0}, Digit{2, '1', 0},
		EffectFailed{Effect: Durably{Answer{1}}}, EffectFailed{Effect: Durably{Redial{1, 2}}}, EffectFailed{Effect: StartDialogue{}}, EffectFailed{Effect: Music{}},
		Consult{Agent: agent, To: w.somebody()}, Transfer{Agent: agent, To: w.somebody()}, EndConsult{agent}, CompleteTransfer{agent},
		Conference{agent}, Park{agent}, Retrieve{agent}, w.answer(), Unfound{Ask: w.r.IntN(3), Why: stamp.AskBusy}, w.line(),
		LegAnswered{leg, "PCMU"}, LegGone{Leg: max(leg, 2), By: stamp.Network}, LegRejected{max(leg, 2), 404}, FirstRx{stamp.LegNo(len(w.m.s.legs))},
		Abort{By: stamp.System, Cause: stamp.Cause{Text: Drain}}, Abort{By: stamp.Supervisor}, w.reassign(), w.reassign(),
	}
	in := all[w.r.IntN(len(all))]
	if x, ok := in.(Reassign); ok {
		w.reserved(x)
	}
	return in
}
