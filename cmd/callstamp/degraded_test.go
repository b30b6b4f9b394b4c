package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/sip"
)

// ids are what a list tells, "trunk_down:viettel".
func ids(all []wire.Degraded) (names []string) {
	for _, d := range all {
		name := d.ID
		if d.Name != "" {
			name += ":" + d.Name
		}
		names = append(names, name)
	}
	return names
}

// TestWhatALookSees: each neighbour's fault, under its id, and nothing of a healthy one.
func TestWhatALookSees(t *testing.T) {
	down := errors.New("connection refused")
	late := feedSight{lag: ledger.Lag{Stamps: 9, Age: behindAfter + time.Second}}
	for _, row := range []struct {
		name string
		see  sight
		want []string
	}{
		{"all is well", sight{journal: ledger.Health{State: ledger.Ok}, trunks: []sip.TrunkState{{ID: "viettel", Up: true}}}, nil},
		{"postgres away, its follower is late", sight{postgres: down, truth: late}, []string{"postgres_away"}},
		{"redis away, its follower is late and will rebuild", sight{redis: down, live: late, rebuilding: true}, []string{"redis_away"}},
		{"being rebuilt", sight{live: late, rebuilding: true}, []string{"live_rebuilding"}},
		{"stores there, followers late", sight{truth: late, live: late}, []string{"follower_behind:ledger", "follower_behind:live"}},
		{"a little late", sight{truth: feedSight{lag: ledger.Lag{Stamps: 9, Age: behindAfter}}}, nil},
		{"disk low", sight{journal: ledger.Health{State: ledger.Low}}, []string{"journal_disk_low"}},
		{"disk full", sight{journal: ledger.Health{State: ledger.Critical}}, []string{"journal_disk_full"}},
		{"disk fails", sight{journal: ledger.Health{State: ledger.Critical, Failing: down}}, []string{"journal_failing"}},
		{"a trunk is down, another not yet tried", sight{trunks: []sip.TrunkState{{ID: "viettel", Fault: "no answer to OPTIONS"}, {ID: "new"}}}, []string{"trunk_down:viettel"}},
		{"draining", sight{draining: true}, []string{"draining"}},
		{"books differ", sight{differs: true}, []string{"ledger_differs"}},
		{"the floor hangs", sight{stuck: []string{"floor"}}, []string{"owner_stuck:floor"}},
		{"a call hangs", sight{stuckCalls: 1}, []string{"call_stuck"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDegraded(slog.New(slog.DiscardHandler), nil)
			for range 5 { // enough for the most patient cause
				d.look(time.Now(), row.see.sees())
			}
			if got := ids(d.list()); !slices.Equal(got, row.want) {
				t.Errorf("told %v, want %v", got, row.want)
			}
			d.look(time.Now(), nil)
			if got := d.list(); len(got) != 0 {
				t.Errorf("told %v when it is over", got)
			}
		})
	}
}

// TestPatience: one slow answer is no outage; since is when it began; each change is told and logged once.
func TestPatience(t *testing.T) {
	var told [][]string
	var log bytes.Buffer
	d := newDegraded(slog.New(slog.NewTextHandler(&log, nil)), func(all []wire.Degraded) { told = append(told, ids(all)) })
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	away := []sighting{{redisAway, "", errors.New("dial 10.0.0.9: refused")}}
	d.look(at, away)
	d.look(at.Add(1*time.Second), nil)
	d.look(at.Add(2*time.Second), away)
	if len(told) != 0 || log.Len() != 0 {
		t.Fatalf("told %v of single looks; logged %s", told, log.String())
	}
	d.look(at.Add(3*time.Second), away)
	d.look(at.Add(4*time.Second), away)
	if all := d.list(); len(all) != 1 || all[0].Since != at.Add(2*time.Second).UnixMicro() || !all[0].Unready {
		t.Errorf("told %+v", all)
	}
	if text := all(d); strings.Contains(text, "10.0.0.9") {
		t.Errorf("a page would show a host: %s", text)
	}
	d.look(at.Add(5*time.Second), nil)
	if want := [][]string{{"redis_away"}, nil}; len(told) != 2 || !slices.Equal(told[0], want[0]) || told[1] != nil {
		t.Errorf("told %v, want %v", told, want)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 2 || !strings.Contains(log.String(), "10.0.0.9") {
		t.Errorf("logged %s", log.String())
	}
}

func all(d *degraded) string {
	var b strings.Builder
	for _, one := range d.list() {
		b.WriteString(one.ID + one.Name + one.Means + one.Do)
	}
	return b.String()
}

// TestRaisedStaysUntilCleared: looks don't take away what somebody else has raised; the worst comes first.
func TestRaisedStaysUntilCleared(t *testing.T) {
	d := newDegraded(slog.New(slog.DiscardHandler), nil)
	d.raise(time.Now(), fenced, "", nil)
	d.raise(time.Now(), fenced, "", nil)
	d.look(time.Now(), []sighting{{trunkDown, "b", nil}, {trunkDown, "a", nil}, {journalFull, "", nil}})
	d.look(time.Now(), []sighting{{trunkDown, "b", nil}, {trunkDown, "a", nil}})
	if got, want := ids(d.list()), []string{"fenced", "trunk_down:a", "trunk_down:b"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	if got := ids(forDesks(d.list())); !slices.Equal(got, []string{"fenced"}) {
		t.Errorf("desks show %v", got)
	}
	d.clear(fenced, "")
	if got := ids(d.list()); slices.Contains(got, "fenced") {
		t.Errorf("told %v", got)
	}
}

// TestEveryCauseIsExplained: to who reads /readyz, and at three in the morning in the handbook.
func TestEveryCauseIsExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	protocol, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range causes() {
		if c.means == "" || c.do == "" || c.looks < 1 {
			t.Errorf("%s: %+v", c.id, c)
		}
		if !strings.Contains(string(text), "\n### `"+c.id+"`") {
			t.Errorf("docs/operations.md has no section on %s", c.id)
		}
		if !strings.Contains(string(protocol), "`"+c.id+"`") {
			t.Errorf("docs/protocol.md does not list %s", c.id)
		}
	}
}

// TestRebuiltIsTold: when the follower has taken in what there was when its rebuild was done, and not for a new node.
func TestRebuiltIsTold(t *testing.T) {
	var made []time.Time
	at := time.Now()
	w := newRebuildWatch(true)
	tell := func(now time.Time) { made = append(made, now) }
	for i, step := range []struct {
		r                 rebuilds
		position, durable uint64
		on                bool
		made              int
	}{
		{rebuilds{0, false}, 90, 100, false, 0},
		{rebuilds{0, true}, 0, 110, true, 0},
		{rebuilds{1, false}, 50, 120, true, 0},
		{rebuilds{1, false}, 119, 130, true, 0},
		{rebuilds{1, false}, 120, 140, false, 1},
		{rebuilds{1, false}, 140, 150, false, 1},
		{rebuilds{2, true}, 200, 200, true, 2},
	} {
		if on := w.look(at, step.r, step.position, step.durable, tell); on != step.on || len(made) != step.made {
			t.Errorf("step %d: on %v, %d times made", i, on, len(made))
		}
	}
	fresh := newRebuildWatch(false)
	made = nil
	if fresh.look(at, rebuilds{0, true}, 0, 1, tell) || fresh.look(at, rebuilds{1, false}, 1, 1, tell) || len(made) != 0 {
		t.Error("a new node's first figures count as made anew")
	}
}

func TestRebuiltFadesOut(t *testing.T) {
	d := newDegraded(slog.New(slog.DiscardHandler), nil)
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	if d.rebuiltAt(at) != 0 {
		t.Error("never, and shown")
	}
	d.made(at)
	if got := d.rebuiltAt(at.Add(rebuiltFor)); got != at.UnixMicro() {
		t.Errorf("shown %d", got)
	}
	if d.rebuiltAt(at.Add(rebuiltFor+time.Second)) != 0 {
		t.Error("shown for ever")
	}
}

// TestBooksAreAskedSeldom: every ten seconds, and never while Postgres is away; then the last answer stands.
func TestBooksAreAskedSeldom(t *testing.T) {
	asked, equal := 0, false
	b := booksWatch{balance: func(context.Context) (bool, bool, error) { asked++; return equal, true, nil }}
	at := time.Now()
	for i := range 21 {
		if there := i > 0; b.differ(t.Context(), at.Add(time.Duration(i)*time.Second), there) != there {
			t.Errorf("second %d: differs is not %v", i, there)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times in 20 s", asked)
	}
	equal = true
	if b.differ(t.Context(), at.Add(time.Minute), true) {
		t.Error("differs for ever")
	}
}

// TestStuckOwnerIsNamed: an owner that moves is alive, one that hangs is not from its bound on, and comes back.
func TestStuckOwnerIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		let := make(chan struct{})
		var hangs atomic.Bool
		p := newPulses(time.Now(),
			&pulse{name: "floor", bound: 10 * time.Second, nudge: func(context.Context) error {
				if hangs.Load() {
					<-let
				}
				return nil
			}},
			&pulse{name: "journal", bound: 30 * time.Second, nudge: func(context.Context) error {
				if hangs.Load() {
					return errors.New("last round long ago")
				}
				return nil
			}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { p.run(ctx); close(done) }()
		<-time.After(time.Minute + nudgeEvery/2) // between two nudges
		if err := p.alive(time.Now()); err != nil {
			t.Error(err)
		}
		hangs.Store(true)
		<-time.After(9 * time.Second)
		if err := p.alive(time.Now()); err != nil {
			t.Errorf("after 9 s: %v", err)
		}
		<-time.After(2*time.Second + nudgeEvery/2)
		if err := p.alive(time.Now()); err == nil || err.Error() != "the floor has not answered for 12s" || !slices.Equal(p.stuck(time.Now()), []string{"floor"}) {
			t.Errorf("after 11.5 s: %v, %v", err, p.stuck(time.Now()))
		}
		<-time.After(20 * time.Second)
		if err := p.alive(time.Now()); err == nil || !strings.Contains(err.Error(), "the journal has") {
			t.Errorf("after 32 s: %v", err)
		}
		hangs.Store(false)
		close(let)
		<-time.After(2 * time.Second)
		if err := p.alive(time.Now()); err != nil {
			t.Errorf("when it moves again: %v", err)
		}
		cancel()
		<-done
	})
}
