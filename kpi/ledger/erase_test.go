package ledger

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// onDisk says whether any file of the journal holds the text.
func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			return true
		}
	}
	return false
}

func TestErase(t *testing.T) {
	dir := t.TempDir()
	opts := quiet()
	opts.SegmentBytes, opts.SyncEvery = 1500, time.Nanosecond
	j := open(t, dir, opts)
	for range 4 { // several segments
		j.Append(story("s", 2), []Side{party("p-1", "0912000111"), party("p-2", "0913000222")})
		synced(t, j)
	}
	before := entries(t, j, 1)
	j.Append(nil, []Side{party("p-1", "0912000111")}) // still on its way
	n, err := j.Erase(context.Background(), "p-1")
	if err != nil || n != 5 {
		t.Fatalf("erased %d, %v; want 5", n, err)
	}
	if onDisk(t, dir, "0912000111") || !onDisk(t, dir, "0913000222") {
		t.Error("the wrong data is gone")
	}
	after := entries(t, j, 1)
	for i, e := range after {
		if !bytes.Equal(e.Bytes, before[i].Bytes) || e.Hash != before[i].Hash || len(e.Sides) != len(before[i].Sides) {
			t.Errorf("entry %d changed", e.Seq)
		}
		for _, s := range e.Sides {
			if erased := s.Data == nil; erased != (s.ID == "p-1") || s.Kind != Party || s.Org != "org-1" {
				t.Errorf("entry %d has side %+v", e.Seq, s)
			}
		}
	}
	shut(t, j)
	if sum, err := Verify(dir); err != nil || sum.Erased != 5 || sum.Sides != 4 {
		t.Errorf("%+v, %v", sum, err)
	}
	if again, err := open(t, dir, opts).Erase(context.Background(), "p-1"); err != nil || again != 5 {
		t.Errorf("erasing again: %d, %v", again, err)
	}
}

// A power cut during the erasing leaves a journal that opens, with the entry
// erased or standing.
func TestErasingCutShort(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	j.Append(story("s", 2), []Side{party("p-1", "0912000111")})
	shut(t, j)
	path := segmentPath(dir, 1)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Index(whole, []byte(`{"number"`))
	for zeros := range len(`{"number":"0912000111"}`) + 1 {
		b := bytes.Clone(whole)
		b[headerBytes+stateOffset] = stateErased
		clear(b[body : body+zeros])
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if sum, err := Verify(dir); err != nil || sum.Erased != 1 || sum.Last != 2 {
			t.Fatalf("after %d bytes: %+v, %v", zeros, sum, err)
		}
	}
}

// What a failed fsync left behind the end of a segment is personal data too.
func TestEraseCutsWhatAFailureLeft(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	j.Append(story("s", 1), []Side{party("p-1", "0912000111")})
	shut(t, j)
	j = open(t, dir, quiet())
	j.Append(story("s", 1), nil)
	synced(t, j)
	f, err := os.OpenFile(segmentPath(dir, 1), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("0912000111 in a torn frame"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := j.Erase(context.Background(), "p-1"); err != nil || n != 1 {
		t.Fatalf("erased %d, %v", n, err)
	}
	if onDisk(t, dir, "0912000111") {
		t.Error("the number is still on the disk")
	}
}
