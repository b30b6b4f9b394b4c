package acd

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Floor owns every agent session and every waiting call. Its goroutine is the
// only one that touches them; everybody else posts.
type Floor struct {
	// given at start
	opts    Options
	clock   *stamp.Clock
	calls   Calls
	sink    Sink
	screens Screens
	log     *slog.Logger

	// owned by Run
	agents    map[stamp.AgentID]*agent
	waiting   map[place]call.Waiting
	callbacks map[stamp.ID]callback       // who takes the agents of call-backs
	admitted  map[place]stamp.QueueID     // calls that may enter and have not yet
	claims    map[stamp.AgentID]call.Move // of recovered calls, for agents who are not here yet
	policy    Policy
	tallies   map[stamp.AgentID]*tally
	levels    map[stamp.QueueID]*level // how the last calls were served
	rung      uint64                   // counts offers
	paces     map[stamp.QueueID]*Pace
	told      map[place]told
	moved     bool      // calls may stand at other places than they know
	standAt   time.Time // when they are told, if moved
	wake      time.Time // when matching anew may come out differently; zero: never

	// in
	box *mailbox.Box[func()]
}

// place names one stay in a queue.
type place struct {
	call  stamp.ID
	entry stamp.EntryNo
}

// agent is one session on the floor.
type agent struct {
	machine  *Machine
	beat     time.Time    // last proof of life
	held     *reservation // the agent is spoken for
	restTill time.Time
	away     time.Time       // since when no page is connected that has proved life; zero: one is
	lost     func(call.Seat) // told when the agent is lost to the line that is dialed for them; nil: none is
}

// reservation keeps an agent for an offer until the call says what came of it.
type reservation struct {
	offer   stamp.ID
	call    stamp.ID
	waiting call.Waiting
	expires time.Time // zero: the offer has no limit
}

// NewFloor makes a Floor; Run must be called once.
func NewFloor(o Options, clock *stamp.Clock, calls Calls, sink Sink, screens Screens, log *slog.Logger) *Floor {
	return &Floor{
		opts: o, clock: clock, calls: calls, sink: sink, screens: screens, log: log,
		agents: map[stamp.AgentID]*agent{}, waiting: map[place]call.Waiting{}, admitted: map[place]stamp.QueueID{}, callbacks: map[stamp.ID]callback{},
		claims: map[stamp.AgentID]call.Move{}, tallies: map[stamp.AgentID]*tally{}, levels: map[stamp.QueueID]*level{},
		paces: map[stamp.QueueID]*Pace{}, told: map[place]told{},
		box: mailbox.New[func()](),
	}
}

// Run serves the floor until ctx ends; then every session ends.
func (f *Floor) Run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	defer f.box.Close()
	for {
		if due, ok := f.deadline(); ok {
			timer.Reset(time.Until(due))
		} else {
			timer.Reset(time.Hour)
		}
		select {
		case <-ctx.Done():
			f.end(time.Now())
			return
		case <-timer.C:
			f.due(time.Now())
		case <-f.box.C():
			f.serve()
		}
		f.desert(time.Now())
		f.match()
		f.stand(time.Now())
	}
}

// Enqueue asks for an agent for a waiting call (switchboard.Agents).
func (f *Floor) Enqueue(w call.Waiting) {
	at := time.Now()
	f.box.Put(func() {
		f.shift(at)
		f.waiting[place{w.Call, w.Entry}] = w
		delete(f.admitted, place{w.Call, w.Entry})
	})
}

// Dequeue withdraws the request (switchboard.Agents).
func (f *Floor) Dequeue(id stamp.ID, entry stamp.EntryNo) {
	at := time.Now()
	f.box.Put(func() {
		f.dequeue(at, place{id, entry})
		delete(f.admitted, place{id, entry})
	})
}

// Move follows a call's claim on its agent (switchboard.Agents).
func (f *Floor) Move(m call.Move) {
	f.box.Put(func() { f.move(m) })
}

// Login opens a session for the agent, or returns the one that is open. The
// agent takes calls after Ready, once Seat{Up: true} has come.
func (f *Floor) Login(ctx context.Context, id stamp.AgentID, queues []stamp.QueueID) (Presence, error) {
	at := time.Now()
	return mailbox.Ask(ctx, f.box, func(reply chan<- Presence) func() {
		return func() { reply <- f.login(at, id, queues) }
	})
}

// Tell gives an agent's session an input and waits for its verdict: nil,
// ErrIllegal with the reason, or ErrAbsent.
func (f *Floor) Tell(ctx context.Context, id stamp.AgentID, in Input) error {
	at := time.Now()
	verdict, err := mailbox.Ask(ctx, f.box, func(reply chan<- error) func() {
		return func() { reply <- f.tell(id, f.clock.Of(at), in) }
	})
	if err != nil {
		return fmt.Errorf("tell the floor: %w", err)
	}
	return verdict
}

// Post gives an agent's session an input without waiting.
func (f *Floor) Post(at time.Time, id stamp.AgentID, in Input) {
	f.box.Put(func() {
		if err := f.tell(id, f.clock.Of(at), in); err != nil {
			f.log.Debug("presence input refused", "agent_id", id, "err", err)
		}
	})
}

// Away says that the agent's page is not connected any more. It may come back
// in a moment, or never: until it proves life nothing is offered there, and half
// the silence is enough to miss it.
func (f *Floor) Away(id stamp.AgentID) {
	at := time.Now()
	f.box.Put(func() {
		if a := f.agents[id]; a != nil {
			a.away = at
		}
	})
}

// Beat is a page's proof of life, seen at at.
func (f *Floor) Beat(at time.Time, id stamp.AgentID) {
	f.box.Put(func() { f.beat(at, id) })
}

// Presence returns an agent's state; false when the agent has no session.
func (f *Floor) Presence(ctx context.Context, id stamp.AgentID) (Presence, bool, error) {
	type answer struct {
		p  Presence
		ok bool
	}
	a, err := mailbox.Ask(ctx, f.box, func(reply chan<- answer) func() {
		return func() {
			if a := f.agents[id]; a != nil {
				reply <- answer{a.machine.Presence(), true}
				return
			}
			reply <- answer{}
		}
	})
	return a.p, a.ok, err
}

// Count tells how many agents of the queue may be reserved for lines now. reply
// is called from the Floor's goroutine and must post and return.
func (f *Floor) Count(queue stamp.QueueID, reply func(idle int)) {
	at := time.Now()
	f.box.Put(func() { reply(len(f.reservable(at, queue))) })
}

// Reserve takes up to n idle agents of the queue for lines about to be dialed, in
// the order of the queue's strategy, and only those whom the queues of customers
// that they serve can spare. lost is called, after reply and at most once for each,
// with an agent who can't be reached any more before a call has taken or given
// back the reservation, which is over then. Both are called as Count's reply is.
func (f *Floor) Reserve(queue stamp.QueueID, n int, reply func(seats []call.Seat), lost func(call.Seat)) {
	at := time.Now()
	f.box.Put(func() { reply(f.reserve(at, queue, n, lost)) })
}

// Unreserve gives a reserved agent back.
func (f *Floor) Unreserve(id stamp.AgentID) { f.Post(time.Now(), id, Unreserve{}) }
