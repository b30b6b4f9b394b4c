package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// pasts looks up what is known of customers while their calls go on, for the
// rules that ask only some of them. Who is not known in time is not asked.
type pasts struct {
	people *people
	board  *late[*switchboard.Switchboard]
	slots  chan struct{} // bounds the questions under way
	log    *slog.Logger
}

const (
	// pastWait bounds one question. A talk is longer; and a store that needs
	// longer has other things to do.
	pastWait = 3 * time.Second
	// pastsAtOnce bounds the questions under way: further calls are not asked.
	pastsAtOnce = 8
)

func newPasts(p *people, board *late[*switchboard.Switchboard], log *slog.Logger) *pasts {
	return &pasts{people: p, board: board, slots: make(chan struct{}, pastsAtOnce), log: log}
}

// plan puts into a plan what is known without looking it up.
func (p *pasts) plan(plan *call.Plan, number string) {
	plan.Past.OptOut = p.people.now.Load().surveys.optOuts[number]
}

// look looks the customer of a call up, if any rule needs it, and tells the
// call. It returns at once.
func (p *pasts) look(id stamp.ID, number string) {
	if id == "" || !p.people.now.Load().surveys.looks {
		return
	}
	select {
	case p.slots <- struct{}{}:
	default:
		p.log.Info("customer not looked up: too many at once", "call_id", id)
		return
	}
	go func() { // at most pastWait long; a call that is over takes no notice
		defer func() { <-p.slots }()
		p.tell(id, number)
	}()
}

func (p *pasts) tell(id stamp.ID, number string) {
	ctx, cancel := context.WithTimeout(context.Background(), pastWait)
	defer cancel()
	past := call.SurveyPast{Known: true, OptOut: p.people.now.Load().surveys.optOuts[number]}
	if number != "" {
		known, err := p.people.store.KnownOf(ctx, number, id)
		if err != nil {
			p.log.Info("customer not looked up", "call_id", id, "err", err)
			return
		}
		past.Since, past.Calls, past.Asked = known.Since, known.Calls, known.Asked
	}
	p.board.get().Post(id, time.Now(), call.SurveyChecked{Past: past})
}
