package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/exchange"
	"github.com/callstamp/callstamp/media/tape"
	"github.com/callstamp/callstamp/store/postgres"
)

// tapes are the files of recordings. A file's name says how far it is:
//
//	CALL-NO.part   is being written; after a crash it is given its end
//	CALL-NO.done   has its end; its row is still to be written
//	CALL-NO.tape   is in Postgres
//
// So nothing is lost where Postgres is away: the sweep does what is left.
type tapes struct {
	dir   string // node.data_dir/recordings
	keys  *tape.Keyring
	node  stamp.NodeID
	store *postgres.Store
	stamp func(stamp.Fact) uint64 // the node's own
	disk  func() ledger.State
	log   *slog.Logger

	mu   sync.Mutex
	open map[string]bool // paths that are being written
}

// errDiskLow: what is left of the disk is for the journal.
var errDiskLow = errors.New("the disk of node.data_dir is nearly full")

const (
	partSuffix, doneSuffix, tapeSuffix = ".part", ".done", ".tape"
	// storeWait bounds the writing of a row; the sweep does it later.
	storeWait = 5 * time.Second
)

func newTapes(a *app) (*tapes, error) {
	keys, err := tape.OpenKeyring(filepath.Join(a.config.Node.DataDir, "keys"))
	if err != nil {
		return nil, err
	}
	return &tapes{
		dir: a.config.Node.RecordingsDir(), keys: keys, node: a.journal.Node(), store: a.store, stamp: a.node.Record,
		disk: func() ledger.State { return a.journal.Health().State }, log: a.log, open: map[string]bool{},
	}, nil
}

// Open implements exchange.Tapes.
func (t *tapes) Open(r exchange.Recording) (exchange.Tape, error) {
	if t.disk() != ledger.Ok {
		return nil, errDiskLow
	}
	began := stamp.Wall()
	base := filepath.Join(t.dir, began.UTC().Format("2006/01/02"), fmt.Sprintf("%s-%d", r.Call, r.No))
	if err := os.MkdirAll(filepath.Dir(base), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of recordings: %w", err)
	}
	label := tape.Label{
		ID: fmt.Sprintf("%s/%d", r.Call, r.No), Call: string(r.Call), No: int(r.No), Kind: string(r.Kind),
		Law: r.Law.String(), Channels: r.Channels, Began: began.UnixMicro(),
	}
	w, err := tape.Create(base+partSuffix, t.keys, label)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[base+partSuffix] = true
	return &oneTape{all: t, base: base, w: w}, nil
}

// oneTape is a file that is being written.
type oneTape struct {
	all  *tapes
	base string
	w    *tape.Writer
}

// Write implements exchange.Tape: it stops before the journal's reserve is touched.
func (o *oneTape) Write(sound []byte) (int, error) {
	if o.all.disk() != ledger.Ok {
		return 0, errDiskLow
	}
	return o.w.Write(sound)
}

// Close implements exchange.Tape.
func (o *oneTape) Close(why stamp.RecordingEnd, gaps []exchange.Gap) {
	t := o.all
	trailer := tape.Trailer{Why: string(why)}
	for _, g := range gaps {
		trailer.Gaps = append(trailer.Gaps, tape.Gap{FromUS: g.From.Microseconds(), ToUS: g.To.Microseconds(), Why: "paused"})
	}
	_, err := o.w.Close(trailer)
	if err != nil {
		t.log.Error("recording not ended; it is as soon as there is room", "path", o.base, "err", err)
	}
	t.mu.Lock()
	delete(t.open, o.base+partSuffix)
	t.mu.Unlock()
	if err == nil {
		err = t.shelve(context.Background(), o.base)
	}
	if err != nil {
		t.log.Warn("recording not in Postgres yet, trying again later", "path", o.base, "err", err)
	}
}

// shelve takes a file that has its end through the rest of its way.
func (t *tapes) shelve(ctx context.Context, base string) error {
	if err := move(base+partSuffix, base+doneSuffix); err != nil {
		return err
	}
	row, err := t.read(base)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if err := t.store.AddRecording(ctx, row); err != nil {
		return err
	}
	// BEFORE the last name: after a crash in between it is stamped twice, not never.
	t.stamp(stamp.RecStored{
		Call: row.Call, Recording: row.No, LengthUS: row.LengthUS, Bytes: row.FileBytes, Gaps: len(row.Gaps),
		WAV: row.WAVSum, File: row.FileSum, Key: row.Key, Truncated: row.Truncated,
	})
	return move(base+doneSuffix, base+tapeSuffix)
}

// move renames a file, durably; one that has moved already is none to move.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("name recording: %w", err)
	}
	return syncFolder(filepath.Dir(to))
}

// read makes the row of a file that has its end.
func (t *tapes) read(base string) (row postgres.Recording, err error) {
	r, err := tape.Open(base+doneSuffix, t.keys)
	if err != nil {
		return row, err
	}
	defer r.Close()
	end, err := r.Trailer()
	if err != nil {
		return row, err
	}
	size, sum, err := sumOf(base + doneSuffix)
	if err != nil {
		return row, err
	}
	path, err := filepath.Rel(t.dir, base+tapeSuffix)
	if err != nil {
		return row, err
	}
	l := r.Label()
	row = postgres.Recording{
		Call: stamp.ID(l.Call), No: stamp.RecordingNo(l.No), Node: t.node, Kind: stamp.RecordingKind(l.Kind), Path: filepath.ToSlash(path),
		BeganAt: l.Began, LengthUS: l.LengthUS(end.Bytes), Law: l.Law, Channels: l.Channels, WAVBytes: r.Size(), FileBytes: size,
		WAVSum: end.WAV, FileSum: sum, Key: l.KeyID, Why: stamp.RecordingEnd(end.Why), Truncated: end.Truncated,
	}
	for _, g := range end.Gaps {
		row.Gaps = append(row.Gaps, postgres.RecordingGap(g))
	}
	return row, nil
}

// sumOf is a file's size and SHA-256.
func sumOf(path string) (int64, string, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", fmt.Errorf("sum up recording: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return 0, "", fmt.Errorf("sum up recording: %w", err)
	}
	return n, hex.EncodeToString(h.Sum(nil)), nil
}
