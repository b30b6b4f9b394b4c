package main

import (
	"context"
	"errors"

	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/store/postgres"
)

// recallNotes gives the desks the texts of the notes in wrap-ups that were taken
// up again. The stamps have only their ids. The error names the calls whose notes
// could not be read; the others are there.
func (a *app) recallNotes(ctx context.Context) error {
	var faults []error
	for _, c := range a.board.Calls() {
		if !noted(c) {
			continue
		}
		notes, err := a.store.Notes(ctx, c.Call)
		faults = append(faults, err)
		a.recallIn(c, notes)
	}
	return errors.Join(faults...)
}

func noted(c switchboard.Status) bool {
	for _, s := range c.Agents {
		if s.View.Note != "" {
			return true
		}
	}
	return false
}

func (a *app) recallIn(c switchboard.Status, notes []postgres.Note) {
	for _, s := range c.Agents {
		for _, n := range notes {
			if n.ID == s.View.Note {
				a.desks.Recall(s.Seat.Agent, c.Call, s.View.Segment, n.ID, n.Body)
			}
		}
	}
}
