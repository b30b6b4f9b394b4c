package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
)

// A backup that died leaves DIR.tmp; the next one takes its place, but not that
// of one that is being written.
func TestBackupFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "b")
	f, err := newBackupFolder(dir)
	fine(t, err)
	fine(t, f.add("half", strings.NewReader("x")))
	if _, err := newBackupFolder(dir); err == nil || !strings.Contains(err.Error(), "another backup") {
		t.Errorf("a second one at once: %v", err)
	}
	fine(t, f.lock.Close()) // as a death does
	for limit := time.Now().Add(10 * time.Second); ; {
		// A process that another test forks just now holds the lock until it has begun.
		if f, err = newBackupFolder(dir); err == nil || time.Now().After(limit) {
			break
		}
	}
	fine(t, err)
	if left, err := os.ReadDir(f.tmp); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	f.discard()
	if _, err := os.Stat(dir + ".tmp"); err == nil {
		t.Error("discarded, but there")
	}
}

// A restore that was killed, here in its last moment, is begun again by the same
// command; what it has left in folder, database and backup is no obstacle.
func TestKilledRestoreIsBegunAgain(t *testing.T) {
	t.Parallel()
	from, last := worked(t)
	dir := filepath.Join(t.TempDir(), "b")
	from.must("backup", dir)
	to := newSite(t, private.TestPostgres(t))
	to.must("restore", dir)
	m, err := readManifest(dir)
	fine(t, err)
	rows(t, to.dsn, `CREATE TABLE public.restore_unfinished AS SELECT '`+m.ID+`'::text AS backup, now() AS since`)
	fine(t, os.MkdirAll(filepath.Join(to.data, "restoring", "journal"), 0o700))
	fine(t, os.WriteFile(filepath.Join(to.data, "recordings", "half"), []byte("x"), 0o600))
	to.refuses("was not finished: run callstamp restore again", "check")
	to.must("restore", dir)
	to.must("check")
	if left, err := filepath.Glob(filepath.Join(to.data, "*", "half")); err != nil || len(left) > 0 {
		t.Errorf("left of the first: %v, %v", left, err)
	}
	j := to.journal()
	defer j.Close()
	if j.Durable() != last {
		t.Errorf("the journal ends at %d of %d", j.Durable(), last)
	}
}

// What a key file holds is proven, and fits one backup.
func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	fine(t, keyFile{Backup: "b-1", Files: map[string][]byte{"tls/key.pem": []byte("k")}}.write(path))
	whole, err := os.ReadFile(path)
	fine(t, err)
	if k, err := readKeyFile(path, "b-1"); err != nil || string(k.Files["tls/key.pem"]) != "k" {
		t.Errorf("read %+v, %v", k, err)
	}
	if _, err := readKeyFile(path, "b-2"); err == nil || !strings.Contains(err.Error(), "belongs to backup b-1") {
		t.Errorf("another backup's keys: %v", err)
	}
	for at := range whole {
		b := bytes.Clone(whole)
		b[at] ^= 0x01
		fine(t, os.WriteFile(path, b, 0o600))
		if _, err := readKeyFile(path, "b-1"); err == nil {
			t.Errorf("byte %d of %d changed (%q): read", at, len(whole), whole[max(0, at-8):at+1])
		}
	}
	if err := (keyFile{}).write(path); err == nil {
		t.Error("written over")
	}
}
