package main

import (
	"reflect"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/store/postgres"
)

// What the seed says by name is stored by id; prompts keep theirs.
func TestSeedFront(t *testing.T) {
	c := configs.Default()
	c.Organisation.Zone = "Asia/Ho_Chi_Minh"
	menu, door := configs.DefaultMenu(), configs.DefaultDoor()
	menu.Name, menu.Prompt, menu.Failed, menu.Operator = "Main Menu", "hello", "hangup", "queue:Chăm sóc"
	menu.Options = map[string]string{"1": "queue:Chăm sóc", "2": "menu:Main Menu", "3": "announcement:Our Hours", "*": "repeat"}
	door.Queue, door.Hours, door.Closed, door.MaxWait, door.Keys = "Chăm sóc", "Shop Hours", "menu:Main Menu", time.Minute, map[string]string{"9": "hangup"}
	door.CallbackKey, door.CallbackTrunk = "2", "The Carrier"
	c.Seed.Menus, c.Seed.Doors = []configs.SeedMenu{menu}, []configs.SeedDoor{door}
	c.Seed.Hours = []configs.SeedHours{{Name: "Shop Hours", Weekly: map[string][]string{"mon": {"08:00-12:00"}},
		Dates: map[string][]string{"2027-02-06 00:00:00 +0000 UTC": nil, "2026-12-24": {"08:00-12:00"}}}}
	got := postgres.Seed{Queues: []postgres.Queue{{ID: "chăm-sóc", MaxWaitUS: 1}}}
	seedFront(&got, c)
	want := postgres.Seed{
		Queues: []postgres.Queue{{ID: "chăm-sóc", MaxWaitUS: 60e6}},
		Hours: []postgres.Hours{{
			ID: "shop-hours", Name: "Shop Hours", Zone: "Asia/Ho_Chi_Minh", Weekly: map[string][]string{"mon": {"08:00-12:00"}},
			Dates: []postgres.HoursDate{{Date: "2026-12-24", Open: []string{"08:00-12:00"}}, {Date: "2027-02-06"}},
		}},
		Menus: []postgres.Menu{{
			ID: "main-menu", Name: "Main Menu", Prompt: "hello", TimeoutUS: 5e6, Retries: 2, Failed: "hangup", Operator: "queue:chăm-sóc",
			Options: map[string]string{"1": "queue:chăm-sóc", "2": "menu:main-menu", "3": "announcement:Our Hours", "*": "repeat"},
		}},
		Doors: []postgres.Door{{
			Queue: "chăm-sóc", Hours: "shop-hours", Closed: "menu:main-menu", Keys: map[string]string{"9": "hangup"},
			CallbackKey: "2", CallbackTrunk: "the-carrier", CallbackTries: 3, CallbackGapUS: 600e6,
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
