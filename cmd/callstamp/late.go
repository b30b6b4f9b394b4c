package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip"
)

// What fits rooms together that don't know each other.

var _ switchboard.Line = (*sip.Leg)(nil)

// callsOf is the switchboard for those who are built before it (acd.Calls,
// api.Calls).
type callsOf struct {
	board *late[*switchboard.Switchboard]
}

// Post implements acd.Calls.
func (c callsOf) Post(id stamp.ID, at time.Time, in call.Input) bool {
	return c.board.get().Post(id, at, in)
}

// Ask implements api.Calls.
func (c callsOf) Ask(ctx context.Context, id stamp.ID, in call.Input) error {
	return c.board.get().Ask(ctx, id, in)
}

// Show implements api.Calls.
func (c callsOf) Show(agent stamp.AgentID) { c.board.get().Show(agent) }

// screensOf is the desks for the Floor, which is built before them.
type screensOf struct{ a *app }

// Presence implements acd.Screens.
func (s screensOf) Presence(p acd.Presence) { s.a.desks.Presence(p) }

func newBoard(a *app) *switchboard.Switchboard {
	return switchboard.New(switchboard.Deps{
		Clock: a.clock, Lines: a.lines, Voice: a.exchange, Recorder: a.exchange, Desk: a.desks, Agents: a.floor, Sink: a.sink, Log: a.log,
		Dialogue: dialogues(a.config.Survey, a.people),
	})
}

// keepDialog journals a leg's dialog, for a BYE after a crash. It implements
// sip.Config.OnDialog.
func (a *app) keepDialog(id stamp.ID, leg stamp.LegNo, dialog []byte, durable func()) {
	if !json.Valid(dialog) {
		return // the leg is over
	}
	side := stamp.Side{Kind: stamp.SideDialog, Org: a.store.Org(), ID: fmt.Sprintf("%s/%d", id, leg), Data: dialog}
	a.sink.Record(nil, []stamp.Side{side})
	if durable == nil {
		return
	}
	a.loops.run(func(ctx context.Context) { // a side entry has no Seq to be called back for
		if a.journal.Sync(ctx) == nil {
			durable()
		}
	})
}
