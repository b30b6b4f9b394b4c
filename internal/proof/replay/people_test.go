package replay

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// phone is a customer's leg. It does at once what it is told, and hangs up by
// itself when its time has come.
type phone struct {
	b    *boot
	tell func(time.Time, call.Input)
	once sync.Once
}

func (p *phone) Bind(_ stamp.ID, _ stamp.LegNo, post func(time.Time, call.Input)) { p.tell = post }
func (p *phone) Ring()                                                            { p.say(0, call.LegRang{Leg: 1, Code: 180}) }
func (p *phone) Hold(bool)                                                        {}
func (p *phone) Answer()                                                          { p.say(time.Millisecond, call.LegAnswered{Leg: 1, Codec: "PCMA"}) }
func (p *phone) Release(int)                                                      { p.gone(p.b.us(time.Millisecond, 20*time.Millisecond), stamp.System) }

// Invite implements switchboard.Line: one in three is not answered.
func (p *phone) Invite() {
	p.say(0, call.LegSent{Leg: 1})
	p.say(p.b.us(time.Second, 2*time.Second), call.LegRang{Leg: 1, Code: 180})
	if p.b.chance(35) {
		p.say(3*time.Second, call.LegRejected{Leg: 1, Code: 486})
		p.gone(3*time.Second+time.Millisecond, stamp.Network)
		return
	}
	p.say(p.b.us(3*time.Second, 20*time.Second), call.LegAnswered{Leg: 1, Codec: "PCMU"})
	p.gone(p.b.us(10*time.Second, 4*time.Minute), stamp.Customer)
}

func (p *phone) say(in time.Duration, what call.Input) {
	time.AfterFunc(in, func() { p.tell(time.Now(), what) })
}

func (p *phone) gone(in time.Duration, by stamp.Actor) {
	time.AfterFunc(in, func() {
		p.once.Do(func() { p.tell(time.Now(), call.LegGone{Leg: 1, By: by}) })
	})
}

func plan(queue stamp.QueueID, campaign stamp.CampaignID) call.Plan {
	return call.Plan{Org: org, Language: "en", Queue: queue, Campaign: campaign, Music: "music", AnswerOn: call.OnEntry, Survey: "csat",
		ShortUS: 5e6, OfferUS: 12e6, WrapUS: 25e6, RingUS: 25e6, NoAudioUS: 5e6, GraceUS: 20e6, SilenceUS: 30e6, MaxUS: 4 * 3600e6}
}

// callIn lets a customer call.
func (b *boot) callIn() {
	p := &phone{b: b}
	b.mu.Lock()
	b.calls++
	party := stamp.PartyID(fmt.Sprintf("p%d", b.calls))
	b.mu.Unlock()
	side := stamp.Side{Kind: stamp.SideParty, Org: org, ID: string(party), Data: []byte(`{"number":"+84900"}`)}
	b.board.Incoming(time.Now(), p, plan("service", ""), call.Arrived{Trunk: "carrier", Route: "hot", Party: party}, side)
	p.gone(b.us(200*time.Millisecond, 5*time.Minute), stamp.Customer)
}

// callOut dials for an idle agent.
func (b *boot) callOut() {
	b.floor.Reserve("sales", 1, func(seats []call.Seat) {
		for _, seat := range seats {
			b.mu.Lock()
			b.calls++
			id := stamp.ID(fmt.Sprintf("att-%s-%d", b.node, b.calls))
			b.mu.Unlock()
			first := call.Originate{Trunk: "carrier", Lead: stamp.LeadID(id), Attempt: id, Seat: seat}
			go func() {
				_, _ = b.board.Originate(time.Now(), switchboard.Outgoing{Dial: call.Dial{Trunk: "carrier", Number: "+84"}, Plan: plan("sales", "spring"), First: first})
			}()
		}
	}, func(call.Seat) {})
}

// Dial implements switchboard.Lines.
func (b *boot) Dial(call.Dial) (switchboard.Line, error) { return &phone{b: b}, nil }

// Mix lets all be heard; then the agent holds, loses the page, hangs up.
func (b *boot) Mix(id stamp.ID, ears []call.Ear) error {
	var agent stamp.AgentID
	var heard []call.Input
	for _, e := range ears {
		heard = append(heard, call.FirstRx{Leg: e.Leg})
		agent = cmp.Or(e.Agent, agent)
	}
	b.later(b.us(10*time.Millisecond, 60*time.Millisecond), id, heard...)
	at := b.us(time.Second, 20*time.Second)
	if b.chance(30) {
		b.later(at, id, call.AgentHold{Agent: agent, On: true})
		at += b.us(0, 90*time.Second)
		b.later(at, id, call.AgentHold{Agent: agent})
	}
	if b.chance(15) {
		b.later(at, id, call.SeatLost{Agent: agent})
		at += b.us(0, 10*time.Second)
		b.later(at, id, call.SeatBack{Agent: agent})
	}
	if b.chance(70) {
		b.later(at+b.us(0, 2*time.Minute), id, call.AgentHangup{Agent: agent})
	}
	return nil
}

func (b *boot) Music(stamp.ID, stamp.LegNo, string) error { return nil }

// Play ends after two seconds; some customers press a key soon after.
func (b *boot) Play(id stamp.ID, _ stamp.LegNo, play int, _ string, _ []string) error {
	b.later(2*time.Second, id, call.PlayDone{Play: play})
	if b.chance(60) {
		b.mu.Lock()
		key := rune('0' + b.dice.IntN(8))
		b.mu.Unlock()
		b.later(2*time.Second+b.us(0, 4*time.Second), id, call.Digit{Leg: 1, Digit: key, For: 100 * time.Millisecond})
	}
	return nil
}

func (b *boot) Part(id stamp.ID, leg stamp.LegNo) {
	b.later(5*time.Millisecond, id, call.Summary{Stats: stamp.MediaSummary{Leg: leg, Rx: 50, Tx: 50}})
}

func (b *boot) Forget(stamp.ID) {}

// Ring lets a desk ring: most accept, some decline, some let it ring.
func (b *boot) Ring(_ call.Seat, offer stamp.ID, _ stamp.Instant, v call.View) {
	b.later(b.us(time.Millisecond, 10*time.Millisecond), v.Call, call.DeskRings{Offer: offer})
	switch {
	case b.chance(70):
		b.later(b.us(time.Second, 8*time.Second), v.Call, call.Accept{Offer: offer})
	case b.chance(50):
		b.later(b.us(time.Second, 8*time.Second), v.Call, call.Decline{Offer: offer})
	}
}

func (b *boot) Unring(call.Seat, stamp.ID, stamp.OfferEnd) {}

// Show ends wrap-ups: with a disposition, or by their limit.
func (b *boot) Show(seat call.Seat, v call.View) {
	if !v.Wrap || v.Disposition != "" || !b.chance(60) {
		return
	}
	at := b.us(time.Second, 20*time.Second)
	b.later(at, v.Call, call.Dispose{Agent: seat.Agent, Segment: v.Segment, Code: "resolved"})
	b.later(at+time.Second, v.Call, call.EndWrap{Agent: seat.Agent, Segment: v.Segment, By: "agent"})
}

func (b *boot) later(in time.Duration, id stamp.ID, what ...call.Input) {
	time.AfterFunc(in, func() {
		for _, w := range what {
			b.board.Post(id, time.Now(), w)
		}
	})
}

// sit lets an agent work until ctx ends: pauses, and now and then a new login.
func (b *boot) sit(ctx context.Context, agent stamp.AgentID, queue stamp.QueueID) {
	pause := func(d time.Duration) bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(d):
			return true
		}
	}
	for pause(b.us(0, 20*time.Second)) {
		if _, err := b.floor.Login(ctx, agent, []stamp.QueueID{queue}); err != nil {
			return
		}
		b.floor.Post(time.Now(), agent, acd.Seat{Up: true})
		for range 4 {
			b.floor.Post(time.Now(), agent, acd.Ready{})
			if !pause(b.us(time.Minute, 12*time.Minute)) {
				return
			}
			b.floor.Post(time.Now(), agent, acd.Pause{Reason: "lunch"})
			if !pause(b.us(0, 3*time.Minute)) {
				return
			}
		}
		b.floor.Post(time.Now(), agent, acd.Logout{By: "agent"})
		if !pause(b.us(time.Minute, 5*time.Minute)) {
			return
		}
	}
}
