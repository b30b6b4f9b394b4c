package replay

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// book is a store in memory: records by key, live counters, the wall.
type book struct {
	calls    map[string]kpi.Call
	legs     map[string]kpi.Leg
	entries  map[string]kpi.Entry
	offers   map[string]kpi.Offer
	segments map[string]kpi.Segment
	surveys  map[string]kpi.SurveyRun
	answers  map[string]kpi.SurveyAnswer
	attempts map[string]kpi.Attempt
	sessions map[string]kpi.AgentSession
	agents   map[string]kpi.AgentInterval

	counters map[kpi.Key]int64
	wall     map[string]string
}

func newBook() *book {
	return &book{map[string]kpi.Call{}, map[string]kpi.Leg{}, map[string]kpi.Entry{}, map[string]kpi.Offer{}, map[string]kpi.Segment{},
		map[string]kpi.SurveyRun{}, map[string]kpi.SurveyAnswer{}, map[string]kpi.Attempt{}, map[string]kpi.AgentSession{}, map[string]kpi.AgentInterval{},
		map[kpi.Key]int64{}, map[string]string{}}
}

func (b *book) write(r kpi.Records) {
	for _, x := range r.Calls {
		b.calls[string(x.Call)] = x
	}
	for _, x := range r.Legs {
		b.legs[fmt.Sprint(x.Call, "/", x.Leg)] = x
	}
	for _, x := range r.Entries {
		b.entries[fmt.Sprint(x.Call, "/", x.Entry)] = x
	}
	for _, x := range r.Offers {
		b.offers[string(x.Offer)] = x
	}
	for _, x := range r.Segments {
		b.segments[fmt.Sprint(x.Call, "/", x.Segment)] = x
	}
	for _, x := range r.Surveys {
		b.surveys[fmt.Sprint(x.Call, "/", x.Segment)] = x
	}
	for _, x := range r.Answers {
		b.answers[fmt.Sprint(x.Call, "/", x.Segment, "/", x.Question)] = x
	}
	for _, x := range r.Attempts {
		b.attempts[string(x.Attempt)] = x
	}
	for _, x := range r.Sessions {
		b.sessions[string(x.Session)] = x
	}
	for _, x := range r.Agents {
		b.agents[fmt.Sprint(x.Session, "/", x.N)] = x
	}
}

func (b *book) count(p kpi.Pulse) {
	for _, d := range p.Deltas {
		b.counters[d.Key] += d.Add
	}
	for _, c := range p.Calls {
		b.wall["call:"+string(c.Call)] = fmt.Sprint(c)
	}
	for _, a := range p.Agents {
		b.wall["agent:"+string(a.Session)] = fmt.Sprint(a)
	}
	for _, g := range p.Gone {
		delete(b.wall, g.String())
	}
}

// records are all records, each kind in the order of its key.
func (b *book) records() kpi.Records {
	return kpi.Records{Calls: sorted(b.calls), Legs: sorted(b.legs), Entries: sorted(b.entries), Offers: sorted(b.offers), Segments: sorted(b.segments),
		Surveys: sorted(b.surveys), Answers: sorted(b.answers), Attempts: sorted(b.attempts), Sessions: sorted(b.sessions), Agents: sorted(b.agents)}
}

func sorted[T any](m map[string]T) []T {
	out := make([]T, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

// same reports whether two books say the same. Where seqs is false the numbers
// of the journal are left out: another journal of the same day has others.
func (b *book) same(o *book, seqs bool) bool {
	x, y := b.records(), o.records()
	if !seqs {
		unnumbered(&x)
		unnumbered(&y)
	}
	return reflect.DeepEqual(x, y) && maps.Equal(b.counted(), o.counted()) && maps.Equal(b.wall, o.wall)
}

// counted are the counters that are not zero.
func (b *book) counted() map[kpi.Key]int64 {
	out := maps.Clone(b.counters)
	maps.DeleteFunc(out, func(_ kpi.Key, v int64) bool { return v == 0 })
	return out
}

// page is what a book says, one line a row, in an order of its own.
func (b *book) page(t testing.TB, seqs bool) string {
	t.Helper()
	r := b.records()
	if !seqs {
		unnumbered(&r)
	}
	var lines []string
	put := func(rows any) {
		text, err := json.Marshal(rows)
		must(t, err)
		lines = append(lines, strings.Split(string(text), "},{")...)
	}
	for _, rows := range []any{r.Calls, r.Legs, r.Entries, r.Offers, r.Segments, r.Surveys, r.Answers, r.Attempts, r.Sessions, r.Agents} {
		put(rows)
	}
	for k, v := range b.counted() {
		lines = append(lines, fmt.Sprint(k, v))
	}
	for k, v := range b.wall {
		lines = append(lines, k+v)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// balanced: what was counted is what the records come to, in every quarter hour.
func (b *book) balanced(t testing.TB) {
	t.Helper()
	counted := b.counted()
	for _, bucket := range b.buckets() {
		for _, f := range kpi.Intervals(b.records(), bucket, bucket.End()) {
			if counted[f.Key] != f.Value {
				t.Errorf("%+v: counted %d, the records come to %d", f.Key, counted[f.Key], f.Value)
			}
			delete(counted, f.Key)
		}
	}
	for k, v := range counted {
		t.Errorf("%+v: counted %d, the records know nothing of it", k, v)
	}
}

// buckets are the quarter hours in which anything was counted.
func (b *book) buckets() []stamp.Bucket {
	seen := map[stamp.Bucket]bool{}
	for k, v := range b.counters {
		seen[k.Bucket] = seen[k.Bucket] || v != 0
	}
	maps.DeleteFunc(seen, func(_ stamp.Bucket, counted bool) bool { return !counted })
	return slices.Sorted(maps.Keys(seen))
}

// unnumbered takes the numbers of the journal out of rows.
func unnumbered(r *kpi.Records) {
	wipe := func(e *kpi.Evidence) { e.FirstSeq, e.LastSeq = 0, 0 }
	for i := range r.Calls {
		wipe(&r.Calls[i].Evidence)
	}
	for i := range r.Legs {
		wipe(&r.Legs[i].Evidence)
	}
	for i := range r.Entries {
		wipe(&r.Entries[i].Evidence)
	}
	for i := range r.Offers {
		wipe(&r.Offers[i].Evidence)
	}
	for i := range r.Segments {
		wipe(&r.Segments[i].Evidence)
	}
	for i := range r.Surveys {
		wipe(&r.Surveys[i].Evidence)
	}
	for i := range r.Answers {
		wipe(&r.Answers[i].Evidence)
	}
	for i := range r.Attempts {
		wipe(&r.Attempts[i].Evidence)
	}
	for i := range r.Sessions {
		wipe(&r.Sessions[i].Evidence)
	}
	for i := range r.Agents {
		wipe(&r.Agents[i].Evidence)
	}
}

// differs names the first line in which two pages differ, "" if none.
func differs(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return "missing: " + w[i]
		case i >= len(w):
			return "too much: " + g[i]
		case g[i] != w[i]:
			return fmt.Sprintf("got  %s\nwant %s", g[i], w[i])
		}
	}
	return ""
}
