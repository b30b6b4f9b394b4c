package main

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/dialer"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// floorOfOne has one idle agent for whoever asks, no lead, and a notebook.
type floorOfOne struct {
	mu     sync.Mutex
	claims int
	ends   []string
}

func (*floorOfOne) Count(_ stamp.QueueID, reply func(int)) { reply(1) }
func (*floorOfOne) Reserve(_ stamp.QueueID, _ int, reply func([]call.Seat), _ func(call.Seat)) {
	reply(nil)
}
func (*floorOfOne) Unreserve(stamp.AgentID)                    {}
func (*floorOfOne) Withdraw(context.Context, []stamp.ID) error { return nil }

func (*floorOfOne) Rest(dialer.Campaign) (time.Duration, string) { return 0, "" }
func (*floorOfOne) Open(time.Time, dialer.Campaign, dialer.Lead, call.Seat, func(string)) error {
	return nil
}
func (*floorOfOne) Reassign(time.Time, stamp.ID, stamp.AgentID, call.Seat) bool { return false }

func (f *floorOfOne) Claim(context.Context, stamp.CampaignID, int) (dialer.Claim, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.claims++
	return dialer.Claim{}, nil
}

func (f *floorOfOne) Record(stamps []stamp.Stamp, _ []stamp.Side) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range stamps {
		if x, ok := s.Fact.(stamp.CampaignStopped); ok {
			f.ends = append(f.ends, x.Reason)
		}
	}
	return 0
}

// campaignsOf runs a story in fake time, and then ends all runs.
func campaignsOf(t *testing.T, story func(k *campaigns, f *floorOfOne)) *floorOfOne {
	db, err := postgres.OpenPool(t.Context(), "postgres://nobody@127.0.0.1:1/none", 1) // never asked
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	f := &floorOfOne{}
	synctest.Test(t, func(*testing.T) {
		k := &campaigns{people: &people{store: db.For("default")}, runs: map[stamp.CampaignID]*campaignRun{}, deps: dialer.Deps{
			Clock: stamp.NewClock(time.Now(), 1), Leads: f, Floor: f, Lines: f, Sink: f, Log: slog.New(slog.DiscardHandler),
		}}
		story(k, f)
		k.end()
		k.leave()
	})
	return f
}

// A run that a manager starts while the disk is low dials nothing either.
func TestACampaignStartsHalted(t *testing.T) {
	f := campaignsOf(t, func(k *campaigns, f *floorOfOne) {
		k.halt(true, haltDisk)
		k.run(postgres.Campaign{ID: "autumn", Mode: "progressive"})
		time.Sleep(5 * time.Second)
		f.mu.Lock()
		if f.claims > 0 {
			t.Errorf("%d claims on a full disk", f.claims)
		}
		f.mu.Unlock()
		k.halt(false, haltDisk)
		time.Sleep(5 * time.Second)
	})
	if f.claims == 0 {
		t.Error("no claim though the disk has room again")
	}
}

// Why a run ends is said by who ended it first.
func TestWhyACampaignEnds(t *testing.T) {
	f := campaignsOf(t, func(k *campaigns, _ *floorOfOne) {
		for _, id := range []stamp.CampaignID{"autumn", "spring"} {
			k.run(postgres.Campaign{ID: id, Mode: "progressive"})
		}
		synctest.Wait()
		k.stop("autumn")
		synctest.Wait()
	})
	if len(f.ends) != 2 || f.ends[0] != "manager" || f.ends[1] != "system" {
		t.Errorf("ended by %v", f.ends)
	}
}
