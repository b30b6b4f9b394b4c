package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/tape"
	"github.com/callstamp/callstamp/store/postgres"
)

const (
	// tapesSwept is how often what is left over is looked for, and what is overdue.
	tapesSwept = 5 * time.Minute
	// overdueAtOnce bounds one look; the next one goes on.
	overdueAtOnce = 1000
)

// run sweeps at the start, for what a crash has left, and then now and then
// until ctx ends.
func (t *tapes) run(ctx context.Context) {
	tick := time.NewTicker(tapesSwept)
	defer tick.Stop()
	for {
		t.sweep(ctx)
		t.forgetOverdue(ctx, stamp.Wall())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep takes files through the rest of their way.
func (t *tapes) sweep(ctx context.Context) {
	err := filepath.WalkDir(t.dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !entry.Type().IsRegular() {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := t.finish(ctx, path); err != nil && ctx.Err() == nil {
			t.log.Warn("recording left over, trying again later", "path", path, "err", err)
		}
		return ctx.Err()
	})
	if err != nil && ctx.Err() == nil {
		t.log.Warn("recordings not swept, trying again later", "err", err)
	}
}

// finish does what is left to do for one file.
func (t *tapes) finish(ctx context.Context, path string) error {
	if base, ok := strings.CutSuffix(path, doneSuffix); ok {
		return t.shelve(ctx, base)
	}
	base, ok := strings.CutSuffix(path, partSuffix)
	if !ok || t.writing(path) {
		return nil
	}
	end, err := tape.Repair(path, t.keys)
	if errors.Is(err, tape.ErrTape) {
		t.log.Warn("recording has not even its beginning, removed", "path", path, "err", err)
		return os.Remove(path)
	}
	if err != nil {
		return err
	}
	if end.Truncated {
		t.log.Info("recording was cut off; it is kept up to there", "path", path, "bytes", end.Bytes)
	}
	return t.shelve(ctx, base)
}

func (t *tapes) writing(path string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open[path]
}

// forgetOverdue deletes what was kept for as long as its queue says.
func (t *tapes) forgetOverdue(ctx context.Context, now time.Time) {
	all, err := t.store.OverdueRecordings(ctx, t.node, now, overdueAtOnce)
	if err != nil {
		if ctx.Err() == nil {
			t.log.Warn("overdue recordings not deleted, trying again later", "err", err)
		}
		return
	}
	for _, r := range all {
		if err := t.remove(ctx, r, ""); err != nil && ctx.Err() == nil {
			t.log.Warn("overdue recording not deleted, trying again later", "call", r.Call, "err", err)
		}
	}
}

// remove deletes the file first: a row that says "deleted" is true.
func (t *tapes) remove(ctx context.Context, r postgres.Recording, by stamp.AgentID) error {
	if err := os.Remove(filepath.Join(t.dir, filepath.FromSlash(r.Path))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := t.store.DeleteRecording(ctx, r.Call, r.No, by); err != nil {
		return err
	}
	t.stamp(stamp.RecDeleted{Call: r.Call, Recording: r.No, By: by})
	return nil
}
