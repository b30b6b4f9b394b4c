package dialer

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// world is a floor of n idle agents, a list of leads and a trunk.
type world struct {
	mu        sync.Mutex
	idle      []call.Seat
	list      []Lead
	away      bool      // Postgres
	full      bool      // the trunk
	down      bool      // the trunk takes no call
	rests     time.Time // the trunk asked for a rest until then
	deaf      int       // so many withdrawals fail
	lines     []func()
	opened    []string
	withdrawn []stamp.ID
	reserved  int // agents, so far
	lost      func(call.Seat)
	moved     []string // lines whose agent was lost
	deadLines bool     // … and whose call has ended meanwhile
	stamps    []stamp.Stamp
}

func (w *world) Count(_ stamp.QueueID, reply func(int)) {
	w.mu.Lock()
	n := len(w.idle)
	w.mu.Unlock()
	reply(n)
}

func (w *world) Reserve(_ stamp.QueueID, n int, reply func([]call.Seat), lost func(call.Seat)) {
	w.mu.Lock()
	n = min(n, len(w.idle))
	got := slices.Clone(w.idle[:n])
	w.idle = w.idle[n:]
	w.reserved += n
	w.lost = lost
	w.mu.Unlock()
	reply(got)
}

func (w *world) Unreserve(id stamp.AgentID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = append(w.idle, call.Seat{Agent: id})
}

// Claim commits, whatever becomes of who asked.
func (w *world) Claim(ctx context.Context, _ stamp.CampaignID, n int) (Claim, error) {
	time.Sleep(10 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return Claim{}, errors.New("away")
	}
	n = min(n, len(w.list))
	got := w.list[:n]
	w.list = w.list[n:]
	return Claim{Leads: got}, ctx.Err()
}

func (w *world) Withdraw(_ context.Context, attempts []stamp.ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf > 0 {
		w.deaf--
		return errors.New("away")
	}
	w.withdrawn = append(w.withdrawn, attempts...)
	return nil
}

func (w *world) Open(_ time.Time, _ Campaign, l Lead, s call.Seat, ended func(string)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.full {
		return errors.New("trunk full")
	}
	w.opened = append(w.opened, string(l.ID)+" for "+string(s.Agent))
	if w.down {
		w.idle = append(w.idle, s)
		ended("failed")
		return nil
	}
	w.lines = append(w.lines, func() { w.Unreserve(s.Agent); ended("connected") })
	return nil
}

func (w *world) Reassign(_ time.Time, attempt stamp.ID, lost stamp.AgentID, s call.Seat) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved = append(w.moved, string(attempt)+" from "+string(lost)+" to "+string(s.Agent))
	return !w.deadLines
}

func (w *world) Rest(Campaign) (time.Duration, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Until(w.rests), "the trunk asked for a rest of 20s"
}

func (w *world) Record(s []stamp.Stamp, _ []stamp.Side) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stamps = append(w.stamps, s...)
	return uint64(len(w.stamps))
}

func (w *world) openedNow(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.opened, want) {
		t.Fatalf("opened %q, want %q", w.opened, want)
	}
}

func campaign(t *testing.T, w *world, story func(r *Runner)) {
	synctest.Test(t, func(t *testing.T) {
		d := Deps{Clock: stamp.NewClock(time.Now(), 1), Leads: w, Floor: w, Lines: w, Sink: w, Log: slog.New(slog.DiscardHandler)}
		r := NewRunner(Campaign{ID: "k", Mode: Progressive}, d)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { r.Run(ctx, func() string { return "manager" }) })
		story(r)
		stop()
		wg.Wait()
		last := w.stamps[len(w.stamps)-1]
		if f, ok := last.Fact.(stamp.CampaignStopped); !ok || f.Reason != "manager" {
			t.Fatalf("last stamp is %s", last.Kind())
		}
		for i, s := range w.stamps {
			if s.N != uint64(i+1) {
				t.Fatalf("stamp %d has N %d", i+1, s.N)
			}
		}
	})
}

func TestALinePerReadyAgent(t *testing.T) {
	w := &world{idle: seats(2), list: leads(3).Leads}
	campaign(t, w, func(*Runner) {
		time.Sleep(10 * time.Millisecond)
		w.openedNow(t, "l0 for a0", "l1 for a1")
		w.lines[0]() // the agent is free again: the next line at once
		time.Sleep(10 * time.Millisecond)
		w.openedNow(t, "l0 for a0", "l1 for a1", "l2 for a0")
	})
}

func TestPostgresAwayPausesDialing(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads, away: true}
	campaign(t, w, func(*Runner) {
		time.Sleep(3 * time.Second)
		w.openedNow(t)
		w.mu.Lock()
		w.away = false
		w.mu.Unlock()
		time.Sleep(3 * time.Second)
		w.openedNow(t, "l0 for a0")
	})
}

// An empty list takes no agent out of the queue.
func TestAnEmptyListReservesNobody(t *testing.T) {
	w := &world{idle: seats(2)}
	campaign(t, w, func(*Runner) { time.Sleep(time.Minute) })
	if w.reserved > 0 || len(w.stamps) > 3 {
		t.Fatalf("%d agents reserved, %d stamps", w.reserved, len(w.stamps))
	}
}

// A line that can't be opened gives its agent and its lead back.
func TestAFullTrunkGivesBack(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads, full: true}
	campaign(t, w, func(*Runner) {
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.idle) != 1 || !slices.Equal(w.withdrawn, []stamp.ID{"t0"}) {
			t.Fatalf("idle %v, withdrawn %v", w.idle, w.withdrawn)
		}
	})
}

// A trunk that takes no call must not burn the list: after 2 s, 4 s, 8 s … the
// next try, a minute at the most.
func TestATrunkThatIsDownBurnsNoList(t *testing.T) {
	w := &world{idle: seats(2), list: leads(1000).Leads, down: true}
	campaign(t, w, func(*Runner) {
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if n := len(w.opened); n < 10 || n > 20 {
			t.Fatalf("%d lines in five minutes", n)
		}
	})
}

func TestAFullTrunkIsAskedAgainLater(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1000).Leads, full: true}
	campaign(t, w, func(*Runner) { time.Sleep(time.Minute) })
	if n := len(w.withdrawn); n > 10 {
		t.Fatalf("%d claims in a minute were for nothing", n)
	}
}

// A trunk that asked for a rest gets it: no lead is claimed, no agent reserved,
// the reason is said once, and dialing goes on by itself.
func TestATrunkRests(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads, rests: time.Date(2000, 1, 1, 0, 0, 20, 0, time.UTC)} // synctest begins at 2000
	campaign(t, w, func(*Runner) {
		time.Sleep(19 * time.Second)
		w.openedNow(t)
		w.mu.Lock()
		if len(w.list) != 1 || w.reserved != 0 {
			t.Errorf("%d leads left, %d agents reserved", len(w.list), w.reserved)
		}
		w.mu.Unlock()
		time.Sleep(3 * time.Second)
		w.openedNow(t, "l0 for a0")
	})
	said := 0
	for _, s := range w.stamps {
		if f, ok := s.Fact.(stamp.DialPacing); ok && f.Because == "the trunk asked for a rest of 20s" && f.Dial == 0 {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the reason was said %d times", said)
	}
}

// Claims that can't be given back at once are given back when Postgres is there.
func TestClaimsAreGivenBackLater(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads, full: true, deaf: 3}
	campaign(t, w, func(*Runner) { time.Sleep(10 * time.Second) })
	if !slices.Equal(w.withdrawn, []stamp.ID{"t0"}) {
		t.Fatalf("withdrawn %v", w.withdrawn)
	}
}

// An end does not wait for a Postgres that is away: the next start finishes
// what is still claimed.
func TestAnEndDoesNotWaitForPostgres(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads, full: true, deaf: 1000}
	campaign(t, w, func(*Runner) { time.Sleep(time.Second) })
}

// What a turn brings after the end of its run is given back: no agent stays
// reserved, no lead stays claimed.
func TestAStopDuringAClaim(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads}
	campaign(t, w, func(*Runner) { time.Sleep(5 * time.Millisecond) })
	if len(w.idle) != 1 || !slices.Equal(w.withdrawn, []stamp.ID{"t0"}) || len(w.opened) > 0 {
		t.Fatalf("idle %v, withdrawn %v, opened %v", w.idle, w.withdrawn, w.opened)
	}
}

// The agent of a ringing line is lost: another one takes it, or nobody does and
// it is given up.
func TestALostAgentsLine(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads}
	campaign(t, w, func(*Runner) {
		time.Sleep(20 * time.Millisecond)
		w.Unreserve("a7")
		w.lost(call.Seat{Agent: "a0"})
		synctest.Wait()
		w.lost(call.Seat{Agent: "a7"})
		w.lost(call.Seat{Agent: "stranger"})
		synctest.Wait()
		if want := []string{"t0 from a0 to a7", "t0 from a7 to "}; !slices.Equal(w.moved, want) {
			t.Errorf("moved %q, want %q", w.moved, want)
		}
		w.lines[0]()
	})
}

// An agent for a line that has ended meanwhile is given back.
func TestALostAgentsLineHasEnded(t *testing.T) {
	w := &world{idle: seats(1), list: leads(1).Leads, deadLines: true}
	campaign(t, w, func(*Runner) {
		time.Sleep(20 * time.Millisecond)
		w.Unreserve("a7")
		w.lost(call.Seat{Agent: "a0"})
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.idle) != 1 || w.idle[0].Agent != "a7" {
			t.Errorf("idle are %v", w.idle)
		}
	})
}

// A run that was stopped still looks after the lines that ring.
func TestAStoppedRunsLineLosesItsAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{idle: seats(1), list: leads(1).Leads}
		d := Deps{Clock: stamp.NewClock(time.Now(), 1), Leads: w, Floor: w, Lines: w, Sink: w, Log: slog.New(slog.DiscardHandler)}
		r := NewRunner(Campaign{ID: "k", Mode: Progressive}, d)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			r.Run(ctx, func() string { return "manager" })
			r.Linger(t.Context())
		})
		time.Sleep(20 * time.Millisecond)
		stop()
		synctest.Wait()
		w.lost(call.Seat{Agent: "a0"})
		synctest.Wait()
		if want := []string{"t0 from a0 to "}; !slices.Equal(w.moved, want) {
			t.Errorf("moved %q, want %q", w.moved, want)
		}
		w.lines[0]()
		wg.Wait() // the last line has ended, and so does the run's care
		w.lost(call.Seat{Agent: "a0"})
	})
}

func TestAHaltedRunDialsNothing(t *testing.T) {
	w := &world{list: leads(1).Leads}
	campaign(t, w, func(r *Runner) {
		r.Halt(true, "disk")
		synctest.Wait()
		w.Unreserve("a0")
		time.Sleep(2 * time.Second)
		w.openedNow(t)
		r.Halt(false, "")
		time.Sleep(2 * time.Second)
		w.openedNow(t, "l0 for a0")
	})
}
