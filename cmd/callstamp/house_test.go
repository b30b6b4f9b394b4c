package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

func aFront() front {
	return front{
		hours: []postgres.Hours{{
			ID: "shop", Zone: "Asia/Ho_Chi_Minh", Weekly: map[string][]string{"mon": {"08:00-12:00", "13:00-17:00"}},
			Dates: []postgres.HoursDate{{Date: "2027-02-06"}},
		}},
		menus: []postgres.Menu{{
			ID: "main", Language: "vi", Prompt: "hello", TimeoutUS: 4e6, Retries: 1, Invalid: "wrong", Silent: "silent", Failed: "hangup",
			Operator: "queue:service", Options: map[string]string{"1": "queue:service", "*": "repeat", "0": "operator", "#": "back"},
		}},
		doors: []postgres.Door{{
			Queue: "service", Hours: "shop", Closed: "announcement:night", MaxSize: 7, Full: "menu:main", Join: "logged_in", Stay: "reachable",
			Empty: "hangup", Overflow: "menu:main", Keys: map[string]string{"9": "menu:main"}, Welcome: "own", Music: "jazz", EveryUS: 45e6, Position: true, Wait: true, Comfort: "hold-on",
			CallbackKey: "2", CallbackTrunk: "carrier", CallbackTries: 4, CallbackGapUS: 7e6,
		}, {Queue: "off", Welcome: "-"}},
	}
}

func TestHouse(t *testing.T) {
	queue := aQueue()
	off := postgres.Queue{ID: "off"}
	h, err := houseOf(limited(), "acme", map[stamp.QueueID]postgres.Queue{"service": queue, "off": off}, aFront())
	if err != nil {
		t.Fatal(err)
	}
	menu := call.Destination{Kind: call.ToMenu, ID: "main"}
	want := planOf(limited(), queue)
	want.Org, want.House, want.Welcome, want.Music = "acme", h, "own", "jazz"
	want.Door = call.Door{
		Closed: call.Destination{Kind: call.ToAnnouncement, ID: "night"}, MaxSize: 7, Full: menu, Join: call.LoggedIn, Stay: call.Reachable,
		Empty: call.Destination{Kind: call.ToHangup}, Overflow: menu, Keys: map[rune]call.Destination{'9': menu},
		AnnounceUS: 45e6, AnnouncePosition: true, AnnounceWait: true, Comfort: "hold-on",
		CallbackKey: '2', CallbackTrunk: "carrier", CallbackTries: 4, CallbackGapUS: 7e6,
	}
	got := *h.Queues["service"]
	monday := time.Date(2027, 2, 1, 11, 0, 0, 0, time.FixedZone("", 7*3600))
	if !got.Hours.Open(monday.UnixMicro()) || got.Hours.Open(monday.Add(90*time.Minute).UnixMicro()) || got.Hours.Open(monday.AddDate(0, 0, 5).UnixMicro()) {
		t.Error("its hours are others")
	}
	got.Hours = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if h.Queues["off"] != nil {
		t.Error("a queue that is not active is there")
	}
	if m := h.Menus["main"]; m.Options['1'].To != call.QueueOf("service") || m.Options['*'].Do != call.Repeat || m.Failed.Kind != call.ToHangup ||
		m.Language != "vi" || m.TimeoutUS != 4e6 || m.Retries != 1 || m.Invalid != "wrong" || m.Silent != "silent" {
		t.Errorf("the menu is %+v", m)
	}
}

// What can't be read is named, and the rest works.
func TestHouseNamesWhatItCantRead(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(f *front)
		want  string
	}{
		"zone":     {func(f *front) { f.hours[0].Zone = "Saigon" }, `hours shop: zone "Saigon"`},
		"no zone":  {func(f *front) { f.hours[0].Zone = "" }, `hours shop: zone ""`},
		"span":     {func(f *front) { f.hours[0].Weekly["mon"][0] = "8-12" }, `hours shop: hours "8-12"`},
		"day":      {func(f *front) { f.hours[0].Weekly["monday"] = nil }, "hours shop: days are written"},
		"date":     {func(f *front) { f.hours[0].Dates[0].Date = "6.2.2027" }, `hours shop: date "6.2.2027"`},
		"no hours": {func(f *front) { f.doors[0].Hours = "gone" }, `queue service: there are no hours "gone"`},
		"closed":   {func(f *front) { f.doors[0].Closed = "kitchen:1" }, `queue service: closed: destination "kitchen:1"`},
		"key":      {func(f *front) { f.doors[0].Keys["99"] = "hangup" }, `queue service: "99" is no key`},
		"option":   {func(f *front) { f.menus[0].Options["1"] = "again" }, `menu main: key 1: destination "again"`},
		"menu key": {func(f *front) { f.menus[0].Options["one"] = "hangup" }, `menu main: "one" is no key`},
	} {
		f := aFront()
		c.spoil(&f)
		h, err := houseOf(limited(), "acme", map[stamp.QueueID]postgres.Queue{"service": aQueue()}, f)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || !strings.Contains(err.Error(), ";") && name != "day" && name != "span" && name != "date" {
			t.Errorf("%s: %v", name, err)
		}
		if h.Queues["service"] == nil || h.Menus["main"] == nil {
			t.Errorf("%s: the rest is gone", name)
		}
	}
}
