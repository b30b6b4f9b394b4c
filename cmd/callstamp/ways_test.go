package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/dialer/guard"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// sipAddresses are how many a trunk has, of each trunk, as the user agent knows them.
type sipAddresses map[stamp.TrunkID]int

func (a sipAddresses) Ways(id stamp.TrunkID) int { return a[id] }

// house has three trunks that call Vietnam, one of which may call the world, and
// one that can't call out.
func house(outbound ...postgres.OutboundRoute) *configuration {
	return &configuration{
		trunks: []postgres.Trunk{
			{ID: "a", Host: "192.0.2.1", Prefixes: []string{"+84"}, CallerID: "+842800000001", Active: true},
			{ID: "b", Host: "192.0.2.2", Prefixes: []string{"+84"}, CallerSet: new("city"), Active: true},
			{ID: "off", Host: "192.0.2.3", Prefixes: []string{"+84"}},
			{ID: "in", Prefixes: []string{"+84"}, Active: true},
			{ID: "world", Host: "192.0.2.4", Prefixes: []string{"+"}, Sorts: []string{"uan"}, Active: true},
		},
		callerSets: map[string]postgres.CallerSet{
			"city": {ID: "city", Mode: "rotate", Numbers: []string{"+842800000002", "+842400000002"}},
			"area": {ID: "area", Mode: "prefix", Numbers: []string{"+842800000003", "+842400000003"}},
		},
		outbound: outbound,
	}
}

func out(prefix string, position int, trunk stamp.TrunkID, set *string) postgres.OutboundRoute {
	return postgres.OutboundRoute{ID: prefix + string(trunk), Prefix: prefix, Position: position, Weight: 1, Trunk: trunk, CallerSet: set, Active: true}
}

// TestWays: by which trunks, in which order, showing which number, how long an
// INVITE may go unanswered.
func TestWays(t *testing.T) {
	two := []postgres.OutboundRoute{out("+84", 1, "b", nil), out("+84", 2, "a", new("area")), out("+84", 3, "off", nil), out("", 1, "world", nil)}
	for _, row := range []struct {
		name string
		c    *configuration
		want wanted
		get  string
	}{
		{"a campaign without routes", house(), wanted{number: "+84901234567", trunk: "a"}, "a +842800000001"},
		{"by hand without routes: whoever may", house(), wanted{number: "+84901234567"}, "a +842800000001 3s, b +842800000002 3s, world"},
		{"by the routes", house(two...), wanted{number: "+842412345678"}, "b +842800000002 3s, a +842400000003"},
		{"the campaign's trunk first", house(two...), wanted{number: "+842412345678", trunk: "a"}, "a +842400000003 3s, b +842800000002"},
		{"the campaign's number where it is ours", house(two...), wanted{number: "+842412345678", trunk: "a", callerID: "+842800000001"},
			"a +842800000001 3s, b +842800000002"},
		{"somebody else's number is not shown", house(), wanted{number: "+84901234567", trunk: "a", callerID: "+84999999999"}, "a +842800000001"},
		{"a company's number, listed", house(two...), wanted{number: "+443001234567"}, "world"},
		{"premium is not", house(two...), wanted{number: "+449012345678"}, "! premium"},
		{"premium at home", house(two...), wanted{number: "+84190012345"}, "! premium"},
		{"abroad, without a route", house(), wanted{number: "+881612345678"}, "! satellite"},
		{"abroad by a campaign's trunk", house(), wanted{number: "+12015550123", trunk: "a"}, "! outside_prefix"},
		{"a trunk that is switched off", house(), wanted{number: "+84901234567", trunk: "off"}, "! no_trunk"},
		{"no trunk at all", &configuration{}, wanted{number: "+84901234567"}, "! no_trunk"},
	} {
		var w ways
		dials, err := w.find(row.c, sipAddresses{}, row.want)
		if got := dialsAsText(dials, err); got != row.get {
			t.Errorf("%s: %s, want %s", row.name, got, row.get)
		}
	}
}

func dialsAsText(dials []call.Dial, err error) string {
	if err != nil {
		return "! " + wordOf(err)
	}
	var words []string
	for _, d := range dials {
		word := strings.TrimSpace(string(d.Trunk) + " " + d.CallerID)
		if d.SilentUS > 0 {
			word += " 3s"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// TestWaysToOneTrunk: a trunk with several addresses is a way more for each.
func TestWaysToOneTrunk(t *testing.T) {
	var w ways
	dials, err := w.find(house(), sipAddresses{"a": 2}, wanted{number: "+84901234567", trunk: "a"})
	if got := dialsAsText(dials, err); got != "a +842800000001 3s, a +842800000001" {
		t.Error(got)
	}
}

// TestTollGuard: what no trunk lists is refused to whoever dials, and a trunk's
// cap sends a call to the next one.
func TestTollGuard(t *testing.T) {
	c := house()
	c.trunks[0].PerMinute = 1
	p := &people{}
	p.now.Store(c)
	g, err := newTollGuard(p, "Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	d := call.Dial{Trunk: "a", Number: "+84901234567"}
	if err := g.lets(d); err != nil {
		t.Errorf("the first call: %v", err)
	}
	if err := g.take(guard.Trunk, "a"); err != nil {
		t.Error(err)
	}
	if err := g.lets(d); wordOf(err) != "cap_trunk_minute" || !capped(err) {
		t.Errorf("the second call: %v", err)
	}
	d.Number = "+84190012345"
	var r guard.Refusal
	if err := g.lets(d); !errors.As(err, &r) || r.Word != "premium" || capped(err) {
		t.Errorf("premium: %v", err)
	}
	if err := g.lets(call.Dial{Trunk: "off", Number: "+84901234567"}); err == nil || capped(err) {
		t.Errorf("a trunk that is switched off: %v", err)
	}
}

// TestLostRoutes: the doctor names each route by which nothing can be called.
func TestLostRoutes(t *testing.T) {
	c := house(out("+84", 1, "a", nil), out("+849", 1, "a", nil), out("", 1, "a", nil), out("+886", 1, "a", nil), out("+84", 1, "off", nil),
		out("+84", 1, "in", nil), postgres.OutboundRoute{ID: "idle", Trunk: "off"})
	for i := range c.outbound {
		c.outbound[i].Name = c.outbound[i].ID
	}
	var names []string
	for _, l := range c.lostRoutes() {
		names = append(names, l.name)
	}
	if got := strings.Join(names, " "); got != "+886a +84off +84in" {
		t.Error(got)
	}
}
