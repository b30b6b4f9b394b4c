package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/exchange"
	"github.com/callstamp/callstamp/media/tape"
	"github.com/callstamp/callstamp/store/postgres"
)

// reel is a shelf of tapes on a real disk and a real database.
type reelHouse struct {
	*testing.T
	*tapes
	state  ledger.State
	stamps []stamp.Fact
}

const tapedCall stamp.ID = "019aa511-29f8-7c4e-9d35-5f0b6c1e2a44"

func newReels(t *testing.T) *reelHouse {
	t.Helper()
	store := emptyStore(t)
	fine(t, store.PutOrganisation(t.Context(), "test", postgres.Organisation{Name: "Acme", Zone: "UTC", Language: "en", Currency: "USD"}))
	keys, err := tape.OpenKeyring(filepath.Join(t.TempDir(), "keys"))
	fine(t, err)
	h := &reelHouse{T: t, state: ledger.Ok}
	h.tapes = &tapes{
		dir: filepath.Join(t.TempDir(), "recordings"), keys: keys, node: "n1", store: store, open: map[string]bool{},
		stamp: func(f stamp.Fact) uint64 { h.stamps = append(h.stamps, f); return 0 },
		disk:  func() ledger.State { return h.state }, log: slog.New(slog.DiscardHandler),
	}
	return h
}

func (h *reelHouse) begin(no stamp.RecordingNo) exchange.Tape {
	h.Helper()
	one, err := h.Open(exchange.Recording{Call: tapedCall, No: no, Kind: stamp.RecordingCall, Law: media.PCMA, Channels: 2})
	fine(h.T, err)
	return one
}

func (h *reelHouse) rows() []postgres.Recording {
	h.Helper()
	rows, err := h.store.Recordings(context.Background(), tapedCall)
	fine(h.T, err)
	return rows
}

func (h *reelHouse) kinds() (all []stamp.Kind) {
	for _, f := range h.stamps {
		all = append(all, f.Kind())
	}
	return all
}

// files are the names on the shelf.
func (h *reelHouse) files() (names []string) {
	h.Helper()
	_ = filepath.WalkDir(h.dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, filepath.Ext(e.Name()))
		}
		return nil
	})
	return names
}

var anna = api.User{ID: "anna"} //nolint:gochecknoglobals // read-only

// A recording is written, stands in the database with its sums, is heard in
// parts, each of which is logged and stamped, and is deleted.
func TestTapeIsKeptHeardAndDeleted(t *testing.T) {
	h := newReels(t)
	sound := bytes.Repeat([]byte{0x55, 0xd5, 0x2a}, 20000)
	one := h.begin(1)
	if _, err := one.Write(sound); err != nil {
		t.Fatal(err)
	}
	h.sweep(t.Context()) // must leave alone what is being written
	one.Close(stamp.RecordedAll, []exchange.Gap{{From: time.Second, To: 2 * time.Second}})
	rows := h.rows()
	if len(rows) != 1 || rows[0].WAVBytes != 58+60000 || rows[0].LengthUS != 3_750_000 || rows[0].State != "stored" || rows[0].Why != stamp.RecordedAll ||
		!slices.Equal(rows[0].Gaps, []postgres.RecordingGap{{FromUS: 1e6, ToUS: 2e6, Why: "paused"}}) {
		t.Fatalf("%+v", rows)
	}
	if got := h.files(); !slices.Equal(got, []string{".tape"}) {
		t.Errorf("files %q", got)
	}
	p := playback{h.tapes, &people{}}
	opened, err := p.Play(t.Context(), string(tapedCall), 1)
	fine(t, err)
	all, err := io.ReadAll(opened)
	if err != nil || !bytes.Equal(all[58:], sound) || opened.Size != int64(len(all)) {
		t.Errorf("%d bytes read, %v", len(all), err)
	}
	fine(t, opened.Log(t.Context(), anna, 58, 1000))
	fine(t, opened.Close())
	fine(t, p.tapes.remove(t.Context(), rows[0], anna.ID))
	if _, err := p.Play(t.Context(), string(tapedCall), 1); err == nil {
		t.Error("a deleted recording is heard")
	}
	log, err := h.store.AccessLog(t.Context(), tapedCall, 1, 10)
	fine(t, err)
	if len(log) != 2 || log[0].What != "deleted" || log[1] != (postgres.Access{At: log[1].At, User: "anna", What: "played", From: 58, To: 1000}) {
		t.Errorf("log %+v", log)
	}
	if got := h.kinds(); !slices.Equal(got, []stamp.Kind{"rec.stored", "rec.accessed", "rec.deleted"}) || len(h.files()) != 0 {
		t.Errorf("stamps %q, files %q", got, h.files())
	}
	if f := h.stamps[0].(stamp.RecStored); f.WAV != rows[0].WAVSum || f.File == "" || f.Gaps != 1 || f.Key != rows[0].Key {
		t.Errorf("%+v", f)
	}
}

// What a crash leaves is given its end and its row at the next start; what is not
// even a label is removed.
func TestSweepAfterACrash(t *testing.T) {
	h := newReels(t)
	one := h.begin(1).(*oneTape)
	if _, err := one.Write(make([]byte, 40000)); err != nil {
		t.Fatal(err)
	}
	fine(t, one.w.Abandon())
	fine(t, os.WriteFile(one.base+"9"+partSuffix, nil, 0o600))
	h.open = map[string]bool{} // another process
	h.sweep(t.Context())
	h.sweep(t.Context())
	rows := h.rows()
	if len(rows) != 1 || !rows[0].Truncated || rows[0].WAVBytes != 58+32000 || rows[0].Why != stamp.RecordedCutOff {
		t.Fatalf("%+v", rows)
	}
	if got := h.files(); !slices.Equal(got, []string{".tape"}) || !slices.Equal(h.kinds(), []stamp.Kind{"rec.stored"}) {
		t.Errorf("files %q, stamps %q", got, h.kinds())
	}
}

// Postgres is away when a recording ends: the row comes with the next sweep.
func TestTapeWithoutPostgres(t *testing.T) {
	h := newReels(t)
	there := h.store
	away, err := postgres.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1")
	fine(t, err)
	defer away.Close()
	one := h.begin(1)
	h.store = away.For(acme)
	one.Close(stamp.RecordedAll, nil)
	h.store = there
	if len(h.rows()) != 0 || !slices.Equal(h.files(), []string{".done"}) {
		t.Fatalf("%d rows, files %q", len(h.rows()), h.files())
	}
	h.sweep(t.Context())
	if len(h.rows()) != 1 || !slices.Equal(h.files(), []string{".tape"}) {
		t.Errorf("%d rows, files %q", len(h.rows()), h.files())
	}
}

// The journal's reserve is not ours: what is begun ends, what is new does not begin.
func TestTapeOnAFullDisk(t *testing.T) {
	h := newReels(t)
	one := h.begin(1)
	if _, err := one.Write(make([]byte, 16000)); err != nil {
		t.Fatal(err)
	}
	h.state = ledger.Low
	if _, err := one.Write(make([]byte, 16000)); !errors.Is(err, errDiskLow) {
		t.Errorf("written to a full disk: %v", err)
	}
	if _, err := h.Open(exchange.Recording{Call: tapedCall, No: 2, Channels: 2}); !errors.Is(err, errDiskLow) {
		t.Errorf("begun on a full disk: %v", err)
	}
	one.Close(stamp.RecordedDiskFull, nil)
	if rows := h.rows(); len(rows) != 1 || rows[0].WAVBytes != 58+16000 || rows[0].Why != stamp.RecordedDiskFull {
		t.Errorf("%+v", rows)
	}
}

// Retention is the queue's, of today; what has no policy any more is kept for 90 days.
func TestRetentionOfRecordings(t *testing.T) {
	h := newReels(t)
	h.begin(1).Close(stamp.RecordedAll, nil)
	now := stamp.Wall()
	h.forgetOverdue(t.Context(), now.Add(89*24*time.Hour))
	if h.rows()[0].State != "stored" {
		t.Fatal("deleted too early")
	}
	h.forgetOverdue(t.Context(), now.Add(91*24*time.Hour))
	if r := h.rows()[0]; r.State != "deleted" || r.DeletedAt == nil || r.DeletedBy != "" || len(h.files()) != 0 {
		t.Errorf("%+v, files %q", r, h.files())
	}
	h.forgetOverdue(t.Context(), now.Add(91*24*time.Hour)) // nothing is left to do
	if got := h.kinds(); !slices.Equal(got, []stamp.Kind{"rec.stored", "rec.deleted"}) {
		t.Errorf("stamps %q", got)
	}
}
