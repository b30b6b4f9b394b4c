package tape

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func ring(t testing.TB) *Keyring {
	t.Helper()
	k, err := OpenKeyring(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// record writes sound in odd pieces; end says whether the tape is closed.
func record(t testing.TB, keys *Keyring, sound []byte, end bool) (path string, tr Trailer) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a.tape")
	w, err := Create(path, keys, Label{ID: "c1/1", Law: "PCMA", Channels: 2, Chunk: 1000, Began: 7})
	if err != nil {
		t.Fatal(err)
	}
	for b := sound; len(b) > 0; {
		n := min(331, len(b))
		if k, err := w.Write(b[:n]); err != nil || k != n {
			t.Fatal(k, err)
		}
		b = b[n:]
	}
	if !end {
		if err := w.Abandon(); err != nil {
			t.Fatal(err)
		}
		return path, tr
	}
	if tr, err = w.Close(Trailer{Why: "ended", Gaps: []Gap{{100, 200, "paused"}}}); err != nil {
		t.Fatal(err)
	}
	return path, tr
}

const headLen = 58

func TestWhatIsRecordedIsRead(t *testing.T) {
	for _, n := range []int{0, 1, 999, 1000, 1001, 2000, 12345} {
		keys, sound := ring(t), noise(n)
		path, tr := record(t, keys, sound, true)
		r, err := Open(path, keys)
		if err != nil {
			t.Fatal(n, err)
		}
		all, err := io.ReadAll(r)
		if err != nil || len(all) != headLen+n || !bytes.Equal(all[headLen:], sound) {
			t.Fatalf("%d bytes of sound: %d read, %v", n, len(all), err)
		}
		sum := sha256.Sum256(all)
		if got, err := r.Trailer(); err != nil || got.WAV != hex.EncodeToString(sum[:]) || got.WAV != tr.WAV || got.Bytes != int64(n) || got.Gaps[0].ToUS != 200 {
			t.Errorf("trailer %+v, %v", got, err)
		}
		if err := r.Verify(); err != nil {
			t.Error(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A player asks for ranges; each is the same bytes as in the whole.
func TestSeek(t *testing.T) {
	keys, sound := ring(t), noise(12345)
	path, _ := record(t, keys, sound, true)
	r, err := Open(path, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, _ := io.ReadAll(r)
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		from := random.IntN(len(all))
		to := from + random.IntN(len(all)-from)
		if _, err := r.Seek(int64(from), io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, to-from)
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, all[from:to]) {
			t.Fatalf("%d to %d: %v", from, to, err)
		}
	}
	if end, err := r.Seek(0, io.SeekEnd); end != int64(len(all)) || err != nil {
		t.Errorf("the end is at %d, %v", end, err)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("sought to before the beginning")
	}
}

// Cut anywhere, a tape reads up to its last whole chunk, and repaired it says so.
func TestCutAnywhere(t *testing.T) {
	keys, sound := ring(t), noise(3500)
	whole, _ := record(t, keys, sound, true)
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(whole, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for cut := len(r.raw); cut < len(b); cut += 37 {
		path := filepath.Join(t.TempDir(), "cut")
		if err := os.WriteFile(path, b[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		want := min((cut-len(r.raw))/1020, 3) * 1000
		if want == 3000 && cut >= len(r.raw)+3*1020+520 {
			want = 3500
		}
		for _, again := range []bool{false, true} {
			tr, err := Repair(path, keys)
			if err != nil || !tr.Truncated || tr.Bytes != int64(want) {
				t.Fatalf("cut at %d, again %v: %+v, %v; want %d bytes", cut, again, tr, err, want)
			}
		}
		one, err := Open(path, keys)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(one)
		if err := one.Verify(); err != nil || !bytes.Equal(got[headLen:], sound[:want]) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		one.Close()
	}
}

// Whatever is changed is noticed, and never heard.
func TestChangesAreNoticed(t *testing.T) {
	keys, sound := ring(t), noise(3500)
	path, _ := record(t, keys, sound, true)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body := len(magic) + 2 + int(whole[len(magic)])<<8 + int(whole[len(magic)+1])
	swapped := bytes.Clone(whole)
	copy(swapped[body:], whole[body+1020:body+2040])
	copy(swapped[body+1020:], whole[body:body+1020])
	shorter := append(bytes.Clone(whole[:body+1020]), whole[body+2040:]...)
	flipped := bytes.Clone(whole)
	flipped[body+1500] ^= 1
	label := bytes.Clone(whole)
	label[bytes.Index(label, []byte(`"began":7`))+8] = '8'
	for name, b := range map[string][]byte{"a bit": flipped, "two chunks exchanged": swapped, "a chunk left out": shorter, "the label": label} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, keys)
		if err == nil {
			err = r.Verify()
			r.Close()
		}
		if !errors.Is(err, ErrSealed) && !errors.Is(err, ErrOpen) {
			t.Errorf("%s was changed: %v", name, err)
		}
	}
	if bytes.Contains(whole, sound[:16]) {
		t.Error("the sound stands in the file as it is")
	}
}

func TestKeysRotate(t *testing.T) {
	keys := ring(t)
	old, _ := record(t, keys, noise(10), true)
	first, _ := keys.IDs()
	id, err := keys.Rotate(time.Now().Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	later, _ := record(t, keys, noise(10), true)
	for path, want := range map[string]string{old: first[0], later: id} {
		r, err := Open(path, keys)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Label().KeyID; got != want {
			t.Errorf("under key %s, want %s", got, want)
		}
		r.Close()
	}
	if err := os.Remove(keys.path(first[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(old, keys); !errors.Is(err, ErrKey) {
		t.Errorf("without its key: %v", err)
	}
	if _, err := Open(later, keys); err != nil {
		t.Error(err)
	}
	if _, err := Open(later, ring(t)); !errors.Is(err, ErrKey) {
		t.Errorf("with another keyring: %v", err)
	}
}

// A disk that is full leaves what was written whole, and an end where there is
// room for one.
func TestNothingAfterAnError(t *testing.T) {
	keys := ring(t)
	path := filepath.Join(t.TempDir(), "a.tape")
	w, err := Create(path, keys, Label{ID: "x", Law: "PCMU", Channels: 1, Chunk: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(noise(150)); err != nil {
		t.Fatal(err)
	}
	ro, err := os.Open(path) // can't be written: as on a full disk
	if err != nil {
		t.Fatal(err)
	}
	good := w.file
	w.file = ro
	if _, err := w.Write(noise(100)); err == nil {
		t.Fatal("written to a file that is read only")
	}
	if n, err := w.Write(noise(1)); err == nil || n != 0 {
		t.Errorf("%d bytes taken after an error, %v", n, err)
	}
	ro.Close()
	w.file = good
	if _, err := w.Close(Trailer{Why: "disk_full"}); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Verify(); err != nil || r.Bytes() != 200 {
		t.Errorf("%d bytes, %v", r.Bytes(), err)
	}
}

func TestNoTape(t *testing.T) {
	keys := ring(t)
	for name, text := range map[string]string{"empty": "", "text": "hello", "magic alone": magic, "a long label": magic + "\xff\xff{}", "no label": magic + "\x00\x02{}", "not JSON": magic + "\x00\x02xx"} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, keys); !errors.Is(err, ErrTape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := keys.load("../x"); !errors.Is(err, ErrKey) {
		t.Errorf("a key outside the folder: %v", err)
	}
}

// FuzzOpen: whatever a file holds, reading it ends with an error or with sound,
// never with a panic or another's memory.
func FuzzOpen(f *testing.F) {
	keys := ring(f)
	path, _ := record(f, keys, noise(2500), true)
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-5])
	f.Add(b[:400])
	f.Add([]byte(magic + strings.Repeat("\xff", 40)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := read(bytes.NewReader(b), int64(len(b)), keys)
		if err != nil {
			return
		}
		if n, err := io.Copy(io.Discard, struct{ io.Reader }{r}); err == nil && n != r.Size() {
			t.Errorf("%d bytes of %d", n, r.Size())
		}
	})
}

// What a second of stereo costs to seal and write.
func BenchmarkWrite(b *testing.B) {
	w, err := Create(filepath.Join(b.TempDir(), "b.tape"), ring(b), Label{ID: "x", Law: "PCMA", Channels: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Abandon() //nolint:errcheck // of no interest
	second := noise(16000)
	b.SetBytes(16000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Write(second); err != nil {
			b.Fatal(err)
		}
	}
}
