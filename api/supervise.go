package api

import (
	"context"
	"errors"

	"github.com/callstamp/callstamp/api/wire"
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
