package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// backupFormat is the version of the folder that this build writes. Every
// released version stays readable.
const backupFormat = 1

const (
	manifestName = "manifest.json"
	manifestSum  = "manifest.sha256" // as sha256sum writes it, so that it can check the one file that checks all others
)

// manifest says what a backup holds.
type manifest struct {
	Format        int                     `json:"format"`
	ID            string                  `json:"id"`
	Product       string                  `json:"product"` // version that made it
	Made          time.Time               `json:"made"`
	Schema        int64                   `json:"schema"`
	Organisations []stamp.OrgID           `json:"organisations"`
	Journal       journalAt               `json:"journal"`
	Followers     []postgres.FollowerAt   `json:"followers"` // what the database had taken in
	Counts        backupCounts            `json:"counts"`
	Apart         apart                   `json:"apart"`
	Tables        []tableFile             `json:"tables"`
	Sequences     []postgres.DumpSequence `json:"sequences"`
	Files         []fileSum               `json:"files"`
}

// journalAt is where a journal stood.
type journalAt struct {
	Node     stamp.NodeID `json:"node"`
	Boot     uint32       `json:"boot"`
	Segments int          `json:"segments"`
	First    uint64       `json:"first"`
	Last     uint64       `json:"last"`
	Head     string       `json:"head"` // the chain's link of the last stamp
}

type backupCounts struct {
	Calls      int64 `json:"calls"`
	Stamps     int64 `json:"stamps"` // in the database
	Recordings int64 `json:"recordings"`
}

// tableFile is a table with the file that holds its rows.
type tableFile struct {
	postgres.DumpTable
	File string `json:"file"`
	Rows int64  `json:"rows"`
}

// journalOf reads what a journal's folder says of itself; Verify has read it.
func journalOf(dir string, sum ledger.Summary) (journalAt, error) {
	at := journalAt{Node: sum.Node, Segments: sum.Segments, First: sum.First, Last: sum.Last, Head: sum.Head.String()}
	b, err := os.ReadFile(filepath.Join(dir, "boot"))
	if err != nil {
		return at, fmt.Errorf("read the journal's boot: %w", err)
	}
	boot, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 32)
	if err != nil {
		return at, fmt.Errorf("read the journal's boot: %w", err)
	}
	at.Boot = uint32(boot)
	if at.Node == "" { // without a segment only the file tells
		b, err := os.ReadFile(filepath.Join(dir, "node"))
		if err != nil {
			return at, fmt.Errorf("read the journal's node: %w", err)
		}
		at.Node = stamp.NodeID(strings.TrimSpace(string(b)))
	}
	return at, nil
}

func sumLine(manifest []byte) []byte {
	return fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(manifest), manifestName)
}

// readManifest reads and proves the manifest of a backup that this build can
// restore.
func readManifest(dir string) (m manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, fmt.Errorf("%s is no backup: %w", dir, err)
	}
	sum, err := os.ReadFile(filepath.Join(dir, manifestSum))
	if err != nil {
		return m, fmt.Errorf("%s is no whole backup: %w", dir, err)
	}
	if !bytes.Equal(sum, sumLine(b)) {
		return m, fmt.Errorf("damaged: %s and %s do not fit together", manifestName, manifestSum)
	}
	var only struct {
		Format  int    `json:"format"`
		Product string `json:"product"`
	}
	if err := json.Unmarshal(b, &only); err != nil {
		return m, fmt.Errorf("read %s: %w", manifestName, err)
	}
	if only.Format != backupFormat {
		return m, fmt.Errorf("the backup has format %d and this build of callstamp knows up to %d: install callstamp %s, which made it", only.Format, backupFormat, only.Product)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", manifestName, err)
	}
	return m, m.sane()
}

// sane refuses names that lead out of the folder: whoever can write a manifest
// can write its sum too.
func (m manifest) sane() error {
	for _, f := range m.Files {
		if !filepath.IsLocal(f.Path) {
			return fmt.Errorf("%s names %q, which is not below it", manifestName, f.Path)
		}
	}
	for _, t := range m.Tables {
		if !filepath.IsLocal(t.File) {
			return fmt.Errorf("%s names %q, which is not below it", manifestName, t.File)
		}
	}
	return nil
}

// prove reads every file whole and names the first that is not what was
// written.
func (m manifest) prove(dir string, tell *teller) error {
	for i, f := range m.Files {
		sum := sha256.New()
		in, err := os.Open(filepath.Join(dir, f.Path))
		if err != nil {
			return fmt.Errorf("damaged: %w", err)
		}
		n, err := io.Copy(tell.through(sum, "proving %s (%d of %d)", f.Path, i+1, len(m.Files)), in)
		if err = errors.Join(err, in.Close()); err != nil {
			return fmt.Errorf("read %s: %w", f.Path, err)
		}
		if got := fmt.Sprintf("%x", sum.Sum(nil)); n != f.Bytes || got != f.SHA256 {
			return fmt.Errorf("damaged: %s has %d bytes with SHA-256 %s, the manifest says %d with %s", f.Path, n, got, f.Bytes, f.SHA256)
		}
	}
	return nil
}
