package ledger

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

var rewrite = flag.Bool("rewrite", false, "write testdata anew; only before a release of its format version")

// golden is a journal as format version 1 writes it: three boots, several
// segments, a stamp of every kind, side entries standing and erased. Once
// released, it is never written again: this and every later build must read it.
const golden = "testdata/v1"

const rewriteHint = "a released format must stay readable; before the first release: go test ./kpi/ledger -run Golden -rewrite, and read the diff"

func TestGoldenJournal(t *testing.T) {
	if *rewrite {
		synctest.Test(t, writeGolden)
	}
	want, err := os.ReadFile(golden + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copyJournal(t, golden, dir)
	sum, err := Verify(dir)
	if err != nil {
		t.Fatalf("%v: %s", err, rewriteHint)
	}
	if got := describe(sum); got != string(want) {
		t.Errorf("the journal is\n%swant\n%s", got, want)
	}
	j := open(t, dir, quiet())
	all := entries(t, j, 1)
	if seq := j.Append(story("s", 1), nil); seq != sum.Last+1 || uint64(len(all)) != sum.Last {
		t.Errorf("%d entries, goes on at %d, the last was %d", len(all), seq, sum.Last)
	}
	shut(t, j)
	if _, err := Verify(dir); err != nil {
		t.Error(err)
	}
}

func describe(s Summary) string {
	return fmt.Sprintf("node %s\nsegments %d\nfirst %d\nlast %d\nhead %s\nsides %d\nerased %d\ntorn %d\n",
		s.Node, s.Segments, s.First, s.Last, s.Head, s.Sides, s.Erased, s.Torn)
}

// copyJournal copies the files that a journal is read from.
func copyJournal(t *testing.T, from, to string) {
	t.Helper()
	for _, pattern := range []string{"node", "boot", "*.seg"} {
		paths, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no %s in %s: %v", pattern, from, err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(filepath.Join(to, filepath.Base(path)), b, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// writeGolden runs in a bubble: the same code writes the same bytes.
func writeGolden(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "node"), []byte("n-golden\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	opts := quiet()
	opts.SegmentBytes = 4 << 10
	stamps := everyKind(t)
	for boot := range 3 {
		j := open(t, dir, opts)
		clock := stamp.NewClock(time.Now(), j.Boot())
		NewNodeStamper(j, clock).Started("0.1.0")
		synced(t, j) // whatever groups the writer makes, the times are the same
		part := stamps[len(stamps)*boot/3 : len(stamps)*(boot+1)/3]
		for i, s := range part {
			s.N, s.Instant = uint64(i+1), clock.Now()
			s.Subject.ID = stamp.ID(fmt.Sprintf("0197-golden-%d", boot))
			j.Append([]stamp.Stamp{s}, []Side{party(fmt.Sprintf("p-%d", i), "+84 91 234 56 78")})
			synced(t, j)
			time.Sleep(time.Minute)
		}
		j.Append(nil, []Side{{Kind: Note, ID: "n-1", Data: []byte(`{"body":"call back"}`)}, {Kind: Dialog, ID: "d-1", Org: "org-1", Data: []byte(`{}`)}})
		synced(t, j)
		if _, err := j.Erase(context.Background(), "p-3"); err != nil {
			t.Fatal(err)
		}
		shut(t, j)
	}
	if err := os.RemoveAll(golden); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.MkdirAll(golden, 0o755); err != nil {
		t.Fatal(err)
	}
	copyJournal(t, dir, golden)
	sum, err := Verify(golden)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden+".txt", []byte(describe(sum)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// everyKind returns a stamp of each kind with no field left empty.
func everyKind(t *testing.T) []stamp.Stamp {
	t.Helper()
	table, err := os.ReadFile("../stamp/kind.go")
	if err != nil {
		t.Fatal(err)
	}
	var stamps []stamp.Stamp
	for _, m := range regexp.MustCompile(`(?m)^\t"([a-z_.]+)": +func`).FindAllSubmatch(table, -1) {
		empty := fmt.Sprintf(`{"v":1,"node":"n","seq":1,"org":"o","subject":{"kind":"call","id":"c"},"n":1,"at":1,"mono":1,"boot":1,"kind":%q,"data":{}}`, m[1])
		s, err := stamp.Decode([]byte(empty))
		if err != nil {
			t.Fatal(err)
		}
		s.Org, s.Call, s.Late, s.Actor, s.Phase = "org-1", "0197-call", 42, stamp.Customer, stamp.PhaseTalking
		s.Cause = &stamp.Cause{Proto: "sip", Code: 200, Text: "ok", Subject: &stamp.Subject{Kind: stamp.SubjectAgent, ID: "a"}, N: 2}
		fact := reflect.New(reflect.TypeOf(s.Fact)).Elem()
		fill(t, fact)
		s.Fact = fact.Interface().(stamp.Fact)
		stamps = append(stamps, s)
	}
	if len(stamps) < 60 {
		t.Fatalf("found %d kinds", len(stamps))
	}
	return stamps
}

// fill sets every field of v to something that is written.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(7)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.25)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	default:
		t.Fatalf("a fact holds a %s: say here how to fill it", v.Type())
	}
}
