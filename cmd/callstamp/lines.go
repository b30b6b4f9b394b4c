package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/dialer"
	"github.com/callstamp/callstamp/dialer/guard"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
)

// lines opens the dialer's calls (dialer.Lines) on the user agent's trunks
// (switchboard.Lines).
type lines struct {
	config configs.Config
	people *people
	fence  *fence
	ua     *late[*sip.UA]
	board  *late[*switchboard.Switchboard]
	room   *room
	floor  *acd.Floor
	ways   ways
	guard  *tollGuard
	log    *slog.Logger
	pasts  *pasts

	mu    sync.Mutex
	calls map[stamp.ID]stamp.ID // attempt in flight → its call
}

// ringGuardUS is how much later than the call's machine the leg itself gives up
// ringing. The machine's CANCEL comes first and is what the stamps tell; the
// leg's own limit is for a conversation that has died.
const ringGuardUS = 2_000_000

// Open implements dialer.Lines.
func (l *lines) Open(at time.Time, c dialer.Campaign, lead dialer.Lead, seat call.Seat, ended func(result string)) error {
	now := l.people.now.Load()
	plan := campaignPlan(l.config, now.campaigns[c.ID], now.queues[c.Queue])
	now.taping.plan(&plan, "campaign:"+string(c.ID), "queue:"+string(c.Queue))
	plan.Org, plan.House, plan.Wrap = c.Org, now.house, wrapsOf(now.routing.queues[c.Queue])
	dials, refused := l.ways.find(now, l.ua.get(), wanted{lead.Number, c.Trunk, c.CallerID, plan.RingUS + ringGuardUS})
	if wordOf(refused) == guard.NoTrunk {
		return fmt.Errorf("dial lead %s: %w", lead.ID, refused)
	}
	if refused == nil {
		if err := l.guard.take(guard.Campaign, string(c.ID)); err != nil {
			return fmt.Errorf("dial lead %s: %w", lead.ID, err)
		}
	}
	plan.Ways = trunksOfDials(dials)
	now.surveys.lay(&plan, now.queues[c.Queue], c.ID)
	l.pasts.plan(&plan, lead.Number)
	l.people.parties.put(lead.Party, wire.Party{Number: lead.Number, Name: lead.Name})
	settled := false // under mu: the call may end before Originate has returned
	o := switchboard.Outgoing{
		Plan: plan, First: call.Originate{Trunk: c.Trunk, Party: lead.Party, Lead: lead.ID, Attempt: lead.Attempt, Seat: seat},
		Settled: func(result string) {
			l.mu.Lock()
			settled = true
			delete(l.calls, lead.Attempt)
			l.mu.Unlock()
			ended(result)
		},
	}
	if refused != nil {
		o.First.Refused = wordOf(refused)
		l.log.Warn("dial refused", "lead_id", lead.ID, "campaign_id", c.ID, "why", wordOf(refused))
	} else {
		o.Dial, o.Others, o.First.Trunk = dials[0], dials[1:], dials[0].Trunk
	}
	id, err := l.originate(at, o)
	if err != nil {
		return fmt.Errorf("dial lead %s: %w", lead.ID, err)
	}
	l.pasts.look(id, lead.Number)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !settled {
		l.calls[lead.Attempt] = id
	}
	return nil
}

// originate begins the call where there is room for it; else the lead goes back.
func (l *lines) originate(at time.Time, o switchboard.Outgoing) (id stamp.ID, err error) {
	short := l.room.out()
	if short == "" {
		short = l.room.enter(func() { id, err = l.board.get().Originate(at, o) })
	}
	if short != "" {
		return "", short
	}
	return id, err
}

// Reassign implements dialer.Lines.
func (l *lines) Reassign(at time.Time, attempt stamp.ID, lost stamp.AgentID, seat call.Seat) bool {
	l.mu.Lock()
	id := l.calls[attempt]
	l.mu.Unlock()
	return id != "" && l.board.get().Post(id, at, call.Reassign{Lost: lost, Seat: seat})
}

// roomRest is how long a campaign waits for room before it looks again.
const roomRest = time.Second

// Rest implements dialer.Lines.
func (l *lines) Rest(c dialer.Campaign) (time.Duration, string) {
	if short := l.room.dialing(); short != "" {
		return roomRest, short.Error()
	}
	if err := l.guard.full(guard.Campaign, string(c.ID)); err != nil {
		return roomRest, "the campaign has begun as many calls as it may (" + wordOf(err) + ")"
	}
	var rest sip.Resting
	if !errors.As(l.ua.get().Resting(c.Trunk), &rest) || l.another(c.Trunk) {
		return 0, ""
	}
	return rest.For, rest.Error()
}

// another reports whether calls of a campaign may go by a trunk that does not
// rest.
func (l *lines) another(than stamp.TrunkID) bool {
	now := l.people.now.Load()
	return slices.ContainsFunc(now.outbound, func(o postgres.OutboundRoute) bool {
		return o.Active && o.Trunk != than && now.trunk(o.Trunk) != nil && l.ua.get().Resting(o.Trunk) == nil
	})
}

// errFenced says that this node may dial nobody.
var errFenced = errors.New("this node may not dial")

// Dial implements switchboard.Lines.
func (l *lines) Dial(d call.Dial) (switchboard.Line, error) {
	if !l.fence.open() {
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, errFenced)
	}
	if err := l.guard.lets(d); errors.Is(err, sip.ErrUnknownTrunk) || capped(err) {
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, err)
	} else if err != nil {
		return nil, err
	}
	leg, err := l.ua.get().Dial(d)
	switch rest := (sip.Resting{}); {
	case errors.Is(err, sip.ErrTrunkFull), errors.Is(err, sip.ErrTooFast), errors.Is(err, sip.ErrUnknownTrunk), errors.As(err, &rest):
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, err)
	case err != nil:
		return nil, err // a nil *sip.Leg must not become a Line
	}
	if err := l.guard.take(guard.Trunk, string(d.Trunk)); err != nil { // another call has taken the last one
		leg.Release(0)
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, err)
	}
	return fencedLine{leg, l.fence}, nil
}

// fencedLine asks the fence once more before its INVITE goes out: it waits for
// its stamps to be on disk, and the process may have been stopped meanwhile.
type fencedLine struct {
	*sip.Leg

	fence *fence
}

// Invite implements switchboard.Line.
func (l fencedLine) Invite() {
	if !l.fence.open() {
		l.Release(0)
		return
	}
	l.Leg.Invite()
}

// partySide is the side entry that keeps a customer's number and name.
func partySide(org stamp.OrgID, id stamp.PartyID, w wire.Party) (stamp.Side, error) {
	data, err := json.Marshal(w)
	if err != nil {
		return stamp.Side{}, fmt.Errorf("encode party: %w", err)
	}
	return stamp.Side{Kind: stamp.SideParty, Org: org, ID: string(id), Data: data}, nil
}
