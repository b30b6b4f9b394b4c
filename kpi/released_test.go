package kpi

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// released are the days that builds of each journal format have written, beside
// each the records and figures that they folded into. Once a format is released
// neither is ever written again: a later build must read the same day and come
// to the same records.
const released = "ledger/testdata/v%d-day"

// newDay is the one that the present format adds.
func newDay() storetest.Options {
	return storetest.Options{Seed: 11, Node: "n-released", Org: "acme", Calls: 25, Span: 1_800_000_000, Late: true}
}

func TestReleasedFormatsFoldTheSame(t *testing.T) {
	if *rewrite {
		synctest.Test(t, writeReleased)
	}
	for version := 1; version <= ledger.FormatVersion; version++ {
		dir := fmt.Sprintf(released, version)
		want, err := os.ReadFile(dir + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		got := foldedText(t, readReleased(t, dir))
		if got == string(want) {
			continue
		}
		a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Errorf("format %d, line %d of %d:\n%s\nwas\n%s", version, i+1, len(b), a[i], b[i])
				break
			}
		}
		t.Errorf("format %d: a released day folds into %d lines of records and figures, which are not the %d of its time; "+
			"before the first release: go test ./kpi -run Released -rewrite, and read the diff", version, len(a), len(b))
	}
}

// readReleased returns all stamps of a journal, which it opens in a copy.
func readReleased(t *testing.T, dir string) []stamp.Stamp {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	j, err := ledger.Open(copied, ledger.Options{ReserveBytes: -1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	r, err := j.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var stamps []stamp.Stamp
	for e, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		stamps = append(stamps, e.Stamp)
	}
	return stamps
}

// foldedText is everything that stamps make: one line for each record and for
// each figure of a closed bucket.
func foldedText(t *testing.T, stamps []stamp.Stamp) string {
	t.Helper()
	h, folder := newShelf(), NewFolder()
	var closed []stamp.Bucket
	for _, s := range stamps {
		ch, err := folder.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		h.write(ch.Records)
		if ch.Closed != nil {
			closed = append(closed, *ch.Closed)
		}
	}
	var lines []string
	line := func(kind string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, kind+" "+string(b))
	}
	r := h.records()
	eachOf(line, "answer", r.Answers)
	eachOf(line, "attempt", r.Attempts)
	eachOf(line, "call", r.Calls)
	eachOf(line, "entry", r.Entries)
	eachOf(line, "interval", r.Agents)
	eachOf(line, "leg", r.Legs)
	eachOf(line, "offer", r.Offers)
	eachOf(line, "segment", r.Segments)
	eachOf(line, "session", r.Sessions)
	eachOf(line, "survey", r.Surveys)
	for _, b := range closed {
		eachOf(line, "figure", Intervals(r, b, b.End()))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func eachOf[T any](line func(string, any), kind string, rows []T) {
	for _, row := range rows {
		line(kind, row)
	}
}

// writeReleased runs in a bubble, where the same code writes the same bytes.
func writeReleased(t *testing.T) {
	dir := fmt.Sprintf(released, ledger.FormatVersion)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "node"), []byte("n-released\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	j, err := ledger.Open(dir, ledger.Options{ReserveBytes: -1, SegmentBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range storetest.Day(newDay()) {
		j.Append([]stamp.Stamp{e.Stamp}, nil)
		if err := j.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+".txt", []byte(foldedText(t, readReleased(t, dir))), 0o644); err != nil {
		t.Fatal(err)
	}
}
