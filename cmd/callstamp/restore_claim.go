package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
)

// A node's stamps are numbered by one journal. Two journals that go on from one
// backup would give the same numbers to different stamps, and both would end
// the same calls and dial the same leads. So a backup continues its node once:
// the first restore says so in the backup itself.

const claimName = "restored.json"

// claimed is what the first restore writes.
type claimed struct {
	At      time.Time `json:"at"`
	Host    string    `json:"host"`
	DataDir string    `json:"data_dir"`
}

// claim takes the backup's one right to continue its node. ours says that our
// own dead attempt has it.
func (r *restore) claim(ours bool) error {
	if r.cmd.AsNewNode {
		return nil
	}
	path := filepath.Join(r.cmd.Dir, claimName)
	if b, err := os.ReadFile(path); err == nil && !ours && !r.cmd.Again {
		var by claimed
		_ = json.Unmarshal(b, &by) // what can't be read is not shown
		return fmt.Errorf("the backup was restored already, %s on %s into %s, and went on as node %s: two of them would give the same numbers to different stamps. "+
			"Use --as-new-node for a copy beside it, or --again if it is gone for good", by.At.Format(time.RFC3339), by.Host, by.DataDir, r.manifest.Journal.Node)
	} else if err == nil {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("claim the backup: %w", err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("claim the backup: %w", err)
	}
	host, _ := os.Hostname() // for people
	b, err := json.MarshalIndent(claimed{At: time.Now().UTC(), Host: host, DataDir: r.config.Node.DataDir}, "", "  ")
	if err != nil {
		return fmt.Errorf("claim the backup: %w", err)
	}
	if err := durableFile(path, append(b, '\n')); err != nil {
		return fmt.Errorf("claim the backup (copy it to where it can be written to, or use --as-new-node): %w", err)
	}
	r.onFailure(func() error { return os.Remove(path) })
	return syncFolder(r.cmd.Dir)
}

// refuseFork asks whether the journal goes on from what Postgres holds of its
// node, before anything is appended to it. What does not is an older copy, or
// one of which another copy went on.
func (a *app) refuseFork(ctx context.Context) error {
	seq, hash, err := a.store.LastOf(ctx, a.journal.Node())
	if err != nil {
		return err
	}
	err = a.journal.Continues(seq, hash)
	if errors.Is(err, ledger.ErrAhead) || errors.Is(err, ledger.ErrForked) {
		return fmt.Errorf("%w: %s is a copy of a journal that went on elsewhere (a restored backup, a cloned disk); move it away, and this is a new node",
			err, a.config.Node.JournalDir())
	}
	return err
}
