package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// into writes a copy's files to a new directory, and calls before ahead of each.
func into(t *testing.T, before func(name string)) (string, Put) {
	t.Helper()
	dir := t.TempDir()
	return dir, func(name string, size int64, content io.Reader) error {
		if before != nil {
			before(name)
		}
		b, err := io.ReadAll(content)
		if err == nil && int64(len(b)) != size {
			t.Errorf("%s has %d bytes, %d were announced", name, len(b), size)
		}
		return errors.Join(err, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
}

// A copy of a journal in use holds all that was appended before, is sound, and
// goes on where the original stood, whatever is appended meanwhile.
func TestCopyOfAJournalInUse(t *testing.T) {
	opts := quiet()
	opts.SegmentBytes = 4000
	j := open(t, t.TempDir(), opts)
	for range 20 {
		j.Append(story("s", 3), []Side{party("p-1", "0912")})
		synced(t, j)
	}
	j.Append(story("s", 2), nil) // not yet durable
	dir, put := into(t, func(string) {
		j.Append(story("s", 2), nil)
		synced(t, j)
	})
	if err := j.Copy(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	sum, err := Verify(dir)
	if err != nil || sum.Last != 62 || sum.Segments < 3 || sum.Sides != 20 || sum.Torn != 0 {
		t.Fatalf("the copy: %+v, %v; 62 stamps were appended before", sum, err)
	}
	c := open(t, dir, quiet())
	if c.Node() != j.Node() || c.Boot() != j.Boot()+1 {
		t.Errorf("node %s, boot %d; the original is %s, %d", c.Node(), c.Boot(), j.Node(), j.Boot())
	}
	if seq := c.Append(story("s", 1), nil); seq != 63 {
		t.Errorf("the copy goes on at %d", seq)
	}
	if got := entries(t, j, 63); len(got) < 2 {
		t.Errorf("the original went on with %d stamps", len(got))
	}
}

// Erasing in place waits, or a copy could hold half of it.
func TestCopyHoldsErasingUp(t *testing.T) {
	j := open(t, t.TempDir(), quiet())
	j.Append(story("s", 3), []Side{party("p-1", "0912")})
	erased := make(chan error, 1)
	started := false
	dir, put := into(t, func(string) {
		if !started {
			started = true
			go func() {
				_, err := j.Erase(context.Background(), "p-1")
				erased <- err
			}()
		}
		select {
		case err := <-erased:
			t.Errorf("erased in the middle of a copy: %v", err)
		default:
		}
	})
	if err := j.Copy(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	if err := <-erased; err != nil {
		t.Fatal(err)
	}
	if sum, err := Verify(dir); err != nil || sum.Erased != 0 || sum.Sides != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestCopyOfAJournalAtRest(t *testing.T) {
	from := t.TempDir()
	dir, put := into(t, nil)
	if err := CopyDir(t.Context(), from, put); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder without a journal: %v", err)
	}
	if names, err := os.ReadDir(from); err != nil || len(names) != 0 {
		t.Errorf("asking has made %v, %v", names, err)
	}
	j := open(t, from, quiet())
	if err := CopyDir(t.Context(), from, put); !errors.Is(err, ErrLocked) {
		t.Errorf("a journal in use: %v", err)
	}
	j.Append(story("s", 5), nil)
	shut(t, j)
	if err := CopyDir(t.Context(), from, put); err != nil {
		t.Fatal(err)
	}
	if sum, err := Verify(dir); err != nil || sum.Last != 5 || sum.Node != j.Node() {
		t.Errorf("%+v, %v", sum, err)
	}
}

// Two copies of one directory that both went on are two histories: a store that
// has taken in the one refuses the other.
func TestForkIsNoticed(t *testing.T) {
	dir := t.TempDir()
	opts := quiet()
	opts.SegmentBytes = 2000
	j := open(t, dir, opts)
	for range 9 {
		j.Append(story("s", 1), nil)
		synced(t, j)
	}
	shut(t, j)
	twin, put := into(t, nil)
	if err := CopyDir(t.Context(), dir, put); err != nil {
		t.Fatal(err)
	}
	one, two := open(t, dir, opts), open(t, twin, opts)
	one.Append(story("one", 3), nil)
	two.Append(story("two", 5), nil)
	synced(t, one)
	synced(t, two)
	all := append([]Entry{{}}, entries(t, one, 1)...)
	for seq, e := range all {
		if err := one.Continues(uint64(seq), e.Hash); err != nil {
			t.Errorf("its own stamp %d: %v", seq, err)
		}
		err := two.Continues(uint64(seq), e.Hash)
		if forked := errors.Is(err, ErrForked); forked != (seq > 9) || err != nil && !forked {
			t.Errorf("stamp %d of the twin: %v", seq, err)
		}
	}
	if err := one.Continues(13, Hash{}); !errors.Is(err, ErrAhead) {
		t.Errorf("a store that is ahead: %v", err)
	}
}

// A later build's journal is refused and left as it is.
func TestNewerFormatIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	j.Append(story("s", 2), nil)
	shut(t, j)
	path := segmentPath(dir, 1)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, asVersion(b, FormatVersion+1), 0o600); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	if _, err := Open(dir, quiet()); !errors.Is(err, ErrNewer) {
		t.Errorf("opened: %v", err)
	}
	if _, err := Verify(dir); !errors.Is(err, ErrNewer) {
		t.Errorf("verified: %v", err)
	}
	for name, b := range contents(t, dir) {
		if before[name] != b {
			t.Errorf("%s was changed", name)
		}
	}
}

// asVersion returns a segment that says it has another format version.
func asVersion(segment []byte, version uint32) []byte {
	binary.LittleEndian.PutUint32(segment[8:], version)
	binary.LittleEndian.PutUint32(segment[12:], headerCRC(segment[:headerBytes]))
	return segment
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(b)
	}
	return all
}
