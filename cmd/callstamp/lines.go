package main

import (
	"encoding/json"
	"errors"
	"fmt"
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
	ua     *late[*sip.UA]
	board  *late[*switchboard.Switchboard]
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
	_, err := l.board.get().Originate(at, switchboard.Outgoing{
		Dial: call.Dial{Trunk: c.Trunk, Number: lead.Number, CallerID: c.CallerID, RingUS: plan.RingUS + ringGuardUS}, Plan: plan,
		First:   call.Originate{Trunk: c.Trunk, Party: lead.Party, Lead: lead.ID, Attempt: lead.Attempt, Seat: seat},
		Settled: ended,
	})
	if err != nil {
		return fmt.Errorf("dial lead %s: %w", lead.ID, err)
	}
	return nil
}

// Dial implements switchboard.Lines.
func (l *lines) Dial(d call.Dial) (switchboard.Line, error) {
	leg, err := l.ua.get().Dial(d)
	switch {
	case errors.Is(err, sip.ErrTrunkFull), errors.Is(err, sip.ErrUnknownTrunk):
		return nil, fmt.Errorf("%w: %w", switchboard.ErrNoLine, err)
	case err != nil:
		return nil, err // a nil *sip.Leg must not become a Line
	}
	return leg, nil
}

// partySide is the side entry that keeps a customer's number and name.
func partySide(org stamp.OrgID, id stamp.PartyID, w wire.Party) (stamp.Side, error) {
	data, err := json.Marshal(w)
	if err != nil {
		return stamp.Side{}, fmt.Errorf("encode party: %w", err)
	}
	return stamp.Side{Kind: stamp.SideParty, Org: org, ID: string(id), Data: data}, nil
}
