package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

type restoreCmd struct {
	Dir       string `arg:"" type:"existingdir" help:"Folder that backup has made."`
	Keys      string `type:"path" placeholder:"FILE" help:"Put back the keys and passwords that backup --keys wrote there."`
	AsNewNode bool   `help:"Make a copy beside an original that lives on: a new node, its trunks and campaigns switched off, no BYE for the original's calls."`
	Again     bool   `help:"The backup was restored before, and what it became then is gone for good."`
	Quiet     bool   `help:"Say only what is wrong."`
}

// Run implements the command.
func (r restoreCmd) Run(w *world) error {
	c, err := loadConfig(w)
	if err != nil {
		return err
	}
	tell := newTeller(w.stderr, r.Quiet)
	m, err := readManifest(r.Dir)
	if err != nil {
		return err
	}
	if !slices.Contains(m.Organisations, stamp.OrgID(c.Organisation.ID)) {
		return codeError{exitConfig, fmt.Errorf("the backup holds organisations %v, the configuration says %s (organisation.id)", m.Organisations, c.Organisation.ID)}
	}
	var keys keyFile
	if r.Keys != "" {
		if keys, err = readKeyFile(r.Keys, m.ID); err != nil {
			return err
		}
	}
	if err := m.prove(r.Dir, tell); err != nil {
		return err
	}
	store, done, err := openDatabase(w)
	if err != nil {
		return err
	}
	defer done()
	s := &restore{cmd: r, config: c, manifest: m, keys: keys, store: store, tell: tell, stderr: w.stderr}
	if err := s.run(w.ctx); err != nil {
		return errors.Join(err, s.undo())
	}
	_, err = fmt.Fprint(w.stdout, s.summary())
	return err
}

// restore is one that is under way.
type restore struct {
	cmd      restoreCmd
	config   configs.Config
	manifest manifest
	keys     keyFile
	store    *postgres.Store
	tell     *teller
	stderr   io.Writer

	passed []string       // tables that are not ours
	steps  []func() error // that take back what was done, the last first
	loose  error          // Redis was not there to be emptied
}

// run fills the database, then puts the files in their places, and takes the
// database's mark away last: whatever ends it before, serve refuses to start.
func (r *restore) run(ctx context.Context) error {
	half, err := r.store.Unfinished(ctx)
	if err != nil {
		return codeError{exitDepends, err}
	}
	ours := half != nil && half.Backup == r.manifest.ID // our own attempt died
	if err := r.freeFolder(ours); err != nil {
		return err
	}
	if err := r.claim(ours); err != nil {
		return err
	}
	if err := r.store.BeginRestore(ctx, r.manifest.ID); err != nil {
		return err
	}
	r.onFailure(func() error { return r.store.ClearRestore(context.Background()) })
	if err := r.load(ctx); err != nil {
		return err
	}
	if err := r.stage(); err != nil {
		return err
	}
	if r.cmd.AsNewNode {
		if err := r.deliverTail(ctx); err != nil {
			return err
		}
	}
	if err := r.putFiles(); err != nil {
		return err
	}
	r.loose = r.emptyLive(ctx)
	return r.store.EndRestore(ctx)
}

func (r *restore) onFailure(do func() error) { r.steps = append(r.steps, do) }

// undo takes back what was done, so that a failed restore leaves nothing.
func (r *restore) undo() (err error) {
	for _, do := range slices.Backward(r.steps) {
		err = errors.Join(err, do())
	}
	r.steps = nil
	return err
}

// load fills the database.
func (r *restore) load(ctx context.Context) (err error) {
	l := postgres.Load{
		Schema: r.manifest.Schema, Rows: map[string]int64{}, Sequences: r.manifest.Sequences, Secrets: r.keys.Secrets, Beside: r.cmd.AsNewNode,
		Open: func(t postgres.DumpTable) (io.ReadCloser, error) { return r.openTable(t) },
	}
	for _, t := range r.manifest.Tables {
		l.Tables = append(l.Tables, t.DumpTable)
		l.Rows[t.Name] = t.Rows
	}
	r.passed, err = r.store.Load(ctx, l)
	return err
}

// summary is what the command prints at the end.
func (r *restore) summary() (text string) {
	m := r.manifest
	if !r.cmd.Quiet {
		text = fmt.Sprintf("Restored %s of %s: %d calls, %d stamps, %d recordings.\n",
			m.ID, m.Made.Format("2006-01-02 15:04:05 MST"), m.Counts.Calls, m.Counts.Stamps, m.Counts.Recordings)
		if r.cmd.AsNewNode {
			text += "The next serve is a new node beside the original. Trunks and campaigns are switched off.\n"
		} else {
			text += fmt.Sprintf("The next serve goes on as node %s after stamp %d.\n", m.Journal.Node, m.Journal.Last)
		}
	}
	for _, t := range r.passed {
		text += fmt.Sprintf("Passed over: table %s, which is not Callstamp's.\n", t)
	}
	if r.cmd.Keys == "" && m.Apart.String() != "" {
		text += fmt.Sprintf("Not restored: %s. They are in the file of backup --keys, if there is one.\n", m.Apart)
	}
	if r.loose != nil {
		text += fmt.Sprintf("Before serve: delete the keys callstamp:{%s}:* in Redis, which was not reached: %v\n", m.Journal.Node, r.loose)
	}
	return text
}
