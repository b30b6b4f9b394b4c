package kpi

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// story is a complaint's stamps and what the product makes of them.
type story struct {
	t      *testing.T
	stamps []stamp.Stamp
	rec    Records
	shelf  *shelf
}

// tell reads a complaint's story and sends it both ways of the product, which
// must agree at every cut and break no law.
func (c complaint) tell(t *testing.T) story {
	t.Helper()
	var stamps []stamp.Stamp
	if c.day != nil {
		stamps = withCuts(c.day())
	} else {
		stamps = withCuts(readDay(t, filepath.Join("complaints", fmt.Sprintf("%02d", c.no))))
	}
	_, h := walk(t, stamps)
	for _, v := range CheckLaws(h.records()) {
		t.Errorf("law: %+v", v)
	}
	return story{t, stamps, h.records(), h}
}

// withCuts closes every quarter hour of a story that closes none itself.
func withCuts(stamps []stamp.Stamp) []stamp.Stamp {
	if len(stamps) == 0 || slices.ContainsFunc(stamps, func(s stamp.Stamp) bool { return s.Subject.Kind == stamp.SubjectNode }) {
		return stamps
	}
	var out []stamp.Stamp
	n, node := uint64(0), stamp.Subject{Kind: stamp.SubjectNode, ID: "n1.1"}
	open := stamp.BucketAt(stamps[0].At)
	cut := func(until int64) {
		for ; open.End()+2*second <= until; open = stamp.Bucket(open.End()) {
			n++
			s := stamps[0]
			s.Subject, s.N, s.Call, s.Phase, s.Fact = node, n, "", "", stamp.BucketClosed{Bucket: open}
			s.Instant = stamps[0].Instant.Add(open.End() + 2*second - stamps[0].At)
			out = append(out, s)
		}
	}
	for _, s := range stamps {
		cut(s.At)
		out = append(out, s)
	}
	cut(stamps[len(stamps)-1].At + stamp.BucketUS + 2*second)
	return renumber(out)
}

// at is the n-th stamp, from 1, of a subject's kind: at("c1 hold.started", 1);
// n = −1 is the last one.
func (s story) at(what string, n int) stamp.Stamp {
	s.t.Helper()
	all := s.all(what)
	if n < 0 {
		n += len(all) + 1
	}
	if n < 1 || n > len(all) {
		s.t.Fatalf("the story has %d times %q", len(all), what)
	}
	return all[n-1]
}

// all are the stamps of a kind, "queue.entered", or of a subject's, "c1 queue.entered".
func (s story) all(what string) (out []stamp.Stamp) {
	subject, kind, of := strings.Cut(what, " ")
	if !of {
		subject, kind = "", what
	}
	for _, x := range s.stamps {
		if string(x.Kind()) == kind && (!of || string(x.Subject.ID) == subject) {
			out = append(out, x)
		}
	}
	return out
}

// between is the time between the first of one stamp and the last of another.
func (s story) between(from, to string) string {
	return inSeconds(s.at(to, -1).Sub(s.at(from, 1).Instant))
}

// kpi is a KPI's value over all buckets of the story, by event.
func (s story) kpi(id, dim string) string { return s.over(id, dim, Event).value() }

// mean is the mean of a KPI that is a total of times.
func (s story) mean(id, dim string) string {
	v := s.over(id, dim, Event)
	v.Value = v.Mean
	return v.value()
}

func (s story) over(id, dim string, basis Basis) Value {
	s.t.Helper()
	d, ok := Find(id)
	if !ok {
		s.t.Fatalf("no KPI %q", id)
	}
	return Evaluate(d, s.figures(dim, basis, s.buckets()...))
}

func (s story) figures(dim string, basis Basis, buckets ...stamp.Bucket) Figures {
	kind, id, _ := strings.Cut(dim, " ")
	sums, end := Figures{}, s.stamps[len(s.stamps)-1].At
	for _, b := range buckets {
		for m, v := range Gather(Intervals(s.rec, b, end), Dim{DimKind(kind), id}, basis) {
			sums[m] += v
		}
	}
	return sums
}

func (s story) buckets() (all []stamp.Bucket) {
	low, high := s.stamps[0].At, s.stamps[0].At
	for _, x := range s.stamps {
		low, high = min(low, x.At), max(high, x.At)
	}
	for b := stamp.BucketAt(low); b.Start() <= high; b = stamp.Bucket(b.End()) {
		all = append(all, b)
	}
	return all
}

func (s story) call(id stamp.ID) Call    { return s.shelf.calls[id] }
func (s story) offer(id stamp.ID) Offer  { return s.shelf.offers[id] }
func (s story) leg(id string, n int) Leg { return s.shelf.legs[[2]string{id, string(rune('0' + n))}] }
func (s story) part(id string, n int) Segment {
	return s.shelf.segments[[2]string{id, string(rune('0' + n))}]
}

// inState is the time that an agent spent in a state.
func (s story) inState(agent stamp.AgentID, state string) string {
	us := int64(0)
	for _, a := range s.rec.Agents {
		if a.Agent == agent && a.State == state {
			us += a.Length()
		}
	}
	return inSeconds(us)
}

// value prints a value with its unit.
func (v Value) value() string {
	unit := map[Unit]string{Percent: " %", Seconds: " s"}[v.Unit]
	if v.Value == nil {
		return "no value"
	}
	return printed(v.Value) + unit
}

func inSeconds(us int64) string {
	v := float64(us) / 1e6
	return printed(&v) + " s"
}

func inPercent(part, whole int) string {
	v := 100 * float64(part) / float64(whole)
	return printed(&v) + " %"
}

func number(n int) string { return fmt.Sprint(n) }

// testExists looks for a test, "kpi/stamp TestEncodeIsCanonical".
func testExists(t *testing.T, named string) bool {
	t.Helper()
	dir, name, _ := strings.Cut(named, " ")
	folder := filepath.Join("..", filepath.FromSlash(dir))
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Error(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, f.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if fn, is := d.(*ast.FuncDecl); is && fn.Recv == nil && fn.Name.Name == name && strings.HasPrefix(name, "Test") {
				return true
			}
		}
	}
	return false
}
