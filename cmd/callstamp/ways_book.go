package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
)

// waysBook is trunks, routes and caller-id sets as admins read and write them
// (api.Ways). A change is in force, for the next call, when it is answered.
type waysBook struct {
	rules

	trunks func() []sip.TrunkState
	renew  func() // lets the user agent have the trunks
}

func (w waysBook) ways() api.Ways { return api.Ways{Trunks: w, Outbound: w, Sets: w, Dialing: w} }

// change is rules' for what the user agent must hear of, too.
func (w waysBook) change(ctx context.Context, what string, do func(*postgres.Store, postgres.Actor) error) error {
	err := w.rules.change(ctx, do)
	switch {
	case errors.Is(err, postgres.ErrInUse):
		return api.ErrInUse(what)
	case errors.Is(err, postgres.ErrNotFound):
		return api.ErrUnknown(what, "of that id")
	case err != nil:
		return err
	}
	w.renew()
	return nil
}

// Trunks implements api.TrunkBook.
func (w waysBook) Trunks(context.Context) ([]wire.Trunk, error) {
	states := map[stamp.TrunkID]sip.TrunkState{}
	for _, s := range w.trunks() {
		states[s.ID] = s
	}
	list := []wire.Trunk{}
	for _, t := range w.people.now.Load().trunks {
		shown := shownTrunk(t)
		if s, ok := states[t.ID]; ok {
			shown.State = shownState(s)
		}
		list = append(list, shown)
	}
	return list, nil
}

func shownTrunk(t postgres.Trunk) wire.Trunk {
	w := wire.Trunk{
		ID: string(t.ID), Name: t.Name, HasPassword: t.Secret != "", Host: t.Host, Backups: t.Backups, Transport: t.Transport,
		Addresses: t.Addresses, Domain: t.Domain, NAT: t.NAT, Username: t.Username, Realm: t.Realm, Register: t.Register, Codecs: t.Codecs,
		CallerID: t.CallerID, Prefixes: t.Prefixes, Sorts: t.Sorts, MaxCalls: t.MaxCalls, PerSecond: t.PerSecond, PerMinute: t.PerMinute,
		PerDay: t.PerDay, StripPlus: t.StripPlus, SignalHold: t.SignalHold, SessionUS: t.SessionUS, OptionsUS: t.OptionsUS, Active: t.Active,
		Reliable: t.Reliable, SRTP: t.SRTP, TLSCA: t.TLSCA, TLSClient: t.TLSClient,
	}
	if t.CallerSet != nil {
		w.CallerSet = *t.CallerSet
	}
	return w
}

func shownState(s sip.TrunkState) *wire.TrunkState {
	w := &wire.TrunkState{
		Up: s.Up || s.Fault == "", Since: micros(s.Since), Fault: s.Fault, Registered: s.Registered, Until: micros(s.Until), Calls: s.Calls,
		RTTUS: s.RTT.Microseconds(), RestsUntil: micros(s.RestsUntil),
	}
	if s.Peer.IsValid() {
		w.Peer = s.Peer.String()
	}
	return w
}

// micros is an instant on the wire, 0 for none.
func micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// PutTrunk implements api.TrunkBook. What the user agent would leave out is
// refused with its reason.
func (w waysBook) PutTrunk(ctx context.Context, t wire.Trunk) error {
	now := w.people.now.Load()
	row := postgres.Trunk{
		ID: stamp.TrunkID(t.ID), Name: t.Name, Secret: t.Password, Host: t.Host, Backups: t.Backups, Transport: t.Transport,
		Addresses: cidrs(t.Addresses), Domain: t.Domain, NAT: t.NAT, Username: t.Username, Realm: t.Realm, Register: t.Register, Codecs: t.Codecs,
		CallerID: t.CallerID, CallerSet: idOrNil(t.CallerSet), Prefixes: t.Prefixes, Sorts: t.Sorts, MaxCalls: t.MaxCalls, PerSecond: t.PerSecond,
		PerMinute: t.PerMinute, PerDay: t.PerDay, StripPlus: t.StripPlus, SignalHold: t.SignalHold, SessionUS: t.SessionUS, OptionsUS: t.OptionsUS,
		Active: t.Active, Reliable: t.Reliable, SRTP: t.SRTP, TLSCA: t.TLSCA, TLSClient: t.TLSClient,
	}
	if i := slices.IndexFunc(now.trunks, func(have postgres.Trunk) bool { return have.ID == row.ID }); i >= 0 && t.Password == "" {
		row.Secret = now.trunks[i].Secret
	}
	if t.SessionUS != 0 && t.SessionUS < (90*time.Second).Microseconds() {
		return api.ErrValue("A session timer is 90 s at least (RFC 4028); 0 asks for none.")
	}
	if _, err := trunkOf(now, row); err != nil {
		return api.ErrValue("The trunk can't work so: %v. Correct that.", err)
	}
	if _, known := now.callerSets[t.CallerSet]; t.CallerSet != "" && !known {
		return api.ErrUnknown("caller-id set", t.CallerSet)
	}
	return w.change(ctx, "trunk", func(s *postgres.Store, a postgres.Actor) error { return s.PutTrunk(ctx, a, row) })
}

func idOrNil(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// DeleteTrunk implements api.TrunkBook.
func (w waysBook) DeleteTrunk(ctx context.Context, id string) error {
	return w.change(ctx, "trunk", func(s *postgres.Store, a postgres.Actor) error { return s.DeleteTrunk(ctx, a, stamp.TrunkID(id)) })
}

// OutboundRoutes implements api.OutboundBook.
func (w waysBook) OutboundRoutes(context.Context) ([]wire.OutboundRoute, error) {
	list := []wire.OutboundRoute{}
	for _, r := range w.people.now.Load().outbound {
		o := wire.OutboundRoute{ID: r.ID, Name: r.Name, Prefix: r.Prefix, Position: r.Position, Weight: r.Weight, Trunk: string(r.Trunk), Active: r.Active}
		if r.CallerSet != nil {
			o.CallerSet = *r.CallerSet
		}
		list = append(list, o)
	}
	return list, nil
}

// PutOutboundRoute implements api.OutboundBook.
func (w waysBook) PutOutboundRoute(ctx context.Context, r wire.OutboundRoute) error {
	now := w.people.now.Load()
	if !slices.ContainsFunc(now.trunks, func(t postgres.Trunk) bool { return string(t.ID) == r.Trunk }) {
		return api.ErrUnknown("trunk", r.Trunk)
	}
	if _, known := now.callerSets[r.CallerSet]; r.CallerSet != "" && !known {
		return api.ErrUnknown("caller-id set", r.CallerSet)
	}
	row := postgres.OutboundRoute{
		ID: r.ID, Name: r.Name, Prefix: r.Prefix, Position: r.Position, Weight: r.Weight, Trunk: stamp.TrunkID(r.Trunk),
		CallerSet: idOrNil(r.CallerSet), Active: r.Active,
	}
	return w.change(ctx, "route", func(s *postgres.Store, a postgres.Actor) error { return s.PutOutboundRoute(ctx, a, row) })
}

// DeleteOutboundRoute implements api.OutboundBook.
func (w waysBook) DeleteOutboundRoute(ctx context.Context, id string) error {
	return w.change(ctx, "route", func(s *postgres.Store, a postgres.Actor) error { return s.DeleteOutboundRoute(ctx, a, id) })
}

// CallerSets implements api.SetBook.
func (w waysBook) CallerSets(ctx context.Context) ([]wire.CallerSet, error) {
	sets, err := w.people.store.CallerSets(ctx)
	list := []wire.CallerSet{}
	for _, c := range sets {
		list = append(list, wire.CallerSet{ID: c.ID, Name: c.Name, Mode: c.Mode, Numbers: c.Numbers})
	}
	return list, err
}

// PutCallerSet implements api.SetBook.
func (w waysBook) PutCallerSet(ctx context.Context, c wire.CallerSet) error {
	row := postgres.CallerSet{ID: c.ID, Name: c.Name, Mode: c.Mode, Numbers: c.Numbers}
	return w.change(ctx, "set", func(s *postgres.Store, a postgres.Actor) error { return s.PutCallerSet(ctx, a, row) })
}

// DeleteCallerSet implements api.SetBook.
func (w waysBook) DeleteCallerSet(ctx context.Context, id string) error {
	return w.change(ctx, "set", func(s *postgres.Store, a postgres.Actor) error { return s.DeleteCallerSet(ctx, a, id) })
}

// SetDialing implements api.DialingBook.
func (w waysBook) SetDialing(ctx context.Context, agent string, d wire.Dialing) error {
	u, ok := w.people.now.Load().users[stamp.AgentID(agent)]
	if !ok {
		return api.ErrUnknown("agent", agent)
	}
	u.MayDial, u.PerMinute, u.PerDay = d.MayDial, d.PerMinute, d.PerDay
	return w.change(ctx, "agent", func(s *postgres.Store, a postgres.Actor) error { return s.PutUser(ctx, a, u) })
}

// SetCaps implements api.DialingBook.
func (w waysBook) SetCaps(ctx context.Context, campaign string, c wire.Caps) error {
	k, ok := w.people.now.Load().campaigns[stamp.CampaignID(campaign)]
	if !ok {
		return api.ErrUnknown("campaign", campaign)
	}
	k.PerMinute, k.PerDay = c.PerMinute, c.PerDay
	return w.change(ctx, "campaign", func(s *postgres.Store, a postgres.Actor) error { return s.PutCampaign(ctx, a, k) })
}
