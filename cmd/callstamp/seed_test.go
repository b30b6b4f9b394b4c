package main

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// seeded is a configuration with one of everything, no value of which is the
// default.
func seeded() configs.Config {
	c := configs.Default()
	c.Organisation = configs.Organisation{ID: "acme", Zone: "Asia/Taipei", Language: "zh-Hant", Currency: "TWD"}
	c.Seed = configs.Seed{
		Queues: []configs.SeedQueue{
			{Name: "Chăm sóc", OfferTimeout: 11 * time.Second, WrapUp: 12 * time.Second, ServiceLevel: 13 * time.Second, ShortAbandon: 14 * time.Second, Survey: true, Language: "vi",
				Strategy: "ring_all", Ring: 2, LastAgent: 20 * time.Second, HeadStart: time.Minute,
				Skills: []configs.SeedNeed{{Skill: "Tiếng Anh", Steps: []configs.SeedStep{{Level: 7}, {After: 30 * time.Second}}}}},
			{Name: "Sales", OfferTimeout: 15 * time.Second, ServiceLevel: time.Second},
		},
		Users: []configs.SeedUser{
			{Login: "Lan", Name: "Nguyễn Thị Lan", Password: "correct horse", Role: "agent", Queues: []string{"Chăm sóc", "Sales"},
				Skills: []configs.SeedSkill{{Skill: "Tiếng Anh", Level: 8}}, Dial: true},
			{Login: "boss", Name: "Boss", Password: "battery staple", Role: "manager"},
		},
		Trunks: []configs.SeedTrunk{{
			Name: "The Carrier", Addresses: []string{"203.0.113.7", "2001:db8::1", "198.51.100.0/24"}, Host: "sip.example:5080", Transport: "tcp",
			Username: "me", Password: "s3cret", Realm: "realm", CallerID: "+842812345678", Prefixes: []string{"+84"}, StripPlus: true,
			SignalHold: true, Register: true, MaxCalls: 9, SessionExpires: 90 * time.Second, OptionsEvery: 5 * time.Second,
			Backups: []string{"192.0.2.9"}, Domain: "d.example", NAT: true, Codecs: []string{"pcmu"}, CallerSet: "City numbers",
			Sorts: []string{"uan"}, PerSecond: 3, PerMinute: 30, PerDay: 300, Reliable: "required", SRTP: "optional", TLSCA: "pem", TLSClient: true,
		}},
		CallerSets: []configs.SeedCallerSet{{Name: "City numbers", Mode: "prefix", Numbers: []string{"+842812345678"}}},
		Outbound: []configs.SeedOutbound{
			{Name: "Home", Prefix: "+84", Trunk: "The Carrier", Position: 2, Weight: 3, CallerSet: "City numbers"},
			{Name: "Rest", Trunk: "The Carrier", Position: 1, Weight: 1},
		},
		Routes: []configs.SeedRoute{{Number: "+8428*", Queue: "Sales"}, {Number: "8428*", Queue: "Chăm sóc", VIP: true, HeadStart: time.Second}},
	}
	return c
}

func nobodyKnown(stamp.AgentID) bool { return false }

// TestSeedIsWhole compares everything that a manager would see with what was
// written in the file.
func TestSeedIsWhole(t *testing.T) {
	got, err := seedOf(seeded(), nobodyKnown)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Users {
		if !strings.HasPrefix(got.Users[i].Hash, "$argon2id$") {
			t.Errorf("%s: hash %q", got.Users[i].Login, got.Users[i].Hash)
		}
		got.Users[i].Hash = ""
	}
	if len(got.Dispositions) == 0 {
		t.Error("no dispositions")
	}
	if len(got.AuxReasons) != 4 {
		t.Error("not the four reasons of the beginning")
	}
	if len(got.Surveys) != 1 || got.Surveys[0].ID != "csat" || len(got.SurveyRules) != 0 {
		t.Errorf("surveys %+v, rules %+v", got.Surveys, got.SurveyRules)
	}
	got.Dispositions, got.AuxReasons, got.Surveys = nil, nil, nil
	ringing := postgres.DefaultRouting("chăm-sóc")
	ringing.Strategy, ringing.Ring, ringing.LastAgentUS, ringing.HeadStartUS = "ring_all", 2, 20e6, 60e6
	want := postgres.Seed{
		Organisation: postgres.Organisation{Name: "acme", Zone: "Asia/Taipei", Language: "zh-Hant", Currency: "TWD"},
		Users: []postgres.User{
			{ID: "lan", Login: "Lan", Name: "Nguyễn Thị Lan", Role: "agent", Language: "zh-Hant", Active: true, MayDial: true, PerMinute: 20, PerDay: 500},
			{ID: "boss", Login: "boss", Name: "Boss", Role: "manager", Language: "zh-Hant", Active: true, PerMinute: 20, PerDay: 500},
		},
		Queues: []postgres.Queue{
			{ID: "chăm-sóc", Name: "Chăm sóc", Language: "vi", Answer: "on_entry", OfferTimeoutUS: 11e6, WrapUpUS: 12e6, ServiceLevelUS: 13e6,
				ShortAbandonUS: 14e6, Survey: true, Active: true, Agents: []stamp.AgentID{"lan"}},
			{ID: "sales", Name: "Sales", Language: "zh-Hant", Answer: "on_entry", OfferTimeoutUS: 15e6, ServiceLevelUS: 1e6, Active: true, Agents: []stamp.AgentID{"lan"}},
		},
		Trunks: []postgres.Trunk{{
			ID: "the-carrier", Name: "The Carrier", Host: "sip.example:5080", Transport: "tcp", Username: "me", Secret: "s3cret", Register: true,
			Addresses: []string{"203.0.113.7/32", "2001:db8::1/128", "198.51.100.0/24"}, CallerID: "+842812345678", MaxCalls: 9,
			Prefixes: []string{"+84"}, Realm: "realm", SessionUS: 90e6, OptionsUS: 5e6, StripPlus: true, SignalHold: true, Active: true,
			Backups: []string{"192.0.2.9"}, Domain: "d.example", NAT: true, Codecs: []string{"pcmu"}, CallerSet: new("city-numbers"),
			Sorts: []string{"uan"}, PerSecond: 3, PerMinute: 30, PerDay: 300, Reliable: "required", SRTP: "optional", TLSCA: "pem", TLSClient: true,
		}},
		CallerSets: []postgres.CallerSet{{ID: "city-numbers", Name: "City numbers", Mode: "prefix", Numbers: []string{"+842812345678"}}},
		Outbound: []postgres.OutboundRoute{
			{ID: "home", Name: "Home", Prefix: "+84", Position: 2, Weight: 3, Trunk: "the-carrier", CallerSet: new("city-numbers"), Active: true},
			{ID: "rest", Name: "Rest", Position: 1, Weight: 1, Trunk: "the-carrier", Active: true},
		},
		Routes: []postgres.Route{
			{ID: "+8428*", Name: "+8428*", Position: 1, Pattern: "+8428*", To: "queue:sales", Active: true},
			{ID: "8428*", Name: "8428*", Position: 2, Pattern: "8428*", To: "queue:chăm-sóc", Active: true, VIP: true, HeadStartUS: 1e6},
		},
		Skills:      []postgres.Skill{{ID: "tiếng-anh", Name: "Tiếng Anh"}},
		AgentSkills: map[stamp.AgentID][]stamp.Skill{"lan": {{Skill: "tiếng-anh", Level: 8}}},
		Routing:     []postgres.QueueRouting{ringing, postgres.DefaultRouting("sales")},
		Needs:       []postgres.QueueNeed{{Queue: "chăm-sóc", Skill: "tiếng-anh", AfterUS: []int64{0, 30e6}, Level: []int32{7, 0}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// A survey of the seed has its questions' usual scales, and its queue a rule.
func TestSeedOfSurveys(t *testing.T) {
	c := seeded()
	c.Seed.Surveys = []configs.SeedSurvey{{Name: "After Care", Opening: true, Questions: []string{"csat", "nps"}}}
	c.Seed.Queues[0].Ask = configs.SeedAsk{Survey: "After Care", Spare: 60, Spacing: 90 * 24 * time.Hour, NewFor: 24 * time.Hour, NewCalls: 2}
	got, err := seedOf(c, func(stamp.AgentID) bool { return true })
	if err != nil || len(got.Surveys) != 2 {
		t.Fatalf("%+v, %v", got.Surveys, err)
	}
	form, err := formOf(got.Surveys[1])
	if err != nil || form.ID != "after-care" || form.Opening.Ask != "survey-opening" || len(form.Questions) != 2 || form.Questions[1].High != 10 {
		t.Errorf("%+v, %v", form, err)
	}
	want := []postgres.SurveyRule{{ID: "queue/chăm-sóc", Survey: "after-care", Active: true, Share: 40, SpacingDays: 90, NewDays: 1, NewCalls: 2}}
	if !reflect.DeepEqual(got.SurveyRules, want) {
		t.Errorf("%+v, want %+v", got.SurveyRules, want)
	}
}

// TestSeedNamesEveryClash wants all names that would be one row.
func TestSeedNamesEveryClash(t *testing.T) {
	c := seeded()
	c.Seed.Queues = append(c.Seed.Queues, configs.SeedQueue{Name: "sales!"})
	c.Seed.Users = append(c.Seed.Users, configs.SeedUser{Login: "BOSS", Password: "correct horse"})
	c.Seed.Trunks = append(c.Seed.Trunks, configs.SeedTrunk{Name: "the carrier"})
	_, err := seedOf(c, func(stamp.AgentID) bool { return true })
	for _, part := range []string{`seed.queues: "Sales" and "sales!"`, `seed.users: "boss" and "BOSS"`, `seed.trunks: "The Carrier" and "the carrier"`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v has not %s", err, part)
		}
	}
}

func TestSeedSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Service": "service", "Sales / North": "sales-north", "  -a- ": "a", "客服": "客服", "": "x", "!!": "x", "R2-D2": "r2-d2",
	} {
		if got := slug(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestSeedKept starts twice on one database: the second start adds what is new
// in the file, follows the organisation, and leaves what people changed.
func TestSeedKept(t *testing.T) {
	t.Parallel()
	store := emptyStore(t)
	c := seeded()
	fine(t, keepSeed(t.Context(), store, c))
	before, err := store.UserByLogin(t.Context(), "lan")
	fine(t, err)

	renamed := postgres.Organisation{Name: "Acme Ltd.", Zone: c.Organisation.Zone, Language: c.Organisation.Language, Currency: c.Organisation.Currency}
	fine(t, store.PutOrganisation(t.Context(), "boss", renamed))
	queues, err := store.Queues(t.Context())
	fine(t, err)
	changed := queues[1] // Sales
	changed.WrapUpUS = 45e6
	fine(t, store.PutQueue(t.Context(), "boss", changed))
	history, err := store.History(t.Context(), "", "", 1000)
	fine(t, err)

	fine(t, keepSeed(t.Context(), store, c))
	same, err := store.History(t.Context(), "", "", 1000)
	fine(t, err)
	if len(same) != len(history) {
		t.Errorf("the second start changed %d things: %+v", len(same)-len(history), same[0])
	}

	c.Organisation.Zone = "Asia/Ho_Chi_Minh"
	c.Seed.Users[0].Password = "another one"
	c.Seed.Queues[1].WrapUp = time.Second
	c.Seed.Users = append(c.Seed.Users, configs.SeedUser{Login: "new", Name: "New", Password: "correct horse", Role: "agent"})
	fine(t, keepSeed(t.Context(), store, c))
	o, err := store.Organisation(t.Context())
	fine(t, err)
	renamed.Zone = "Asia/Ho_Chi_Minh"
	if o != renamed {
		t.Errorf("organisation %+v, want %+v", o, renamed)
	}
	after, err := store.UserByLogin(t.Context(), "lan")
	fine(t, err)
	if !reflect.DeepEqual(after, before) {
		t.Errorf("lan was changed: %+v", after)
	}
	if _, err := store.UserByLogin(t.Context(), "new"); err != nil {
		t.Errorf("the new user: %v", err)
	}
	queues, err = store.Queues(t.Context())
	fine(t, err)
	if queues[1].WrapUpUS != 45e6 {
		t.Errorf("the manager's wrap-up is gone: %+v", queues[1])
	}
}

// TestSeedTrunksCallOnlyWhereAllowed goes from the file through the database to
// the user agent.
func TestSeedTrunksCallOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	store := emptyStore(t)
	c := seeded()
	c.Seed.Trunks = append(c.Seed.Trunks, configs.DefaultTrunk())
	c.Seed.Trunks[0].TLSCA, c.Seed.Trunks[0].TLSClient = "", false // "pem" is no certificate
	c.Seed.Trunks[1].Name, c.Seed.Trunks[1].Host = "plain", "192.0.2.7"
	fine(t, keepSeed(t.Context(), store, c))
	stored, err := store.Trunks(t.Context())
	fine(t, err)
	trunks, faults := trunksOf(&configuration{trunks: stored})
	if len(faults) != 0 || len(trunks) != 2 {
		t.Fatalf("%d trunks, %v", len(trunks), faults)
	}
	plain, carrier := trunks[1], trunks[0]
	if plain.ID != "plain" {
		plain, carrier = carrier, plain
	}
	if len(plain.Prefixes) != 0 || plain.Session != 30*time.Minute || plain.KeepAlive != 30*time.Second || !plain.SignalHold {
		t.Errorf("a trunk of which only the host is given: %+v", plain)
	}
	if !reflect.DeepEqual(carrier.Prefixes, []string{"+84"}) || carrier.Session != 90*time.Second || carrier.KeepAlive != 5*time.Second || carrier.Realm != "realm" {
		t.Errorf("the whole one: %+v", carrier)
	}
}

func emptyStore(t *testing.T) *postgres.Store {
	t.Helper()
	store, _ := emptyDatabase(t)
	return store
}

// emptyDatabase has the schema and no row; the text is its address.
func emptyDatabase(t *testing.T) (*postgres.Store, string) {
	t.Helper()
	dsn := private.TestPostgresFrom(t, "callstamp", func(ctx context.Context, dsn string) error {
		db, err := postgres.Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(ctx)
	})
	db, err := postgres.Open(t.Context(), dsn)
	fine(t, err)
	t.Cleanup(db.Close)
	return db.For(acme), dsn
}

// fine ends the test where there is an error.
func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSeedHashesOnce leaves out whom the database has.
func TestSeedHashesOnce(t *testing.T) {
	s, err := seedOf(seeded(), func(id stamp.AgentID) bool { return id == "boss" })
	fine(t, err)
	if len(s.Users) != 1 || s.Users[0].ID != "lan" || len(s.Queues[1].Agents) != 1 {
		t.Errorf("users %+v, agents %v", s.Users, s.Queues[1].Agents)
	}
}
