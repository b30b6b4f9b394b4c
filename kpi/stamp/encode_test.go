package stamp

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"testing"
)

// Every type with a Kind method stands in the table, under its own kind.
func TestEveryFactIsInTheTable(t *testing.T) {
	listed := map[string]bool{}
	for kind, empty := range kinds {
		f := empty()
		if f.Kind() != kind {
			t.Errorf("table says %q, fact says %q", kind, f.Kind())
		}
		listed[reflect.TypeOf(f).Elem().Name()] = true
	}
	files, err := filepath.Glob("fact_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("find fact files: %v", err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "Kind" {
				typ := fn.Recv.List[0].Type.(*ast.Ident).Name
				if !listed[typ] {
					t.Errorf("%s: %s is not in the table", name, typ)
				}
			}
		}
	}
}

// What is written is read back, and written again as the same bytes.
func TestEncodeIsCanonical(t *testing.T) {
	for kind, empty := range kinds {
		s := Stamp{
			Node: "n1", Seq: 7, Org: "default", Subject: Subject{SubjectCall, "c"}, N: 3, Call: "c",
			Instant: Instant{At: 1_700_000_000_000_001, Mono: 42, Boot: 2}, Late: 5, Actor: Customer,
			Cause: &Cause{Proto: "sip", Code: 486, Subject: &Subject{SubjectAgent, "a"}, N: 9}, Phase: PhaseTalking,
			Fact: reflect.ValueOf(empty()).Elem().Interface().(Fact),
		}
		first, err := Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(first)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if !reflect.DeepEqual(back, s) {
			t.Errorf("%s: got %+v, want %+v", kind, back, s)
		}
		second, _ := Encode(back)
		if !bytes.Equal(first, second) {
			t.Errorf("%s: second writing differs", kind)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"v":1,"node":"n","seq":1,"org":"o","subject":{"kind":"node","id":"n"},"n":1,"at":1,"mono":1,"boot":1,"kind":"node.alive","data":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Decode(b)
		if err != nil {
			return
		}
		if _, err := Encode(s); err != nil {
			t.Fatalf("decoded but can't encode: %v", err)
		}
	})
}

func TestBucketAt(t *testing.T) {
	for _, c := range []struct{ at, want int64 }{
		{0, 0}, {BucketUS - 1, 0}, {BucketUS, BucketUS}, {-1, -BucketUS}, {-BucketUS, -BucketUS},
	} {
		if got := BucketAt(c.at); int64(got) != c.want {
			t.Errorf("BucketAt(%d) = %d, want %d", c.at, got, c.want)
		}
	}
}
