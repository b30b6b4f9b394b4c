package kpi

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// caller throws inputs, sensible and senseless, at a real call machine and
// writes down its stamps.
type caller struct {
	*rand.Rand
	d     *diary
	m     *call.Machine
	sub   stamp.Subject
	at    int64 // µs since day0
	offer stamp.ID
	play  int
	seek  call.Seek
	legs  stamp.LegNo   // so far, as the machine has said
	third bool          // somebody has answered the consultation
	has   stamp.AgentID // the customer
}

// TestTheMachinesStampsFold folds what call.Machine really says: nothing is
// refused, the laws hold, and both ways agree at every cut.
func TestTheMachinesStampsFold(t *testing.T) {
	phases, asks, beside, released, estimated := map[string]bool{}, map[string]int{}, 0, 0, 0
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 99))
		d := newDiary()
		for i := range 150 {
			c := &caller{Rand: r, d: d, sub: stamp.Subject{Kind: stamp.SubjectCall, ID: stamp.ID(fmt.Sprintf("m%03d", i))}}
			c.at = r.Int64N(hour)
			c.live()
		}
		if seed%2 == 1 {
			crash(t, d, hour/2)
		}
		d.run(0, 2*hour)
		_, h := walk(t, d.journal())
		for _, v := range CheckLaws(h.records()) {
			t.Errorf("seed %d: %+v", seed, v)
		}
		for _, c := range h.calls {
			if c.ReleasedAt != 0 {
				released++
			}
			if c.Estimated {
				estimated++
			}
			for _, s := range c.Spans {
				phases[s.Phase] = true
			}
			for _, a := range c.Asks {
				asks[a.Kind+" "+a.End]++
			}
		}
		for _, g := range h.segments {
			beside += len(g.Beside)
		}
	}
	for _, kind := range []string{"blind completed", "attended completed", "consult conferenced", "park retrieved", "blind busy"} {
		if asks[kind] < 3 {
			t.Errorf("%d asks ended as %s: %v", asks[kind], kind, asks)
		}
	}
	if beside < 20 {
		t.Errorf("only %d pieces beside", beside)
	}
	if released < 1000 || estimated < 20 {
		t.Errorf("only %d calls came to an end, %d of them by recovery", released, estimated)
	}
	for _, p := range []string{stamp.PhaseDialing, stamp.PhaseOffering, stamp.PhaseTalking, stamp.PhaseHeld, stamp.PhaseAlone, stamp.PhaseSurveying,
		stamp.PhaseConsulting, stamp.PhaseConferencing, stamp.PhaseOutside, stamp.PhaseParked,
	} {
		if !phases[p] {
			t.Errorf("no call came to phase %s", p)
		}
	}
}

// crash takes back what was written after at and lets recovery close, half a
// minute later, what was open then.
func crash(t *testing.T, d *diary, at int64) {
	t.Helper()
	alive, restart := d.instant(at), at+minute/2
	d.boots = append(d.boots, restart)
	var kept []line
	var order []stamp.Subject
	calls := map[stamp.Subject][]stamp.Stamp{}
	lost := map[stamp.Subject]bool{} // cut off by the crash, or arrived while nobody listened
	for _, l := range d.lines {
		switch sub := l.s.Subject; {
		case l.written <= at:
			kept = append(kept, l)
			if calls[sub] == nil {
				order = append(order, sub)
			}
			calls[sub] = append(calls[sub], l.s)
		case calls[sub] != nil || l.s.N == 1 && l.written < restart:
			lost[sub] = true
		case !lost[sub]: // another boot's call
			l.s.Instant = d.instant(l.s.At - day0)
			kept = append(kept, l)
		}
	}
	d.lines = kept
	for _, sub := range order {
		closing, err := call.Recover(calls[sub], alive)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range closing {
			if s.Subject != sub {
				t.Fatalf("recovery of %s stamps %s", sub, s.Subject)
			}
			s.Node = "n1"
			d.lines = append(d.lines, line{restart, s})
		}
	}
}

// live takes the call from its first input to its close.
func (c *caller) live() {
	plan := call.Plan{
		Org: "o1", Language: "en", Queue: "q1", Music: "music", AnswerOn: call.OnEntry,
		ShortUS: 5 * second, OfferUS: 20 * second, WrapUS: 30 * second * c.Int64N(2), RingUS: 25 * second,
		ReturnUS: 10 * minute, ParkUS: minute, NoAudioUS: 5 * second, GraceUS: 20 * second, SilenceUS: 30 * second, MaxUS: 4 * hour,
		MaxWaitUS: minute * c.Int64N(3), WrapNeeded: c.IntN(3) == 0,
	}
	if c.IntN(2) == 0 {
		plan.Survey, plan.Ask.Skip = "csat", 50*c.IntN(2)
	}
	var first call.Input = call.Arrived{Trunk: "t1", Party: "p"}
	if c.IntN(3) == 0 {
		plan.Queue, plan.Campaign = "", "c1"
		first = call.Originate{Trunk: "t1", Lead: "l1", Attempt: c.sub.ID + "-t", Seat: seatOf("ann")}
	}
	c.m = call.New(c.sub.ID, plan)
	c.input(first)
	for range 15 + c.IntN(60) {
		c.at += []int64{0, 1, second / 10, 3 * second, 20 * second, 3 * minute}[c.IntN(6)]
		c.ticks()
		c.input(c.next())
	}
	for _, in := range []call.Input{
		call.Abort{By: stamp.System}, call.LegGone{Leg: 1, By: stamp.Customer}, call.Abort{By: stamp.System},
	} {
		c.at += second
		c.input(in)
	}
}

func seatOf(agent stamp.AgentID) call.Seat {
	return call.Seat{Agent: agent, Session: stamp.ID(agent) + "-s"}
}

// ticks carries out the deadlines that lie before now.
func (c *caller) ticks() {
	for range 20 {
		due, ok := c.m.Deadline()
		if !ok || due.At > day0+c.at {
			return
		}
		c.input(call.Tick{})
	}
}

func (c *caller) input(in call.Input) {
	stamps, effects, err := c.m.Step(c.d.instant(c.at), in)
	if err != nil {
		return // a person asked for what can't be done
	}
	for _, e := range effects {
		switch e := e.(type) {
		case call.Play:
			c.play = e.Play
		case call.Seek:
			c.seek = e
		case call.Open:
			c.legs = max(c.legs, e.Leg)
		case call.Mix:
			c.legs = max(c.legs, e.Ears[len(e.Ears)-1].Leg)
		}
	}
	for _, s := range stamps {
		switch f := s.Fact.(type) {
		case stamp.SegmentConnected:
			if s.Phase != "" {
				c.has = f.Agent
			}
		case stamp.ConsultStarted:
			c.third = false
		case stamp.ConsultAnswered:
			c.third = true
		}
		s.Node = "n1"
		written := max(c.at, c.d.last[c.sub])
		c.d.last[c.sub] = written
		c.d.lines = append(c.d.lines, line{written, s})
	}
}

// next is mostly what may happen in the call's phase.
func (c *caller) next() call.Input {
	agent := []stamp.AgentID{"ann", "bob"}[c.IntN(2)]
	pick := func(in ...call.Input) call.Input { return in[c.IntN(len(in))] }
	if c.IntN(8) == 0 {
		return pick(call.LegGone{Leg: 1, By: stamp.Customer}, call.AgentHangup{Agent: agent}, call.PlayDone{Play: c.play},
			call.Summary{Stats: stamp.MediaSummary{Leg: 1, Rx: 9}}, call.Responded{Question: "csat", Value: 3, Scale: 5},
			call.Asked{Question: "csat", Attempt: 1}, call.NoInput{Question: "csat"}, call.Silent{Leg: 1, AgoUS: 31 * second},
			call.Dispose{Agent: agent, Segment: 1, Code: "sold"}, call.SaveNote{Agent: agent, Segment: 1, Note: "n"})
	}
	switch c.m.Phase() {
	case stamp.PhaseDialing:
		return pick(call.LegSent{Leg: 1}, call.LegRang{Leg: 1, Code: 180}, call.LegAnswered{Leg: 1, Codec: "PCMU"}, call.LegRejected{Leg: 1, Code: 486})
	case stamp.PhaseArriving:
		return call.LegAnswered{Leg: 1, Codec: "PCMA"}
	case stamp.PhaseWaiting:
		c.offer = stamp.ID(fmt.Sprintf("%s-o%d", c.sub.ID, c.IntN(1e9)))
		return pick(call.Matched{Offer: c.offer, Entry: 1, Seat: seatOf(agent)}, call.Matched{Offer: c.offer, Entry: 2, Seat: seatOf(agent)},
			call.PlayDone{Play: c.play})
	case stamp.PhaseOffering:
		return pick(call.Accept{Offer: c.offer}, call.Accept{Offer: c.offer}, c.found(), call.DeskRings{Offer: c.offer}, call.Decline{Offer: c.offer},
			call.OfferFailed{Offer: c.offer, End: stamp.OfferUnreachable})
	case stamp.PhaseConnecting, stamp.PhaseAlone:
		return pick(call.FirstRx{Leg: 1}, call.FirstRx{Leg: 2}, call.FirstRx{Leg: c.legs}, call.LegAnswered{Leg: 1, Codec: "PCMA"}, call.SeatBack{Agent: agent})
	case stamp.PhaseTalking, stamp.PhaseHeld:
		return pick(call.AgentHold{Agent: agent, On: true}, call.AgentHold{Agent: agent}, call.RemoteHold{Leg: 1, On: true},
			call.RemoteHold{Leg: 1}, call.SeatLost{Agent: agent}, call.AgentMute{Agent: agent, On: true}, call.AgentHangup{Agent: agent},
			call.Consult{Agent: c.has, To: c.somebody(), Outside: call.Outside{Party: "p2"}}, call.Consult{Agent: c.has, To: c.somebody(), Outside: call.Outside{Party: "p2"}},
			call.Consult{Agent: c.has, To: c.somebody(), Outside: call.Outside{Party: "p2"}}, call.Transfer{Agent: c.has, To: c.somebody(), Outside: call.Outside{Party: "p2"}},
			call.Park{Agent: c.has}, c.found(), c.line())
	case stamp.PhaseConsulting:
		if c.third {
			return pick(call.Conference{Agent: c.has}, call.Conference{Agent: c.has}, call.CompleteTransfer{Agent: c.has}, call.EndConsult{Agent: c.has},
				call.SeatLost{Agent: agent}, call.AgentHangup{Agent: agent})
		}
		return pick(c.found(), call.Accept{Offer: c.offer}, call.Accept{Offer: c.offer}, c.line(), c.line(), call.CompleteTransfer{Agent: c.has})
	case stamp.PhaseConferencing, stamp.PhaseOutside:
		return pick(call.FirstRx{Leg: 1}, call.FirstRx{Leg: c.legs}, c.line(), call.AgentHangup{Agent: agent}, call.SeatLost{Agent: agent}, call.SeatBack{Agent: agent})
	case stamp.PhaseParked:
		return pick(call.Retrieve{Agent: agent}, c.found(), c.found())
	case stamp.PhaseSurveying:
		return pick(call.SpeechBegan{Question: "csat", MaxUS: 5 * second}, call.SpeechEnded{Question: "csat", Why: stamp.RecordedEnough}, call.SurveyAccepted{}, call.SurveyDeclined{}, call.Asked{Question: "nps", Type: "nps", Attempt: 1, About: call.AboutFirst},
			call.Asked{Question: "all", Type: "resolved", Attempt: 1, About: call.AboutCall}, call.InvalidKey{},
			call.Responded{Question: "nps", Value: c.IntN(11), Scale: 10, Class: stamp.AnswerNeutral}, call.Asked{Question: "csat", Attempt: 1}, call.Responded{Question: "csat", Value: 1 + c.IntN(5), Scale: 5},
			call.InvalidKey{Question: "csat"}, call.DialogueEnded{End: "completed"})
	}
	return pick(call.EndWrap{Agent: agent, Segment: 1, By: "agent"}, call.EndWrap{Agent: agent, Segment: 2, By: "agent"},
		call.Dispose{Agent: agent, Segment: 1, Code: "sold"}, call.LegGone{Leg: 1, By: stamp.System},
		call.ExtendWrap{Agent: agent, Segment: 1, ByUS: 5 * second}, call.PlayDone{Play: c.play})
}

// somebody is whom an agent may ask for.
func (c *caller) somebody() call.Destination {
	return []call.Destination{{Kind: call.ToAgent, ID: "bob"}, {Kind: call.ToAgent, ID: "cid"}, {Kind: call.ToNumber, ID: "+84281234567"}, {Kind: call.ToQueue, ID: "q1"}}[c.IntN(4)]
}

// found is what the Floor says to what was sought last.
func (c *caller) found() call.Input {
	sought := c.seek
	if c.seek = (call.Seek{}); sought == c.seek {
		return call.Accept{Offer: c.offer}
	}
	if c.IntN(6) == 0 {
		return call.Unfound{Ask: sought.Ask, Why: stamp.AskBusy}
	}
	c.offer = stamp.ID(fmt.Sprintf("%s-f%d", c.sub.ID, c.IntN(1e9)))
	return call.Found{Ask: sought.Ask, Offer: c.offer, Seat: seatOf(cmp.Or(sought.Agent, "dan"))}
}

// line is what the network says of an outside party.
func (c *caller) line() call.Input {
	return []call.Input{
		call.LegSent{Leg: c.legs}, call.LegSent{Leg: c.legs}, call.LegAnswered{Leg: c.legs, Codec: "PCMU"}, call.LegAnswered{Leg: c.legs, Codec: "PCMU"},
		call.LegRejected{Leg: c.legs, Code: 486}, call.LegGone{Leg: max(c.legs, 2), By: stamp.Customer},
	}[c.IntN(6)]
}
