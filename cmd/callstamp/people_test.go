package main

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

func TestRoutePatterns(t *testing.T) {
	for _, row := range []struct {
		pattern, number string
		want            bool
	}{
		{"1900", "1900", true},
		{"1900", "19001", false},
		{"1900", "190", false},
		{"1900", "+1900", false},
		{"19??", "1942", true},
		{"19??", "194", false},
		{"19??", "19423", false},
		{"??00", "+100", false}, // a + is no digit
		{"??00", "ab00", false},
		{"+8428*", "+84281234567", true},
		{"+8428*", "+8428", true},
		{"+8428*", "+842", false},
		{"+8428*", "84281234567", false},
		{"+84??1*", "+849010", true},
		{"+84??1*", "+849021", false},
		{"+84??1*", "+84901", true},
		{"*", "", true},
		{"*", "anonymous", true},
		{"", "", true},
		{"", "1", false},
		{"1*2", "1*2", true}, // only the last * stands for the rest
		{"1*2", "1992", false},
	} {
		if got := matches(row.pattern, row.number); got != row.want {
			t.Errorf("%q matches %q: %v, want %v", row.pattern, row.number, got, row.want)
		}
	}
}

// TestRoute asks one table of routes for each case of the choice.
func TestRoute(t *testing.T) {
	carrier, other := stamp.TrunkID("carrier"), stamp.TrunkID("other")
	house, err := houseOf(limited(), "acme", map[stamp.QueueID]postgres.Queue{
		"service": {ID: "service", Active: true}, "sales": {ID: "sales", Active: true}, "closed": {ID: "closed"},
	}, front{menus: []postgres.Menu{{ID: "main"}}})
	if err != nil {
		t.Fatal(err)
	}
	c := configuration{
		house: house,
		front: front{routes: []postgres.Route{
			{ID: "off", Pattern: "*", To: "queue:service"},
			{ID: "nowhere", Pattern: "*", To: "queue:deleted", Active: true},
			{ID: "no menu", Pattern: "*", To: "menu:deleted", Active: true},
			{ID: "unreadable", Pattern: "*", To: "kitchen:1", Active: true},
			{ID: "to closed", Pattern: "1900", To: "queue:closed", Active: true},
			{ID: "of the carrier", Pattern: "1900", Trunk: &carrier, To: "queue:sales", Active: true},
			{ID: "the line", Pattern: "1900", To: "queue:service", Active: true},
			{ID: "the rest", Pattern: "19*", To: "queue:sales", Active: true},
			{ID: "of another trunk", Pattern: "2*", Trunk: &other, To: "menu:main", Active: true},
		}},
	}
	for _, row := range []struct {
		name   string
		trunk  stamp.TrunkID
		called string
		route  string // "" = none
		to     string
	}{
		{"a route of its trunk, as it stands before", carrier, "1900", "of the carrier", "queue:sales"},
		{"another trunk goes on to the next", other, "1900", "the line", "queue:service"},
		{"the first that matches wins", other, "1901", "the rest", "queue:sales"},
		{"only of that trunk", other, "2000", "of another trunk", "menu:main"},
		{"not of this one", carrier, "2000", "", ""},
		{"nobody's number", carrier, "3000", "", ""},
		{"no number at all", carrier, "", "", ""},
	} {
		route, to, ok := c.route(row.trunk, row.called)
		if route.ID != row.route || to.String() != row.to || ok != (row.route != "") {
			t.Errorf("%s: %q to %q, %v; want %q to %q", row.name, route.ID, to, ok, row.route, row.to)
		}
	}
}
