package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

// callbacks lets customers who asked for it be called back: each stands on the
// Floor on the place that they had, and is dialed when an agent is reserved for
// them. What stands is read from Postgres, where the stamps have put it, so that
// a restart changes nothing. One goroutine owns it.
type callbacks struct {
	// given at start
	store *postgres.Store
	floor *acd.Floor
	lines *lines
	board *late[*switchboard.Switchboard]
	clock *stamp.Clock
	log   *slog.Logger

	// owned by run
	rows    map[stamp.ID]postgres.Callback
	stands  map[stamp.ID]bool     // on the Floor
	tried   map[stamp.ID]int      // tries begun, whether or not Postgres knows
	flights map[stamp.ID]stamp.ID // call-back → its call

	// in
	box *mailbox.Box[func(ctx context.Context)]
}

// callbackRing is how long a customer is rung, and callbackRest how long a
// call-back rests for which there was no line.
const (
	callbackRing = 30 * time.Second
	callbackRest = 10 * time.Second
	// callbackLook is how often the rows are read though nobody said that they
	// changed: tries whose time has come.
	callbackLook = 5 * time.Second
)

func newCallbacks(a *app, board *late[*switchboard.Switchboard]) *callbacks {
	return &callbacks{
		store: a.store, floor: a.floor, lines: a.lines, board: board, clock: a.clock, log: a.log,
		rows: map[stamp.ID]postgres.Callback{}, stands: map[stamp.ID]bool{}, tried: map[stamp.ID]int{}, flights: map[stamp.ID]stamp.ID{},
		box: mailbox.New[func(context.Context)](),
	}
}

// wake says that the rows may have changed. It never blocks.
func (k *callbacks) wake() { k.box.Put(k.look) }

// run serves the call-backs until ctx ends.
func (k *callbacks) run(ctx context.Context) {
	tick := time.NewTicker(callbackLook)
	defer tick.Stop()
	defer k.box.Close()
	k.look(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			k.look(ctx)
		case <-k.box.C():
			for _, do := range k.box.Take() {
				do(ctx)
			}
		}
	}
}

// look lets those stand on the Floor whose time has come, and no others.
func (k *callbacks) look(ctx context.Context) {
	rows, err := k.store.Callbacks(ctx)
	if err != nil {
		if ctx.Err() == nil {
			k.log.Warn("call-backs not read, they wait", "err", err)
		}
		return
	}
	now, due := k.clock.Now(), map[stamp.ID]bool{}
	for _, r := range rows {
		k.rows[r.ID] = r
		if r.State != "waiting" || r.NextAt > now.At || r.Tries < k.tried[r.ID] || k.flights[r.ID] != "" {
			continue
		}
		due[r.ID] = true
		if !k.stands[r.ID] {
			k.stand(now, r)
		}
	}
	for id := range k.stands {
		if !due[id] {
			k.floor.Forget(id)
			delete(k.stands, id)
		}
	}
}

// stand puts a call-back on its old place. The Floor compares places by the
// clock of this boot.
func (k *callbacks) stand(now stamp.Instant, r postgres.Callback) {
	k.stands[r.ID] = true
	w := call.Waiting{Call: r.ID, Queue: r.Queue, Since: now.Add(r.SinceAt - now.At)}
	k.floor.Callback(w, func(seat call.Seat) {
		k.box.Put(func(ctx context.Context) { k.dial(ctx, r.ID, seat) })
	}, func(seat call.Seat) {
		k.box.Put(func(context.Context) { k.lost(r.ID, seat) })
	})
}

// dial calls the customer for the agent who is reserved.
func (k *callbacks) dial(ctx context.Context, id stamp.ID, seat call.Seat) {
	delete(k.stands, id)
	r := k.rows[id]
	begun, err := k.lines.callBack(ctx, r, seat, func(result string) {
		k.box.Put(func(ctx context.Context) {
			delete(k.flights, id)
			k.log.Info("call-back ended", "callback_id", id, "result", result)
			k.look(ctx)
		})
	})
	if err != nil {
		k.log.Warn("call-back waits", "callback_id", id, "err", err)
		k.floor.Unreserve(seat.Agent)
		k.flights[id] = "rests"
		time.AfterFunc(callbackRest, func() {
			k.box.Put(func(ctx context.Context) { delete(k.flights, id); k.look(ctx) })
		})
		return
	}
	k.tried[id], k.flights[id] = r.Tries+1, begun
}

// lost gives up the line of an agent who has gone.
func (k *callbacks) lost(id stamp.ID, seat call.Seat) {
	if begun := k.flights[id]; begun != "" {
		k.board.get().Post(begun, time.Now(), call.Reassign{Lost: seat.Agent})
	}
}

// errNoNumber says that the party of a call-back has no number any more.
var errNoNumber = errors.New("the customer's number is not known any more")

// callBack begins the call of a call-back. Settled is called once, when it needs
// no line any more.
func (l *lines) callBack(ctx context.Context, r postgres.Callback, seat call.Seat, settled func(result string)) (stamp.ID, error) {
	now := l.people.now.Load()
	queue := now.house.Queues[r.Queue]
	if queue == nil {
		return "", fmt.Errorf("call back: there is no queue %s any more", r.Queue)
	}
	known, err := l.people.store.Parties(ctx, []stamp.PartyID{r.Party})
	if err != nil {
		return "", fmt.Errorf("call back: %w", err)
	}
	if len(known) == 0 || known[0].Number == "" {
		return "", fmt.Errorf("call back: %w", errNoNumber)
	}
	who := wire.Party{Number: known[0].Number, Name: known[0].Name}
	l.people.parties.put(r.Party, who)
	plan := *queue
	plan.Welcome, plan.RingUS, plan.AbandonMsg = "", callbackRing.Microseconds(), prompts.DropSafeHarbour
	dials, refused := l.ways.find(now, l.ua.get(), wanted{number: who.Number, trunk: r.Trunk, ringUS: plan.RingUS + ringGuardUS})
	o := switchboard.Outgoing{
		First:   call.Originate{Trunk: r.Trunk, Party: r.Party, Attempt: stamp.NewID(), Seat: seat, Callback: r.ID, CallbackOf: r.ID},
		Settled: settled,
	}
	if refused != nil {
		o.First.Refused = wordOf(refused)
	} else {
		plan.Ways = trunksOfDials(dials)
		o.Dial, o.Others, o.First.Trunk = dials[0], dials[1:], dials[0].Trunk
	}
	l.pasts.plan(&plan, who.Number)
	o.Plan = plan
	id, err := l.originate(time.Now(), o)
	l.pasts.look(id, who.Number)
	return id, err
}
