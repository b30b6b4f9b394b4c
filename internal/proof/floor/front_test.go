package floor_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// front is a house whose callers are followed: what each of them perceived.
type front struct {
	*rig.House
	t testing.TB

	mu   sync.Mutex
	acts map[string][]string // by number
	// called are the customers who can be called, by number.
	called map[string]phonenet.Script
}

// prompts are what the callers of these tests know.
var frontCues = map[string]string{
	"closed": "en/queue-closed", "nobody": "en/queue-nobody", "full": "en/queue-full", "comfort": "en/queue-comfort",
	"invalid": "en/menu-invalid", "silent": "en/menu-silent", "position": "en/queue-position", "offer": "en/callback-offer",
	"thanks": "en/callback-thanks", "greeting": "en/voicemail-greeting",
}

// openFront builds a house with doors, menus, hours and routes in its seed.
func openFront(t *testing.T, o rig.Options, seed map[string]any) *front {
	t.Helper()
	rig.Precedence(t)
	f := &front{t: t, acts: map[string][]string{}, called: map[string]phonenet.Script{}}
	o.Seed, o.Cues = rig.Seed(t), rig.Cues(t)
	for name, file := range frontCues {
		o.Cues[name] = rig.Prompt(t, file)
	}
	if o.Config == nil {
		o.Config = map[string]any{}
	}
	o.Config["seed"] = seed
	o.Phones = func(c *phonenet.Config, _ string) {
		note := c.Note
		c.Note = func(a phonenet.Act) {
			f.mu.Lock()
			f.acts[a.Number] = append(f.acts[a.Number], strings.TrimPrefix(a.What, "hears_"))
			f.mu.Unlock()
			note(a)
		}
		called := c.Called
		c.Called = func(number string) phonenet.Script {
			f.mu.Lock()
			defer f.mu.Unlock()
			if s, ours := f.called[number]; ours {
				return s
			}
			return called(number)
		}
	}
	f.House = rig.Open(t, o)
	return f
}

// callResult is one call as the customer and the records saw it.
type callResult struct {
	Result phonenet.Result
	Heard  []string
	ID     string
	Kinds  []string // of its stamps, in order
	Record map[string]any
}

// call places a call and waits until it is over and its record closed.
func (f *front) call(s phonenet.Script) callResult {
	f.t.Helper()
	r, err := f.Net.Place(f.t.Context(), s)
	must(f.t, err)
	return f.read(s.Number, r)
}

// read waits for the closed record of a caller's call.
func (f *front) read(number string, r phonenet.Result) callResult {
	f.t.Helper()
	c := callResult{Result: r, Record: f.SQL.ClosedOf(number, 1)[0]}
	c.ID = fmt.Sprint(c.Record["call"])
	for _, row := range f.SQL.Rows(`SELECT kind FROM stamps WHERE call_id = $1 ORDER BY n`, c.ID) {
		c.Kinds = append(c.Kinds, fmt.Sprint(row["kind"]))
	}
	f.mu.Lock()
	c.Heard = slices.Clone(f.acts[number])
	f.mu.Unlock()
	return c
}

// want compares parts of what became of a call.
func (c callResult) want(t testing.TB, name, how string, code int, heard, kinds string, record map[string]any) {
	t.Helper()
	if c.Result.How != how || c.Result.Code != code {
		t.Errorf("%s: the caller's call was %s %d, want %s %d", name, c.Result.How, c.Result.Code, how, code)
	}
	if k := rig.Misplaced(c.Heard, strings.Fields(heard)...); k != "" {
		t.Errorf("%s: heard %q, want %q: %s is out of place", name, c.Heard, heard, k)
	}
	if k := rig.Misplaced(c.Kinds, strings.Fields(kinds)...); k != "" {
		t.Errorf("%s: stamps %q, want %q: %s is out of place", name, c.Kinds, kinds, k)
	}
	for column, value := range record {
		if got := fmt.Sprint(c.Record[column]); got != fmt.Sprint(value) {
			t.Errorf("%s: %s is %s, want %v", name, column, got, value)
		}
	}
}

// route is a seeded route.
func route(number, to string) map[string]any { return map[string]any{"number": number, "to": to} }

// data is a field of the call's stamp of that kind.
func (f *front) data(c callResult, kind, field string) []string {
	f.t.Helper()
	var all []string
	for _, row := range f.SQL.Rows(`SELECT convert_from(bytes, 'UTF8')::json->'data'->>$3 AS v FROM stamps WHERE call_id = $1 AND kind = $2 ORDER BY n`, c.ID, kind, field) {
		all = append(all, fmt.Sprint(row["v"]))
	}
	return all
}
