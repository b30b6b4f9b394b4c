package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/redis"
)

// Files are staged in node.data_dir/restoring, whole and durable, and then given
// their names.

func (r *restore) stageDir() string { return filepath.Join(r.config.Node.DataDir, "restoring") }

// bornFile, in a restored journal, names the backup that it came from.
const bornFile = "restored"

// freeFolder sees to it that node.data_dir has neither journal nor recordings
// of somebody else. What our own dead attempt has left goes.
func (r *restore) freeFolder(ours bool) error {
	if err := os.MkdirAll(r.config.Node.DataDir, 0o700); err != nil {
		return fmt.Errorf("make node.data_dir: %w", err)
	}
	if err := os.RemoveAll(r.stageDir()); err != nil {
		return fmt.Errorf("clear %s: %w", r.stageDir(), err)
	}
	journal := r.config.Node.JournalDir()
	born, err := os.ReadFile(filepath.Join(journal, bornFile))
	died := err == nil && ours && strings.TrimSpace(string(born)) == r.manifest.ID
	for _, dir := range []string{journal, r.config.Node.RecordingsDir()} {
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look into node.data_dir: %w", err)
		}
		if len(entries) > 0 && !died {
			return fmt.Errorf("%s is not empty: move it away, or name another folder in node.data_dir", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clear %s: %w", dir, err)
		}
	}
	return nil
}

// openTable reads a table's rows.
func (r *restore) openTable(t postgres.DumpTable) (io.ReadCloser, error) {
	for _, f := range r.manifest.Tables {
		if f.Name != t.Name {
			continue
		}
		in, err := os.Open(filepath.Join(r.cmd.Dir, f.File))
		if err != nil {
			return nil, fmt.Errorf("read backup: %w", err)
		}
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("read %s: %w", f.File, err), in.Close())
		}
		r.tell.say("database: %s, %d rows", f.Name, f.Rows)
		return &tableReader{z, in}, nil
	}
	return nil, fmt.Errorf("read backup: no file of table %s", t.Name)
}

type tableReader struct {
	*gzip.Reader
	file *os.File
}

// Close implements io.Closer.
func (t *tableReader) Close() error { return errors.Join(t.Reader.Close(), t.file.Close()) }

// stage copies journal and recordings below the data folder, durably, and
// proves the journal's chain once more where it will be used.
func (r *restore) stage() error {
	r.onFailure(func() error { return os.RemoveAll(r.stageDir()) })
	for i, f := range r.manifest.Files {
		top, _, _ := strings.Cut(f.Path, "/")
		if top != "journal" && top != "recordings" {
			continue
		}
		r.tell.say("files: %s (%d of %d)", f.Path, i+1, len(r.manifest.Files))
		if err := copyDurably(filepath.Join(r.cmd.Dir, f.Path), filepath.Join(r.stageDir(), f.Path)); err != nil {
			return err
		}
	}
	dir := filepath.Join(r.stageDir(), "journal")
	if err := durableFile(filepath.Join(dir, bornFile), []byte(r.manifest.ID+"\n")); err != nil {
		return err
	}
	sum, err := ledger.Verify(dir)
	if err != nil {
		return fmt.Errorf("prove the restored journal: %w", err)
	}
	if at, err := journalOf(dir, sum); err != nil || at != r.manifest.Journal {
		return errors.Join(fmt.Errorf("the restored journal is %+v, the manifest says %+v", at, r.manifest.Journal), err)
	}
	return syncTree(r.stageDir())
}

func copyDurably(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("restore files: %w", err)
	}
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("restore files: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore files: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("restore %s: %w", to, err)
	}
	return nil
}

// syncTree makes the names in all folders durable.
func syncTree(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}

// deliverTail gives the copy's database what the original had not yet taken in;
// the journal itself is not continued.
func (r *restore) deliverTail(ctx context.Context) error {
	dir := filepath.Join(r.stageDir(), "journal")
	log := slog.New(slog.NewTextHandler(r.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	j, err := ledger.Open(dir, ledger.Options{ReserveBytes: -1, Log: log})
	if err != nil {
		return err
	}
	if err := j.Close(); err != nil {
		return err
	}
	feed := ledger.NewFeed(j, postgres.NewLedgerFollower(r.store, j.Node()), ledger.FeedOptions{Name: "ledger", Log: log})
	if err := feed.Run(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// putFiles gives the staged files and the keys their places.
func (r *restore) putFiles() error {
	data := r.config.Node.DataDir
	for name, to := range map[string]string{"recordings": r.config.Node.RecordingsDir(), "journal": r.config.Node.JournalDir()} {
		from := filepath.Join(r.stageDir(), name)
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.Rename(from, to); err != nil {
			return fmt.Errorf("restore %s: %w", name, err)
		}
		r.onFailure(func() error { return os.RemoveAll(to) })
	}
	if err := r.keys.restore(data); err != nil {
		return err
	}
	if err := os.RemoveAll(r.stageDir()); err != nil {
		return fmt.Errorf("clear %s: %w", r.stageDir(), err)
	}
	return syncFolder(data)
}

// emptyLive deletes the node's live counters: what Redis has may come from
// stamps that the restored journal does not know.
func (r *restore) emptyLive(ctx context.Context) error {
	live, err := redis.OpenWithin(redisURL(r.config.Redis), max(r.config.Redis.Timeout, time.Second))
	if err != nil {
		return err
	}
	return errors.Join(live.Empty(ctx, r.manifest.Journal.Node), live.Close())
}
