package main

import (
	"context"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	// besideWait bounds each question to the records: the wall does not wait
	// for them.
	besideWait = 300 * time.Millisecond
	// balanceEvery is how often the last closed bucket is compared: there is
	// a new one every quarter hour.
	balanceEvery = 10 * time.Second
)

// beside is what the records add to the wall. With Postgres away the wall
// stands without it, or with what was read before.
type beside struct {
	past past

	zone     *time.Location
	balanced *bool
	asked    time.Time           // when zone and balanced were read
	numbers  map[stamp.ID]string // masked, of the calls in progress
	because  map[stamp.CampaignID]string
	looked   time.Time // when numbers and because were read
}

// read looks up what is due.
func (b *beside) read(ctx context.Context, calls []kpi.CallNow) {
	now := time.Now()
	if b.asked.IsZero() || now.Sub(b.asked) >= balanceEvery {
		b.asked = now
		b.compare(ctx)
	}
	if now.Sub(b.looked) >= drawEvery {
		b.looked = now
		b.lookUp(ctx, calls)
		b.reasons(ctx)
	}
}

// compare reads whether the last closed bucket balances, and in which zone the
// organisation's days begin.
func (b *beside) compare(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, besideWait)
	defer cancel()
	if _, equal, known, err := b.past.Balance(ctx); err == nil && known {
		b.balanced = &equal
	}
	org, err := b.past.Organisation(ctx)
	if err != nil {
		return
	}
	if zone, err := time.LoadLocation(org.Zone); err == nil {
		b.zone = zone
	}
}

// lookUp finds the numbers of new calls and forgets those of calls that are
// gone.
func (b *beside) lookUp(ctx context.Context, calls []kpi.CallNow) {
	known := make(map[stamp.ID]string, len(calls))
	var fresh []stamp.ID
	for _, c := range calls {
		if number, ok := b.numbers[c.Call]; ok {
			known[c.Call] = number
		} else {
			fresh = append(fresh, c.Call)
		}
	}
	b.numbers = known
	if len(fresh) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, besideWait)
	defer cancel()
	found, err := b.past.Numbers(ctx, fresh)
	if err != nil {
		return
	}
	for id, number := range found {
		b.numbers[id] = api.Mask(number)
	}
}

// reasons reads why each campaign dials as it does.
func (b *beside) reasons(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, besideWait)
	defer cancel()
	decisions, err := b.past.Pacing(ctx)
	if err != nil {
		return
	}
	b.because = map[stamp.CampaignID]string{}
	for _, d := range decisions {
		b.because[d.Campaign] = d.Because
	}
}
