package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is what tests open with: no reserve, no log.
func quiet() Options {
	return Options{ReserveBytes: -1, Log: slog.New(slog.DiscardHandler)}
}

func open(t testing.TB, dir string, opts Options) *Journal {
	t.Helper()
	j, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func shut(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// story returns the first n stamps of an agent session.
func story(session stamp.ID, n int) []stamp.Stamp {
	stamps := make([]stamp.Stamp, n)
	for i := range stamps {
		at := int64(1_700_000_000_000_000 + i*1_000_000)
		stamps[i] = stamp.Stamp{
			Org: "org-1", Subject: stamp.Subject{Kind: stamp.SubjectAgent, ID: session}, N: uint64(i + 1),
			Instant: stamp.Instant{At: at, Mono: int64(i) * 1_000_000, Boot: 1}, Actor: stamp.Agent, Phase: stamp.StateReady,
			Fact: stamp.AgentStateChanged{Agent: "a-1", From: stamp.StatePaused, To: stamp.StateReady},
		}
	}
	return stamps
}

func party(id, number string) Side {
	return Side{Kind: Party, ID: id, Org: "org-1", Data: fmt.Appendf(nil, `{"number":%q}`, number)}
}

func synced(t testing.TB, j *Journal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := j.Sync(ctx); err != nil {
		t.Fatal(err)
	}
}

// entries reads all that is durable, from the given Seq on.
func entries(t testing.TB, j *Journal, from uint64) []Entry {
	t.Helper()
	r, err := j.Reader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []Entry
	for e, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestWhatIsAppendedIsRead(t *testing.T) {
	j := open(t, t.TempDir(), quiet())
	if seq := j.Append(story("s-1", 3), []Side{party("p-1", "0912"), {Kind: Note, ID: "n-1", Data: []byte(`"hello"`)}}); seq != 3 {
		t.Fatalf("Append returned %d, want 3", seq)
	}
	if seq := j.Append(nil, []Side{{Kind: Dialog, ID: "c-1/2", Org: "o", Data: []byte(`{}`)}}); seq != 3 {
		t.Fatalf("Append of a side entry alone returned %d, want 3", seq)
	}
	if seq := j.Append(story("s-2", 1), nil); seq != 4 {
		t.Fatalf("Append returned %d, want 4", seq)
	}
	synced(t, j)
	got := entries(t, j, 0)
	var head Hash
	for i, e := range got {
		head = head.Next(e.Bytes)
		if e.Seq != uint64(i+1) || e.Stamp.Seq != e.Seq || e.Stamp.Node != j.Node() || e.Hash != head {
			t.Errorf("entry %d: seq %d, stamp %d of %s, hash %s, want %s", i, e.Seq, e.Stamp.Seq, e.Stamp.Node, e.Hash, head)
		}
		again, err := stamp.Encode(e.Stamp)
		if err != nil || !bytes.Equal(again, e.Bytes) {
			t.Errorf("entry %d is not canonical: %s, %v", i, e.Bytes, err)
		}
	}
	var sides []string
	for _, e := range got {
		for _, s := range e.Sides {
			sides = append(sides, fmt.Sprintf("%d %s %s %s %s", e.Seq, s.Kind, s.ID, s.Org, s.Data))
		}
	}
	want := []string{`1 party p-1 org-1 {"number":"0912"}`, `1 note n-1  "hello"`, `4 dialog c-1/2 o {}`}
	if len(got) != 4 || !slices.Equal(sides, want) {
		t.Fatalf("read %d entries with sides %q, want 4 with %q", len(got), sides, want)
	}
	if tail := entries(t, j, 4); len(tail) != 1 || len(tail[0].Sides) != 1 {
		t.Fatalf("from 4 on: %+v", tail)
	}
}

func TestSeqGoesOnOverBoots(t *testing.T) {
	dir := t.TempDir()
	var node stamp.NodeID
	for boot := uint32(1); boot <= 4; boot++ {
		j := open(t, dir, quiet())
		if j.Boot() != boot || node != "" && j.Node() != node {
			t.Fatalf("boot %d of %s, want %d of %s", j.Boot(), j.Node(), boot, node)
		}
		node = j.Node()
		if seq, want := j.Append(story("s", 5), nil), uint64(boot)*5; seq != want {
			t.Fatalf("boot %d: seq %d, want %d", boot, seq, want)
		}
		shut(t, j)
		sum, err := Verify(dir)
		if err != nil || sum.Last != uint64(boot)*5 || sum.Segments != int(boot) || sum.Torn != 0 {
			t.Fatalf("boot %d: %+v, %v", boot, sum, err)
		}
	}
	j := open(t, dir, quiet())
	if want := story("s", 5)[4].Instant; j.Last() != want {
		t.Errorf("last instant %+v, want %+v", j.Last(), want)
	}
	if got := entries(t, j, 8); len(got) != 13 || got[0].Seq != 8 {
		t.Errorf("from 8 on: %d entries", len(got))
	}
}

func TestOneProcessWrites(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	if _, err := Open(dir, quiet()); !errors.Is(err, ErrLocked) {
		t.Fatalf("second Open: %v, want ErrLocked", err)
	}
	shut(t, j)
	shut(t, j)
	open(t, dir, quiet())
}

func TestSegmentsFollowEachOther(t *testing.T) {
	dir := t.TempDir()
	opts := quiet()
	opts.SegmentBytes = 2000
	opts.SyncEvery = time.Nanosecond
	j := open(t, dir, opts)
	for i := range 60 {
		j.Append(story("s", 1), []Side{party(fmt.Sprint("p-", i), "1")})
		synced(t, j)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*.seg"))
	if len(names) < 10 {
		t.Fatalf("%d segments, want at least 10", len(names))
	}
	for from := uint64(1); from <= 61; from++ {
		got := entries(t, j, from)
		if len(got) != int(61-from) {
			t.Fatalf("from %d: %d entries, want %d", from, len(got), 61-from)
		}
		for _, e := range got {
			if len(e.Sides) != 1 || e.Sides[0].ID != fmt.Sprint("p-", e.Seq-1) {
				t.Fatalf("from %d: entry %d has sides %+v", from, e.Seq, e.Sides)
			}
		}
	}
	shut(t, j)
	if sum, err := Verify(dir); err != nil || sum.Last != 60 || sum.Sides != 60 {
		t.Fatalf("%+v, %v", sum, err)
	}
}

// Side entries behind a boot's last stamp travel with the next boot's first,
// also for a reader that begins there.
func TestLooseSidesAreNotLost(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	j.Append(story("s", 2), nil)
	j.Append(nil, []Side{{Kind: Dialog, ID: "d-1", Data: []byte(`{"cseq":2}`)}})
	shut(t, j)
	j = open(t, dir, quiet())
	j.Append(story("s", 2), []Side{party("p-1", "0912")})
	synced(t, j)
	got := entries(t, j, 3)
	if len(got) != 2 || len(got[0].Sides) != 2 || got[0].Sides[0].ID != "d-1" || got[0].Sides[1].ID != "p-1" {
		t.Fatalf("from 3 on: %+v", got)
	}
	if sides := entries(t, j, 4)[0].Sides; len(sides) != 0 {
		t.Errorf("stamp 4 has sides %+v", sides)
	}
}

func TestNotifyKeepsTheOrder(t *testing.T) {
	j := open(t, t.TempDir(), quiet())
	var got []string
	for i, seq := range []uint64{5, 3, 9, 1, 3, 200, 3, 5} {
		j.Notify(seq, func() {
			if j.Durable() < seq {
				t.Errorf("called for %d when %d is durable", seq, j.Durable())
			}
			got = append(got, fmt.Sprintf("%d asked %d", seq, i))
		})
	}
	j.Append(story("s", 10), nil)
	done := make(chan struct{})
	j.Notify(10, func() { close(done) })
	<-done
	shut(t, j) // 200 never comes
	want := []string{"1 asked 3", "3 asked 1", "3 asked 4", "3 asked 6", "5 asked 0", "5 asked 7", "9 asked 2"}
	if !slices.Equal(got, want) {
		t.Fatalf("called for %q, want %q", got, want)
	}
}

func TestCloseWritesAll(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	called := 0
	for range 500 {
		j.Notify(j.Append(story("s", 2), nil), func() { called++ })
	}
	shut(t, j)
	if called != 500 {
		t.Errorf("%d of 500 were called back", called)
	}
	if seq := j.Append(story("s", 2), nil); seq != 0 || j.Health().Refused != 2 {
		t.Errorf("Append after Close: seq %d, %d refused", seq, j.Health().Refused)
	}
	if got := entries(t, j, 1); len(got) != 1000 {
		t.Errorf("%d entries, want 1000", len(got))
	}
}

func TestAppendRefusesWhatCantBeWritten(t *testing.T) {
	j := open(t, t.TempDir(), quiet())
	for name, side := range map[string]Side{
		"no id":   {Kind: Party, Data: []byte("{}")},
		"no data": {Kind: Party, ID: "p"},
		"no kind": {ID: "p", Data: []byte("{}")},
		"long id": {Kind: Party, ID: string(make([]byte, 256)), Data: []byte("{}")},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			j.Append(story("s", 1), []Side{side})
		}()
	}
	if seq := j.Append(story("s", 1), nil); seq != 1 {
		t.Errorf("seq %d, want 1: a refused stamp left a gap", seq)
	}
}
