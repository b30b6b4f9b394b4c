package main

import (
	"cmp"
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/store/postgres"
)

type backupCmd struct {
	Dir   string `arg:"" type:"path" help:"Folder to make. Until it is whole it is DIR.tmp."`
	Keys  string `type:"path" placeholder:"FILE" help:"Write keys and passwords there; without it they are in no backup. Keep it apart from DIR."`
	Quiet bool   `help:"Say only what is wrong."`
}

// Run implements the command.
func (b backupCmd) Run(w *world) error {
	c, err := loadConfig(w)
	if err != nil {
		return err
	}
	if inside(b.Keys, b.Dir) {
		return codeError{exitUsage, errors.New("--keys lies in the backup: whoever finds the one would have both")}
	}
	store, done, err := openStore(w)
	if err != nil {
		return err
	}
	defer done()
	f, err := newBackupFolder(b.Dir)
	if err != nil {
		return err
	}
	defer f.discard()
	k := backup{config: c, folder: f, tell: newTeller(w.stderr, b.Quiet)}
	if err := k.take(w.ctx, store.DB); err != nil {
		return err
	}
	if b.Keys != "" {
		if err := k.keys.write(b.Keys); err != nil {
			return err
		}
	}
	if err := f.finish(k.manifest); err != nil {
		return errors.Join(err, removeIfNamed(b.Keys))
	}
	if b.Quiet {
		return nil
	}
	_, err = fmt.Fprint(w.stdout, k.summary(b))
	return err
}

// backup is one that is being taken.
type backup struct {
	config   configs.Config
	folder   *backupFolder
	tell     *teller
	manifest manifest
	keys     keyFile
}

// take fills the folder. First it takes hold of a moment of the database, then
// of the journal, which by then can only have more: what Postgres has not yet
// taken in is in the journal's copy, and never the other way round.
func (b *backup) take(ctx context.Context, db *postgres.DB) error {
	s, err := db.Snapshot(ctx)
	if err != nil {
		return codeError{exitDepends, err}
	}
	defer s.Close()
	b.manifest = manifest{
		Format: backupFormat, ID: "b-" + strings.ToLower(rand.Text()[:12]), Product: version(), Made: time.Now().UTC(),
		Schema: s.Schema, Organisations: s.Organisations, Followers: s.Followers, Sequences: s.Sequences,
	}
	if err := b.journal(ctx); err != nil {
		return err
	}
	if err := b.database(ctx, s); err != nil {
		return err
	}
	if err := b.recordings(); err != nil {
		return err
	}
	b.keys = keyFile{Backup: b.manifest.ID, Secrets: s.Secrets}
	if b.keys.Files, err = readKeys(b.config.Node.DataDir); err != nil {
		return err
	}
	b.manifest.Apart = b.keys.names()
	return nil
}

// journal copies the node's journal and proves the copy.
func (b *backup) journal(ctx context.Context) error {
	err := takeJournal(ctx, b.config, func(name string, size int64, content io.Reader) error {
		b.tell.say("journal: %s, %d bytes", name, size)
		return b.folder.add(filepath.Join("journal", name), content)
	})
	if err != nil {
		return err
	}
	sum, err := ledger.Verify(b.folder.path("journal"))
	if err != nil {
		return fmt.Errorf("prove the journal's copy: %w", err)
	}
	b.manifest.Journal, err = journalOf(b.folder.path("journal"), sum)
	if err != nil {
		return err
	}
	for _, at := range b.manifest.Followers {
		if at.Node == b.manifest.Journal.Node && at.Seq > sum.Last {
			return fmt.Errorf("postgres has taken in %d stamps of node %s, but its journal in %s ends at %d: is this its folder (node.data_dir)?",
				at.Seq, at.Node, b.config.Node.JournalDir(), sum.Last)
		}
	}
	return nil
}

// database writes a file for each table.
func (b *backup) database(ctx context.Context, s *postgres.Snapshot) error {
	for i, t := range s.Tables {
		file := filepath.Join("database", t.Name+".copy.gz")
		out, err := b.folder.create(file)
		if err != nil {
			return err
		}
		z, _ := gzip.NewWriterLevel(out, gzip.BestSpeed) // the level is one of its own
		rows, err := s.CopyOut(ctx, t, b.tell.through(z, "database: %s (%d of %d)", t.Name, i+1, len(s.Tables)))
		if err = errors.Join(err, z.Close(), out.Close()); err != nil {
			return err
		}
		b.manifest.Tables = append(b.manifest.Tables, tableFile{DumpTable: t, File: file, Rows: rows})
		switch cmp.Or(t.Of, t.Name) {
		case "records.calls":
			b.manifest.Counts.Calls += rows
		case "public.stamps":
			b.manifest.Counts.Stamps += rows
		}
	}
	return nil
}

// recordings copies the folder of recorded calls, where there is one. A file
// that is deleted meanwhile is passed over.
func (b *backup) recordings() error {
	root := b.config.Node.RecordingsDir()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !entry.Type().IsRegular() {
			return nil
		}
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		in, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer in.Close()
		b.manifest.Counts.Recordings++
		b.tell.say("recordings: %d files", b.manifest.Counts.Recordings)
		return b.folder.add(filepath.Join("recordings", below), in)
	})
	if err != nil {
		return fmt.Errorf("copy recordings: %w", err)
	}
	return nil
}

// summary is what the command prints at the end.
func (b *backup) summary(cmd backupCmd) string {
	m := b.manifest
	text := fmt.Sprintf("%s: %d calls, %d stamps, %d recordings, journal of node %s up to %d, schema %d.\n",
		cmd.Dir, m.Counts.Calls, m.Counts.Stamps, m.Counts.Recordings, m.Journal.Node, m.Journal.Last, m.Schema)
	if n := m.Apart.Secrets + len(m.Apart.Files); n > 0 && cmd.Keys == "" {
		text += fmt.Sprintf("Not in it: %s. Add --keys FILE to keep them elsewhere.\n", m.Apart)
	}
	return text
}

// inside says whether path lies in dir.
func inside(path, dir string) bool {
	below, err := filepath.Rel(dir, path)
	return path != "" && err == nil && filepath.IsLocal(below)
}

func removeIfNamed(file string) error {
	if file == "" {
		return nil
	}
	return os.Remove(file)
}
