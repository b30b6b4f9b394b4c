package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// beat runs a boot of the node for d and returns its stamps as lines, without
// node.alive, and when those came.
func beat(t *testing.T, dir string, d time.Duration) (lines []string, alive []time.Time) {
	t.Helper()
	j := open(t, dir, quiet())
	from := j.Appended() + 1
	s := NewNodeStamper(j, stamp.NewClock(time.Now(), j.Boot()))
	s.Started("1.2.3")
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	s.Run(ctx)
	shut(t, j)
	for i, e := range entries(t, j, from) {
		if want := fmt.Sprintf("node:%s.%d", j.Node(), j.Boot()); e.Stamp.Subject.String() != want || e.Stamp.N != uint64(i+1) {
			t.Errorf("stamp %d of %s, want %d of %s", e.Stamp.N, e.Stamp.Subject, i+1, want)
		}
		at := time.UnixMicro(e.Stamp.At).UTC()
		if e.Stamp.Kind() == "node.alive" {
			alive = append(alive, at)
			continue
		}
		line := at.Format("02 15:04:05.000000 ") + string(e.Stamp.Kind())
		if cut, ok := e.Stamp.Fact.(stamp.BucketClosed); ok {
			line += cut.Bucket.Time().Format(" 02 15:04")
		}
		lines = append(lines, line)
	}
	return lines, alive
}

// A bubble's clock begins at midnight UTC, 2000-01-01.
func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(7*time.Minute + 123456*time.Microsecond)
		began := time.Now().UTC()
		lines, alive := beat(t, t.TempDir(), 31*time.Minute)
		want := []string{
			"01 00:07:00.123456 node.started",
			"01 00:15:02.000000 bucket.closed 01 00:00",
			"01 00:30:02.000000 bucket.closed 01 00:15",
			"01 00:38:00.123456 node.stopped",
		}
		if !slices.Equal(lines, want) {
			t.Errorf("stamps:\n%q\nwant:\n%q", lines, want)
		}
		if len(alive) < 31*60 || len(alive) > 31*60+1 { // the last second may end the boot
			t.Errorf("%d beats in 31 minutes", len(alive))
		}
		for i, at := range alive {
			if want := began.Add(time.Duration(i) * time.Second); !at.Equal(want) {
				t.Fatalf("beat %d at %v, want %v", i, at, want)
			}
		}
	})
}

// A boot closes the buckets that the ones before left open, and those during
// which there was no boot.
func TestCutsOfEarlierBoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		midnight := time.Now()
		until := func(d time.Duration) { time.Sleep(time.Until(midnight.Add(d))) } // closing takes some ms
		until(14 * time.Minute)
		first, _ := beat(t, dir, 61*time.Second+500*time.Millisecond) // to 00:15:01.5: before the cut
		until(45*time.Minute + 1500*time.Millisecond)
		second, _ := beat(t, dir, time.Minute)
		until(59*time.Minute + 1500*time.Millisecond)
		third, _ := beat(t, dir, time.Minute)
		for i, c := range []struct{ got, want []string }{
			{first, []string{
				"01 00:14:00.000000 node.started",
				"01 00:15:01.500000 node.stopped",
			}},
			{second, []string{
				"01 00:45:01.500000 node.started",
				"01 00:45:01.500000 bucket.closed 01 00:00",
				"01 00:45:01.500000 bucket.closed 01 00:15",
				"01 00:45:02.000000 bucket.closed 01 00:30",
				"01 00:46:01.500000 node.stopped",
			}},
			{third, []string{
				"01 00:59:01.500000 node.started",
				"01 01:00:01.500000 node.stopped",
			}},
		} {
			if !slices.Equal(c.got, c.want) {
				t.Errorf("boot %d:\n%q\nwant:\n%q", i+1, c.got, c.want)
			}
		}
		until(time.Hour + 2500*time.Millisecond)
		if fourth, _ := beat(t, dir, time.Second); len(fourth) != 3 || fourth[1] != "01 01:00:02.500000 bucket.closed 01 00:45" {
			t.Errorf("boot 4: %q", fourth)
		}
		time.Sleep(40 * 24 * time.Hour)
		if fifth, _ := beat(t, dir, time.Second); len(fifth) != 3 || !strings.HasSuffix(fifth[1], "bucket.closed 01 01:00") {
			t.Errorf("boot 5: %q", fifth)
		}
	})
}

// The wall clock is set in the middle of a boot: the step is stamped within a
// second, beats go on by the monotonic clock, what was leapt over is closed at
// once, what comes again is closed again.
func TestSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now() // midnight
		turns := []struct{ after, by time.Duration }{
			{7*time.Minute + 300*time.Millisecond, time.Hour},          // 00:07 → 01:07
			{25*time.Minute + 300*time.Millisecond, -30 * time.Minute}, // 01:25 → 00:55
			{46*time.Minute + 300*time.Millisecond, 40 * 24 * time.Hour},
			{47*time.Minute + 300*time.Millisecond, 99 * time.Millisecond}, // none
		}
		wall := func() time.Time {
			now := time.Now()
			shown := now
			for _, turn := range turns {
				if now.Sub(began) >= turn.after {
					shown = shown.Add(turn.by)
				}
			}
			return shown
		}
		j := open(t, t.TempDir(), quiet())
		s := NewNodeStamper(j, stamp.NewClockBy(wall, j.Boot()))
		var told []time.Duration
		s.OnStep(func(us int64) { told = append(told, time.Duration(us)*time.Microsecond) })
		ctx, cancel := context.WithTimeout(context.Background(), 62*time.Minute)
		defer cancel()
		s.Run(ctx)
		shut(t, j)
		var lines []string
		last := stamp.Instant{}
		for _, e := range entries(t, j, 1) {
			if gap := e.Stamp.Mono - last.Mono; gap < 0 || gap > 1_000_000 {
				t.Errorf("stamp %d comes %d µs after the one before", e.Seq, gap)
			}
			last = e.Stamp.Instant
			line := time.UnixMicro(e.Stamp.At).UTC().Format("Jan 02 15:04:05 ") + string(e.Stamp.Kind())
			switch f := e.Stamp.Fact.(type) {
			case stamp.NodeAlive:
				continue
			case stamp.ClockStep:
				line += " " + (time.Duration(f.StepUS) * time.Microsecond).String()
			case stamp.BucketClosed:
				line += f.Bucket.Time().Format(" Jan 02 15:04")
			}
			lines = append(lines, line)
		}
		want := []string{
			"Jan 01 01:07:01 clock.step 1h0m0s",
			"Jan 01 01:07:01 bucket.closed Jan 01 00:00",
			"Jan 01 01:07:01 bucket.closed Jan 01 00:15",
			"Jan 01 01:07:01 bucket.closed Jan 01 00:30",
			"Jan 01 01:07:01 bucket.closed Jan 01 00:45",
			"Jan 01 01:15:02 bucket.closed Jan 01 01:00",
			"Jan 01 00:55:01 clock.step -30m0s",
			"Jan 01 01:00:02 bucket.closed Jan 01 00:45", // again
			"Jan 01 01:15:02 bucket.closed Jan 01 01:00", // again
			"Feb 10 01:16:01 clock.step 960h0m0s",
			"Feb 10 01:16:01 bucket.closed Jan 01 01:15", // the month and more between is left out
			"Feb 10 01:30:02 bucket.closed Feb 10 01:15",
			"Feb 10 01:32:00 node.stopped",
		}
		if !slices.Equal(lines, want) {
			t.Errorf("stamps:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
		if wantTold := []time.Duration{time.Hour, -30 * time.Minute, 40 * 24 * time.Hour}; !slices.Equal(told, wantTold) {
			t.Errorf("told of %v, want %v", told, wantTold)
		}
	})
}

// A clock that was set back while the node was down: its hours are closed again.
func TestSetBackWhileDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		beat(t, dir, 31*time.Minute)
		j := open(t, dir, quiet())
		from := j.Appended() + 1
		s := NewNodeStamper(j, stamp.NewClockBy(func() time.Time { return time.Now().Add(-20 * time.Minute) }, j.Boot()))
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
		defer cancel()
		s.Run(ctx)
		shut(t, j)
		var closed []string
		for _, e := range entries(t, j, from) {
			if cut, ok := e.Stamp.Fact.(stamp.BucketClosed); ok {
				closed = append(closed, time.UnixMicro(e.Stamp.At).UTC().Format("15:04:05 ")+cut.Bucket.Time().Format("15:04"))
			}
		}
		if want := []string{"00:15:02 00:00", "00:30:02 00:15"}; !slices.Equal(closed, want) {
			t.Errorf("closed %v, want %v", closed, want)
		}
	})
}

func TestRecorder(t *testing.T) {
	j := open(t, t.TempDir(), quiet())
	r := NewRecorder(j)
	posted := make(chan uint64, 2)
	r.AfterDurable(func(seq uint64) { posted <- seq }) // nothing recorded: at once
	if seq := <-posted; seq != 0 {
		t.Errorf("posted %d, want 0", seq)
	}
	if seq := r.Record(story("s", 3), party("p-1", "0912")); seq != 3 || r.Last() != 3 {
		t.Errorf("recorded up to %d, last %d", seq, r.Last())
	}
	j.Append(story("other", 5), nil)
	if seq := r.Record(nil); seq != 3 {
		t.Errorf("recording nothing gives %d, want 3", seq)
	}
	r.AfterDurable(func(seq uint64) { posted <- seq })
	if seq := <-posted; seq != 3 || j.Durable() < 3 {
		t.Errorf("posted %d when %d is durable", seq, j.Durable())
	}
}
