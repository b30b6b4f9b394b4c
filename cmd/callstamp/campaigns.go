package main

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/dialer"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// campaigns starts and stops runs (api.Campaigns). A campaign that is active in
// Postgres runs again after a restart.
type campaigns struct {
	people *people
	deps   dialer.Deps
	log    *slog.Logger

	mu     sync.Mutex
	over   bool     // no run begins any more
	halted []string // why nothing is dialed; holds for runs that begin now, too
	runs   map[stamp.CampaignID]*campaignRun
	done   sync.WaitGroup

	// Runs that have ended look after their lines in flight.
	lingering sync.WaitGroup
}

// campaignRun is a runner at work.
type campaignRun struct {
	runner *dialer.Runner
	stop   context.CancelCauseFunc // with the reason
}

// reason is why a run ends, as in stamp.CampaignStopped; the first one counts.
type reason string

// Error implements error.
func (r reason) Error() string { return string(r) }

// resume runs every active campaign.
func (k *campaigns) resume() {
	for _, c := range k.people.now.Load().campaigns {
		if c.Active {
			k.run(c)
		}
	}
}

// Why dialing is halted.
const (
	haltDisk   = "the journal's disk is nearly full"
	haltFenced = "this node can't prove that it takes the calls"
)

// halt stops dialing in all runs for a reason, or takes the reason back, without
// ending them.
func (k *campaigns) halt(on bool, why string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.halted = slices.DeleteFunc(k.halted, func(w string) bool { return w == why })
	if on {
		k.halted = append(k.halted, why)
	}
	for _, r := range k.runs {
		k.haltLocked(r.runner)
	}
}

func (k *campaigns) haltLocked(r *dialer.Runner) {
	if len(k.halted) == 0 {
		r.Halt(false, "")
		return
	}
	r.Halt(true, k.halted[0])
}

// running are the campaigns with a run.
func (k *campaigns) running() []stamp.CampaignID {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Sorted(maps.Keys(k.runs))
}

// end stops every run and waits until each has stamped its end. Lines in flight
// are calls, which end by themselves.
func (k *campaigns) end() {
	k.mu.Lock()
	k.over = true
	for _, r := range k.runs {
		r.stop(reason("system"))
	}
	k.mu.Unlock()
	k.done.Wait()
}

// leave waits for the runs whose lines were in flight when they ended. The calls
// must have ended.
func (k *campaigns) leave() { k.lingering.Wait() }

func (k *campaigns) run(c postgres.Campaign) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.runs[c.ID] != nil || k.over {
		return
	}
	ctx, stop := context.WithCancelCause(context.Background())
	r := &campaignRun{stop: stop, runner: dialer.NewRunner(dialer.Campaign{
		ID: c.ID, Org: k.people.store.Org(), Name: c.Name, Mode: dialer.Mode(c.Mode), Queue: c.Queue, Trunk: c.Trunk, CallerID: c.CallerID,
	}, k.deps)}
	k.runs[c.ID] = r
	k.haltLocked(r.runner)
	k.done.Go(func() {
		r.runner.Run(ctx, func() string { return context.Cause(ctx).Error() })
		k.lingering.Go(func() { r.runner.Linger(context.Background()) })
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.runs[c.ID] == r {
			delete(k.runs, c.ID)
		}
	})
}

// List implements api.Campaigns.
func (k *campaigns) List(ctx context.Context) ([]wire.Campaign, error) {
	all := []wire.Campaign{}
	for _, c := range k.people.now.Load().campaigns {
		w, err := k.show(ctx, c)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b wire.Campaign) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

func (k *campaigns) show(ctx context.Context, c postgres.Campaign) (wire.Campaign, error) {
	n, err := k.people.store.CountLeads(ctx, c.ID)
	if err != nil {
		return wire.Campaign{}, err
	}
	q := k.people.Queue(c.Queue)
	w := wire.Campaign{ID: string(c.ID), Name: c.Name, Mode: c.Mode, State: "stopped", Queue: &q}
	w.Leads, w.Left = int64(n.Open+n.Claimed+n.Done), int64(n.Open+n.Claimed)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.runs[c.ID] != nil && w.Left > 0:
		w.State = "running"
	case k.runs[c.ID] != nil:
		w.State = "drained"
	}
	return w, nil
}

// Start implements api.Campaigns.
func (k *campaigns) Start(ctx context.Context, id string) (wire.Campaign, error) {
	return k.turn(ctx, id, true)
}

// Stop implements api.Campaigns.
func (k *campaigns) Stop(ctx context.Context, id string) (wire.Campaign, error) {
	return k.turn(ctx, id, false)
}

// turn stores the manager's will first, so that a restart knows it.
func (k *campaigns) turn(ctx context.Context, id string, on bool) (wire.Campaign, error) {
	c, ok := k.people.now.Load().campaigns[stamp.CampaignID(id)]
	if !ok {
		return wire.Campaign{}, api.ErrUnknown("campaign", id)
	}
	if on && dialer.Mode(c.Mode) != dialer.Progressive {
		return wire.Campaign{}, api.ErrUnknown("mode", c.Mode)
	}
	c.Active = on
	if err := k.people.store.PutCampaign(ctx, postgres.Actor(api.Who(ctx)), c); err != nil {
		return wire.Campaign{}, err
	}
	if on {
		k.run(c)
	} else {
		k.stop(c.ID)
	}
	if err := k.people.load(ctx); err != nil {
		return wire.Campaign{}, err
	}
	return k.show(ctx, c)
}

func (k *campaigns) stop(id stamp.CampaignID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.runs[id]; r != nil {
		r.stop(reason("manager"))
		delete(k.runs, id)
	}
}

// leads claims in Postgres (dialer.Leads).
type leads struct {
	store *postgres.Store
	node  stamp.NodeID
	epoch *atomic.Int64 // of the node's tenure; it changes when the lock had to be taken again
}

// Claim implements dialer.Leads.
func (l leads) Claim(ctx context.Context, id stamp.CampaignID, n int) (dialer.Claim, error) {
	claimed, skipped, err := l.store.Claim(ctx, postgres.ClaimOrder{Campaign: id, N: n, At: stamp.Wall(), Node: l.node, Epoch: l.epoch.Load()})
	if err != nil {
		return dialer.Claim{}, err
	}
	var c dialer.Claim
	for _, a := range claimed {
		c.Leads = append(c.Leads, dialer.Lead{ID: a.Lead, Attempt: a.ID, Party: a.Party, Number: a.Number, Name: a.Name})
	}
	for _, s := range skipped {
		c.Skipped = append(c.Skipped, dialer.Skip{Lead: s.Lead, Reason: s.Reason})
	}
	return c, nil
}

// Withdraw implements dialer.Leads.
func (l leads) Withdraw(ctx context.Context, attempts []stamp.ID) error {
	return l.store.Withdraw(ctx, attempts)
}
