package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/dialer"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip"
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
	plan.Org = c.Org
	l.people.parties.put(lead.Party, wire.Party{Number: lead.Number, Name: lead.Name})
	settled := false // under mu: the call may end before Originate has returned
	id, err := l.originate(at, switchboard.Outgoing{
		Dial: call.Dial{Trunk: c.Trunk, Number: lead.Number, CallerID: c.CallerID, RingUS: plan.RingUS + ringGuardUS}, Plan: plan,
		First: call.Originate{Trunk: c.Trunk, Party: lead.Party, Lead: lead.ID, Attempt: lead.Attempt, Seat: seat},
		Settled: func(result string) {
			l.mu.Lock()
			settled = true
			delete(l.calls, lead.Attempt)
			l.mu.Unlock()
			ended(result)
		},
	})
	if err != nil {
		return fmt.Errorf("dial lead %s: %w", lead.ID, err)
	}
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
	var rest sip.Resting
	if !errors.As(l.ua.get().Resting(c.Trunk), &rest) {
		return 0, ""
	}
	return rest.For, rest.Error()
}

// errFenced says that this node may dial nobody.
var errFenced = errors.New("this node may not dial")

// Dial implements switchboard.Lines.
func (l *lines) Dial(d call.Dial) (switchboard.Line, error) {
	if !l.fence.open() {
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, errFenced)
	}
	leg, err := l.ua.get().Dial(d)
	switch rest := (sip.Resting{}); {
	case errors.Is(err, sip.ErrTrunkFull), errors.Is(err, sip.ErrUnknownTrunk), errors.As(err, &rest):
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, err)
	case err != nil:
		return nil, err // a nil *sip.Leg must not become a Line
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
