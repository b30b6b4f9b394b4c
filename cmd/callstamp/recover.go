package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/dialer"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// openPast is what the boots before left open (switchboard.Past). It is read from
// Postgres, which has taken in the whole journal by then.
type openPast struct {
	alive    stamp.Instant
	subjects map[stamp.Subject][]stamp.Stamp
	dialogs  []stamp.Side
}

// OpenCalls implements switchboard.Past.
func (p openPast) OpenCalls() ([][]stamp.Stamp, error) { return p.of(stamp.SubjectCall), nil }

// Alive implements switchboard.Past.
func (p openPast) Alive() stamp.Instant { return p.alive }

// Dialogs implements switchboard.Past.
func (p openPast) Dialogs() ([]stamp.Side, error) { return p.dialogs, nil }

func (p openPast) of(kind stamp.SubjectKind) (all [][]stamp.Stamp) {
	for s, stamps := range p.subjects {
		if s.Kind == kind {
			all = append(all, stamps)
		}
	}
	return all
}

// parties are the customers of the open calls.
func (p openPast) parties() (ids []stamp.PartyID) {
	for _, stamps := range p.of(stamp.SubjectCall) {
		if f, ok := stamps[0].Fact.(stamp.CallCreated); ok && f.Party != "" {
			ids = append(ids, f.Party)
		}
	}
	return ids
}

func (a *app) readPast(ctx context.Context) (openPast, error) {
	p := openPast{alive: a.journal.Last()}
	open, err := a.store.OpenStamps(ctx, a.journal.Node())
	if err != nil {
		return p, err
	}
	p.alive = p.alive.Latest(open)
	p.subjects = left(open, a.journal.Boot())
	dialogs, err := a.store.OpenDialogs(ctx, a.journal.Node())
	if err != nil {
		return p, err
	}
	for _, d := range dialogs {
		p.dialogs = append(p.dialogs, stamp.Side{Kind: stamp.SideDialog, Org: a.store.Org(), ID: d.ID, Data: d.Data})
	}
	return p, nil
}

// left are the subjects that the boots before this one left open. What this
// boot has begun lives: signalling is served already, since recovery says BYE.
func left(open []stamp.Stamp, boot uint32) map[stamp.Subject][]stamp.Stamp {
	subjects := map[stamp.Subject][]stamp.Stamp{}
	for _, s := range open { // in order of Seq, so of N
		if s.Boot < boot {
			subjects[s.Subject] = append(subjects[s.Subject], s)
		}
	}
	return subjects
}

// recover closes what a crash left open, at the node's last proof of life,
// before the doors open. What can't be closed is named and stays open for a
// person to look at; everything else goes on.
func (a *app) recover() error {
	ctx, cancel := context.WithTimeout(context.Background(), catchUp)
	defer cancel()
	p, err := a.readPast(ctx)
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	if err := a.people.recall(ctx, p.parties()); err != nil { // BEFORE the desks draw the wrap-ups
		a.log.Warn("desks will not name the customers of before", "err", err)
	}
	a.tracer.seed(p.of(stamp.SubjectCall)) // BEFORE their closings are stamped
	end := a.board.Recover
	if a.replaced() {
		end = a.board.GiveUp
	}
	found, err := end(p)
	faults := []error{err}
	if err := a.recallNotes(ctx); err != nil {
		a.log.Warn("desks will not show the notes of before", "err", err)
	}
	for _, stamps := range p.of(stamp.SubjectAgent) {
		closing, err := acd.Recover(stamps, p.alive)
		faults = append(faults, err)
		a.sink.Record(closing, nil)
	}
	for _, stamps := range p.of(stamp.SubjectCampaign) {
		closing, err := dialer.Recover(stamps, p.alive)
		faults = append(faults, err)
		a.sink.Record(closing, nil)
	}
	if err := errors.Join(faults...); err != nil {
		a.log.Error("something of an earlier boot stays open", "err", err)
	}
	for _, d := range found.Byes {
		if err := a.ua.ByeDialog(d.Data); err != nil {
			a.log.Warn("no BYE for a dialog of an earlier boot", "dialog", d.ID, "err", err)
		}
	}
	attempts, err := a.store.RecoverAttempts(ctx, a.journal.Node(), stamp.Wall())
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	if found.Closed+found.Pending+attempts > 0 {
		a.log.Info("recovered", "calls_closed", found.Closed, "wrap_ups_pending", found.Pending, "byes", len(found.Byes), "attempts", attempts)
	}
	return nil
}
