package dialer

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// turnEvery is the pause between two looks at the Floor. A second is what an
// agent does not notice; a line's end asks at once.
const turnEvery = time.Second

// claimFor bounds one claim's transaction.
const claimFor = 5 * time.Second

// Deps are a runner's neighbours.
type Deps struct {
	Clock *stamp.Clock
	Leads Leads
	Floor Floor
	Lines Lines
	Sink  Sink
	Log   *slog.Logger
}

// Runner owns one campaign's run.
type Runner struct {
	// given at start
	deps     Deps
	campaign Campaign

	// owned by Run
	machine *Machine

	// in
	box *mailbox.Box[Input]
}

// NewRunner makes the runner of a new run.
func NewRunner(c Campaign, d Deps) *Runner {
	return &Runner{deps: d, campaign: c, machine: NewMachine(c, stamp.NewID()), box: mailbox.New[Input]()}
}

// Halt stops or resumes dialing without ending the run.
func (r *Runner) Halt(on bool, why string) { r.box.Put(Halt{On: on, Why: why}) }

// Run dials until ctx ends, and then stamps the end. Lines in flight live on as
// calls of their own; Linger serves them. Reason says why the run ends.
func (r *Runner) Run(ctx context.Context, reason func() string) {
	var errands sync.WaitGroup
	turn := time.NewTicker(turnEvery)
	defer turn.Stop()
	r.take(ctx, Start{}, &errands)
	r.look()
	for {
		select {
		case <-ctx.Done():
			r.finish(ctx, reason(), &errands)
			return
		case <-turn.C:
			r.look()
		case <-r.box.C():
			for _, in := range r.box.Take() {
				r.take(ctx, in, &errands)
			}
		}
	}
}

// finish stamps the end and gives back what the last turn still brings.
func (r *Runner) finish(ctx context.Context, reason string, errands *sync.WaitGroup) {
	r.take(ctx, Stop{Reason: reason}, errands)
	for !r.machine.settled() {
		<-r.box.C()
		for _, in := range r.box.Take() {
			r.take(ctx, in, errands)
		}
	}
	errands.Wait()
}

// Linger, after Run, looks after the agents of the lines that are still in
// flight, until the last has ended or ctx ends.
func (r *Runner) Linger(ctx context.Context) {
	var errands sync.WaitGroup
	for r.machine.flying() && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-r.box.C():
			for _, in := range r.box.Take() {
				r.take(ctx, in, &errands)
			}
		}
	}
	for _, in := range r.box.Close() { // an agent who comes now is not needed
		r.take(ctx, in, &errands)
	}
	errands.Wait()
}

// look asks the Floor how many agents are idle, unless the trunk takes no calls:
// then no lead is claimed.
func (r *Runner) look() {
	if !r.machine.Idle() {
		return
	}
	if left, why := r.deps.Lines.Rest(r.campaign); left > 0 {
		r.box.Put(Rest{For: left, Why: why})
		return
	}
	r.deps.Floor.Count(r.campaign.Queue, func(idle int) { r.box.Put(Ready{Agents: idle}) })
}

// take steps the machine: stamps first, then the orders.
func (r *Runner) take(ctx context.Context, in Input, errands *sync.WaitGroup) {
	stamps, effects, err := r.machine.Step(r.deps.Clock.Now(), in)
	if err != nil {
		r.deps.Log.Error("campaign input refused", "campaign_id", r.campaign.ID, "err", err)
		return
	}
	if len(stamps) > 0 {
		r.deps.Sink.Record(stamps, nil)
	}
	for _, e := range effects {
		switch e := e.(type) {
		case ClaimLeads:
			errands.Go(func() { r.claim(ctx, e.N) })
		case Reserve:
			r.reserve(e.N, func(seats []call.Seat) Input { return Seats{Seats: seats} })
		case Replace:
			r.reserve(1, func(seats []call.Seat) Input { return Replacement{Attempt: e.Attempt, Seats: seats} })
		case Reassign:
			r.reassign(e)
		case Open:
			r.open(ctx, e, errands)
		case Withdraw:
			errands.Go(func() { r.withdraw(ctx, e.Leads) })
		case Release:
			r.release(e.Seats)
		}
	}
	if _, ended := in.(LineEnded); ended {
		r.look()
	}
}

// reserve asks the Floor for agents. One who comes when the run is gone for good
// goes back.
func (r *Runner) reserve(n int, input func([]call.Seat) Input) {
	r.deps.Floor.Reserve(r.campaign.Queue, n, func(seats []call.Seat) {
		if !r.box.Put(input(seats)) {
			r.release(seats)
		}
	}, func(s call.Seat) { r.box.Put(SeatLost{Seat: s}) })
}

func (r *Runner) release(seats []call.Seat) {
	for _, s := range seats {
		r.deps.Floor.Unreserve(s.Agent)
	}
}

func (r *Runner) reassign(e Reassign) {
	if !r.deps.Lines.Reassign(time.Now(), e.Attempt, e.Lost, e.Seat) && e.Seat != (call.Seat{}) {
		r.release([]call.Seat{e.Seat})
	}
}

// claim waits for Postgres in a goroutine of its own and posts what came. The
// run's end does not cut it short: whether leads were claimed must be known.
func (r *Runner) claim(ctx context.Context, n int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimFor)
	defer cancel()
	c, err := r.deps.Leads.Claim(ctx, r.campaign.ID, n)
	if err != nil {
		r.deps.Log.Warn("no leads claimed", "campaign_id", r.campaign.ID, "err", err)
		r.box.Put(ClaimFailed{Why: "the lead list can't be reached"})
		return
	}
	r.box.Put(Claimed{Claim: c})
}

// withdraw gives leads back, again and again while the run lasts; what is still
// claimed then is finished at the node's next start.
func (r *Runner) withdraw(ctx context.Context, leads []Lead) {
	attempts := make([]stamp.ID, len(leads))
	for i, l := range leads {
		attempts[i] = l.Attempt
	}
	for {
		err := r.giveBack(ctx, attempts)
		if err == nil {
			return
		}
		r.deps.Log.Error("claims not given back", "campaign_id", r.campaign.ID, "attempts", len(attempts), "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(awayRest):
		}
	}
}

func (r *Runner) giveBack(ctx context.Context, attempts []stamp.ID) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimFor)
	defer cancel()
	return r.deps.Leads.Withdraw(ctx, attempts)
}

func (r *Runner) open(ctx context.Context, o Open, errands *sync.WaitGroup) {
	ended := func(result string) { r.box.Put(LineEnded{Attempt: o.Lead.Attempt, Result: result}) }
	if err := r.deps.Lines.Open(time.Now(), r.campaign, o.Lead, o.Seat, ended); err != nil {
		r.deps.Log.Warn("line not opened", "campaign_id", r.campaign.ID, "lead_id", o.Lead.ID, "err", err)
		r.deps.Floor.Unreserve(o.Seat.Agent)
		errands.Go(func() { r.withdraw(ctx, []Lead{o.Lead}) })
		ended("")
	}
}
