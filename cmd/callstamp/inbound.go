package main

import (
	"log/slog"
	"strings"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip"
)

// door lets inbound calls in: it finds the route and starts the conversation.
type door struct {
	config  configs.Config
	people  *people
	journal *ledger.Journal
	board   *late[*switchboard.Switchboard]
	closed  func() bool // draining
	room    *room
	pasts   *pasts
	log     *slog.Logger
}

// retryAfter is what a refused trunk is told.
const retryAfter = 10 * time.Second

// admit implements sip.Config.Admit: no new call while we drain, while the
// journal's disk is critical, or where there is no room for it.
func (d *door) admit() (bool, time.Duration) {
	return !d.closed() && d.journal.Health().State != ledger.Critical && d.room.in() == "", retryAfter
}

// incoming implements sip.Config.Incoming.
func (d *door) incoming(in sip.Invite, leg *sip.Leg) {
	now := d.people.now.Load()
	route, to, ok := now.route(in.Trunk, in.Called)
	if !ok {
		d.log.Info("call to an unknown number", "trunk", in.Trunk, "called", mask(in.Called))
		leg.Release(404)
		return
	}
	org := d.people.store.Org()
	party := stamp.PartyID(stamp.NewID())
	who := wire.Party{Number: in.Caller, Name: in.CallerName}
	side, err := partySide(org, party, who)
	if err != nil {
		d.log.Error("party not kept", "err", err)
		leg.Release(500)
		return
	}
	d.people.parties.put(party, who)
	plan := planTo(d.config, org, now.house, to)
	vip, prefer := d.people.caller(in.Caller)
	plan.Uncallable = !strings.HasPrefix(in.Caller, "+")
	plan.Head, plan.VIP, plan.Prefer = route.HeadStartUS, route.VIP || vip, prefer
	d.pasts.plan(&plan, in.Caller)
	arrived := call.Arrived{Trunk: in.Trunk, Route: route.Name, Party: party}
	var id stamp.ID
	if short := d.room.enter(func() { id = d.board.get().Incoming(in.At, leg, plan, arrived, side) }); short != "" {
		leg.Release(503)
	}
	d.pasts.look(id, in.Caller)
}

// mask leaves the last three digits of a number for the log.
func mask(number string) string {
	if len(number) <= 3 {
		return number
	}
	return "…" + number[len(number)-3:]
}
