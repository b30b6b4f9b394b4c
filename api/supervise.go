package api

import (
	"context"
	"errors"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// What supervisors do to agents. Each is an input of the owner's machine, which
// stamps who asked for it.

type forcedInput struct {
	ID   string `path:"id" doc:"the agent's id"`
	Body wire.Forced
}

func (s *Server) forceAgent(ctx context.Context, in *forcedInput) (*done, error) {
	f := acd.Force{To: in.Body.State, By: whoOf(ctx).ID, After: in.Body.After}
	d := s.deps.Desks.deps
	if f.To == stamp.StatePaused {
		pause, err := pauseFor(d, in.Body.Reason)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		f.Pause = pause
	}
	err := d.Floor.Tell(ctx, stamp.AgentID(in.ID), f)
	if errors.Is(err, acd.ErrAbsent) {
		err = refuse(codeAbsent, "The agent %s is not logged in, so there is no state to change.", quote(in.ID))
	}
	return s.changed(ctx, err)
}

type requeueInput struct {
	ID   string `path:"id" doc:"the call's id"`
	Body wire.Requeue
}

func (s *Server) requeue(ctx context.Context, in *requeueInput) (*done, error) {
	q := stamp.QueueID(in.Body.Queue)
	return s.changed(ctx, s.deps.Desks.deps.Calls.Ask(ctx, stamp.ID(in.ID), call.Requeue{By: whoOf(ctx).ID, Queue: q}))
}
