package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/dialer/guard"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/prompts"
)

// handRing is how long a customer is rung whom an agent dials by hand.
const handRing = 45 * time.Second

// DialByHand makes the call that an agent asks for at the desk (api.Lines). It is
// a call as a campaign's is, with the agent reserved for it. What the guard
// refuses is a call, too, which ends at once and says why: somebody will ask.
func (l *lines) DialByHand(ctx context.Context, agent stamp.AgentID, typed string) error {
	now := l.people.now.Load()
	if !now.users[agent].MayDial {
		return api.Refused(guard.Refusal{Word: guard.NotPermitted, Text: "You may not dial by hand; a manager can allow it."})
	}
	number, err := guard.Normal(typed, l.config.Organisation.Country)
	if err != nil {
		return api.Refused(err)
	}
	if listed, err := l.people.store.DoNotCall(ctx, number); err != nil {
		return err
	} else if listed {
		return api.Refused(guard.Refusal{Word: "dnc", Text: "The number is on the list of those that must not be called."})
	}
	hand := &handDial{lines: l}
	seat, err := l.floor.ReserveOwn(ctx, agent, hand.lost)
	if err != nil {
		return err
	}
	dials, refused := l.ways.find(now, l.ua.get(), wanted{number: number, ringUS: handRing.Microseconds() + ringGuardUS})
	if refused == nil {
		refused = l.guard.take(guard.Agent, string(agent))
	}
	if err := l.byHand(hand, seat, number, dials, refused); err != nil {
		l.floor.Unreserve(agent)
		if errors.Is(err, switchboard.ErrNoLine) {
			return api.ErrNoLine
		}
		return err
	}
	if refused != nil {
		l.log.Warn("dial refused", "agent_id", agent, "why", wordOf(refused))
		return api.Refused(refused)
	}
	return nil
}

// byHand begins the call.
func (l *lines) byHand(hand *handDial, seat call.Seat, number string, dials []call.Dial, refused error) error {
	org, party, attempt := l.people.store.Org(), stamp.PartyID(stamp.NewID()), stamp.NewID()
	who := wire.Party{Number: number}
	side, err := partySide(org, party, who)
	if err != nil {
		return err
	}
	l.people.parties.put(party, who)
	o := switchboard.Outgoing{
		Plan: l.handPlan(seat.Agent, dials), Party: side,
		First:   call.Originate{Party: party, Attempt: attempt, Seat: seat},
		Settled: func(string) { hand.over() },
	}
	o.Plan.Org = org
	if refused != nil {
		o.First.Refused = wordOf(refused)
	} else {
		o.Dial, o.Others, o.First.Trunk = dials[0], dials[1:], dials[0].Trunk
	}
	id, err := l.originate(time.Now(), o)
	if err == nil {
		hand.is(id)
	}
	return err
}

// handPlan is the plan of a call by hand: language and wrap-up are those of the
// agent's first queue.
func (l *lines) handPlan(agent stamp.AgentID, dials []call.Dial) call.Plan {
	now := l.people.now.Load()
	plan := withLimits(l.config, call.Plan{Language: l.config.Organisation.Language, Music: "music"})
	if queues := l.people.QueuesOf(agent); len(queues) > 0 {
		plan = planOf(l.config, now.queues[stamp.QueueID(queues[0].ID)])
	}
	plan.Queue, plan.Welcome, plan.Survey, plan.House = "", "", "", now.house // where the agent may transfer it
	plan.RingUS, plan.AbandonMsg = handRing.Microseconds(), prompts.DropSafeHarbour
	plan.Ways = trunksOfDials(dials)
	return plan
}

func trunksOfDials(dials []call.Dial) (all []stamp.TrunkID) {
	for _, d := range dials {
		all = append(all, d.Trunk)
	}
	return all
}

// handDial tells the call when its agent is lost before the customer's answer,
// whichever of the two is known first.
type handDial struct {
	lines *lines

	mu   sync.Mutex
	call stamp.ID
	gone *call.Seat
	done bool
}

// lost runs in the Floor's goroutine.
func (h *handDial) lost(s call.Seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = &s
	h.tellLocked()
}

func (h *handDial) is(id stamp.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.call = id
	h.tellLocked()
}

func (h *handDial) over() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = true
}

func (h *handDial) tellLocked() {
	if h.call != "" && h.gone != nil && !h.done {
		h.lines.board.get().Post(h.call, time.Now(), call.Reassign{Lost: h.gone.Agent})
		h.done = true
	}
}
