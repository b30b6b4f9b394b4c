package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// written is a journal of several segments with the groups it was fsynced in.
func written(t *testing.T, rnd *rand.Rand) (dir string, groups []group, all []Entry) {
	t.Helper()
	dir = t.TempDir()
	disk := &faultyDisk{}
	opts := quiet()
	opts.Disk, opts.SegmentBytes, opts.SyncEvery = disk, 6000, time.Nanosecond
	j := open(t, dir, opts)
	for i := range 40 {
		for range 1 + rnd.IntN(4) {
			j.Append(story("s", rnd.IntN(4)), []Side{party(fmt.Sprint("p-", i), "0912345678")})
		}
		synced(t, j)
	}
	all = entries(t, j, 1)
	shut(t, j)
	return dir, disk.groups, all
}

// seqAt returns the Seq of the last stamp that is whole in the first n bytes.
func seqAt(t *testing.T, path string, n int64) uint64 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := parseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	seq := h.first - 1
	for off := int64(headerBytes); off < n; {
		f, err := parseFrame(h.number, off, b[off:])
		if err != nil {
			t.Fatal(err)
		}
		if off += f.size; off <= n && f.kind == stampFrame {
			seq, _, _ = parseStampName(f.name)
		}
	}
	return seq
}

// crashed copies the journal as a power cut leaves it during groups[g]: the
// groups before are whole, of this one there are bytes up to cut, and those
// which damage wants are something else.
func crashed(t *testing.T, dir string, groups []group, g int, cut int64, damage func([]byte)) string {
	t.Helper()
	to := t.TempDir()
	ends := map[string]int64{}
	for _, done := range groups[:g] {
		ends[done.path] = done.end
	}
	ends[groups[g].path] = cut
	for path, end := range ends {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b = b[:end]
		if path == groups[g].path && damage != nil {
			damage(b[min(groups[g].start, end):])
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(path)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"node", "boot"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// Whatever moment a power cut comes at: no fsynced stamp is lost, none is there
// that was not appended, and the journal goes on.
func TestPowerCutAtAnyByte(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	dir, groups, all := written(t, rnd)
	for try := range 300 {
		g := rnd.IntN(len(groups))
		at := groups[g]
		cut := at.start + rnd.Int64N(at.end-at.start+1)
		damages := []struct {
			name string
			do   func([]byte)
		}{
			{"cut", nil},
			{"zeros", func(b []byte) { clear(b[rnd.IntN(len(b)+1):]) }},
			{"garbage", func(b []byte) {
				for i := range b {
					b[i] = byte(rnd.Uint32())
				}
			}},
			{"one byte", func(b []byte) {
				if len(b) > 0 {
					b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8)
				}
			}},
		}
		damage := damages[try%len(damages)]
		safe := uint64(0)
		if at.start > 0 {
			safe = seqAt(t, at.path, at.start)
		} else if g > 0 {
			safe = seqAt(t, groups[g-1].path, groups[g-1].end)
		}
		name := fmt.Sprintf("%s in group %d (%s %d to %d) at %d", damage.name, g, filepath.Base(at.path), at.start, at.end, cut)
		checkRecovered(t, name, crashed(t, dir, groups, g, cut, damage.do), safe, all)
	}
}

func checkRecovered(t *testing.T, name, dir string, safe uint64, all []Entry) {
	t.Helper()
	j, err := Open(dir, quiet())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer j.Close()
	got := entries(t, j, 1)
	if uint64(len(got)) < safe || len(got) > len(all) {
		t.Fatalf("%s: %d stamps, %d were fsynced, %d appended", name, len(got), safe, len(all))
	}
	for i, e := range got {
		if !bytes.Equal(e.Bytes, all[i].Bytes) || e.Hash != all[i].Hash {
			t.Fatalf("%s: stamp %d is another", name, e.Seq)
		}
	}
	if last := j.shelf.last(); last.number != 0 {
		if info, err := os.Stat(last.path); err != nil || info.Size() != last.end {
			t.Fatalf("%s: the torn tail still stands: %v, %v; want %d bytes", name, info.Size(), err, last.end)
		}
	}
	if seq, want := j.Append(story("after", 3), nil), uint64(len(got)+3); seq != want {
		t.Fatalf("%s: goes on at %d, want %d", name, seq, want)
	}
	shut(t, j)
	if sum, err := Verify(dir); err != nil || sum.Last != uint64(len(got)+3) || sum.Torn != 0 {
		t.Fatalf("%s: %+v, %v", name, sum, err)
	}
}

// A changed byte in what is known to be fsynced is never taken for a torn tail:
// Open and Verify name the file and the frame.
func TestDamageIsNamed(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	j.Append(story("s", 2), []Side{party("p-1", "0912")})
	synced(t, j)
	j.Append(story("s", 1), []Side{party("p-2", "0913")})
	shut(t, j)
	path := segmentPath(dir, 1)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const mark = frameHead // the last frame, which nothing stands behind
	for at := range len(whole) - mark {
		b := bytes.Clone(whole)
		b[at] ^= 0x10
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Verify(dir)
		var fault *Fault
		if !errors.As(err, &fault) || fault.File != path || fault.Offset > int64(at) || int64(at)-fault.Offset > 600 {
			t.Fatalf("byte %d of %d changed: Verify says %v", at, len(whole), err)
		}
		if at%7 == 0 {
			if _, err := Open(dir, quiet()); !errors.As(err, &fault) || fault.File != path {
				t.Fatalf("byte %d of %d changed: Open says %v", at, len(whole), err)
			}
		}
	}
}

// What carries right checksums but breaks the chain is not a torn tail either.
func TestForgeryIsNamed(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, quiet())
	j.Append(story("s", 3), nil)
	shut(t, j)
	path := segmentPath(dir, 1)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, err := parseFrame(1, headerBytes, b[headerBytes:])
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Replace(first.body, []byte(`"a-1"`), []byte(`"a-2"`), 1)
	forged := appendFrame(bytes.Clone(b[:headerBytes]), 1, headerBytes, 0, stampFrame, first.name, body)
	if err := os.WriteFile(path, append(forged, b[len(forged):]...), 0o600); err != nil {
		t.Fatal(err)
	}
	var fault *Fault
	if _, err := Verify(dir); !errors.As(err, &fault) || fault.Seq != 1 || fault.Offset != headerBytes {
		t.Errorf("Verify says %v, want a fault at seq 1", err)
	}
	if err := os.WriteFile(path, forged, 0o600); err != nil { // nothing behind it
		t.Fatal(err)
	}
	if _, err := Open(dir, quiet()); !errors.As(err, &fault) || fault.Seq != 1 {
		t.Errorf("Open says %v, want a fault at seq 1", err)
	}
}

func TestMissingFilesAreNamed(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"segment in the middle": func(dir string) error { return os.Remove(segmentPath(dir, 2)) },
		"short segment":         func(dir string) error { return os.Truncate(segmentPath(dir, 2), 300) },
		"middle header": func(dir string) error {
			return os.WriteFile(segmentPath(dir, 2), make([]byte, 4000), 0o600)
		},
		"node": func(dir string) error { return os.Remove(filepath.Join(dir, "node")) },
		"other node": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "node"), []byte("n-other\n"), 0o600)
		},
		"boot": func(dir string) error { return os.WriteFile(filepath.Join(dir, "boot"), []byte("x"), 0o600) },
	} {
		dir := t.TempDir()
		for range 4 {
			j := open(t, dir, quiet())
			j.Append(story("s", 4), nil)
			shut(t, j)
		}
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if j, err := Open(dir, quiet()); err == nil {
			t.Errorf("%s: opened", name)
			shut(t, j)
		}
	}
}
