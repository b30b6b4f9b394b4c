package postgres_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// acme is a small but whole configuration.
func acme() postgres.Seed {
	campaign := postgres.DefaultCampaign()
	campaign.ID, campaign.Name, campaign.Queue, campaign.Trunk = "autumn", "Autumn", "support", "carrier"
	campaign.CallerID, campaign.DialFrom, campaign.DialUntil, campaign.Active = "+84281234567", "00:00", "24:00", true
	return postgres.Seed{
		Organisation: postgres.Organisation{Name: "Acme", Zone: "Asia/Ho_Chi_Minh", Language: "vi", Currency: "VND"},
		Users: []postgres.User{
			{ID: "an", Login: "An", Name: "Nguyễn An", Role: "agent", Hash: "$argon2id$1", Language: "vi", Active: true, MayDial: true, PerMinute: 20, PerDay: 500},
			{ID: "bo", Login: "bo", Name: "Bo", Role: "manager", Hash: "$argon2id$2", Language: "en", Active: true},
		},
		Trunks: []postgres.Trunk{{
			ID: "carrier", Name: "Carrier", Host: "sip.example.com", Transport: "udp", Username: "acme", Secret: "tr0ub4dor",
			Addresses: []string{"192.0.2.0/24"}, CallerID: "+84281234567", MaxCalls: 30, Active: true,
			Prefixes: []string{"+84", "+886"}, Realm: "carrier.example", SessionUS: 1800e6, OptionsUS: 30e6, StripPlus: true, SignalHold: true,
			Backups: []string{"192.0.2.9:5070"}, Domain: "example.com", NAT: true, Codecs: []string{"pcmu", "pcma"}, PerSecond: 5,
			CallerSet: new("city"), Sorts: []string{"uan"}, PerMinute: 60, PerDay: 9000,
			Reliable: "optional", SRTP: "required", TLSCA: "pem", TLSClient: true,
		}},
		CallerSets: []postgres.CallerSet{{ID: "city", Name: "City", Mode: "prefix", Numbers: []string{"+84281234567", "+84241234567"}}},
		Outbound: []postgres.OutboundRoute{
			{ID: "home", Name: "Home", Prefix: "+84", Position: 1, Weight: 3, Trunk: "carrier", CallerSet: new("city"), Active: true},
		},
		Queues: []postgres.Queue{{
			ID: "support", Name: "Support", Language: "vi", Answer: "on_entry", OfferTimeoutUS: 20e6, WrapUpUS: 30e6,
			WrapRequired: true, ServiceLevelUS: 20e6, ShortAbandonUS: 5e6, MaxWaitUS: 600e6, Survey: true, Active: true,
			Agents: []stamp.AgentID{"an"},
		}},
		Routes: []postgres.Route{{ID: "main", Name: "Main", Position: 1, Pattern: "8428*", To: "queue:support", Active: true}},
		Hours: []postgres.Hours{{
			ID: "shop", Name: "Shop", Zone: "Asia/Ho_Chi_Minh", Weekly: map[string][]string{"mon": {"08:00-12:00", "13:00-17:00"}},
			Dates: []postgres.HoursDate{{Date: "2027-02-06", Name: "Tết", Open: []string{}}},
		}},
		Menus: []postgres.Menu{{
			ID: "main", Name: "Main", Language: "vi", Prompt: "welcome", TimeoutUS: 5e6, Retries: 2, Invalid: "wrong", Silent: "silent",
			Failed: "hangup", Operator: "queue:support", Options: map[string]string{"1": "queue:support", "*": "repeat"},
		}},
		Doors: []postgres.Door{{
			Queue: "support", Hours: "shop", Closed: "menu:main", MaxSize: 9, Full: "hangup", Join: "logged_in", Stay: "reachable",
			Empty: "announcement:nobody", Overflow: "menu:main", Keys: map[string]string{"9": "menu:main"}, Welcome: "-", Music: "jazz",
			EveryUS: 45e6, Position: true, Wait: true, Comfort: "please-wait",
			CallbackKey: "1", CallbackTrunk: "carrier", CallbackTries: 2, CallbackGapUS: 60e6,
		}},
		Dispositions: []postgres.Disposition{{
			Code: "resolved", Position: 1, NameVI: "Đã giải quyết", NameZH: "已解決", NameEN: "Resolved",
			Flags: []string{"resolved"}, Active: true,
		}},
		Campaigns: []postgres.Campaign{campaign},
		Leads: map[stamp.CampaignID][]postgres.NewLead{"autumn": {
			{Number: "+84900000001", Name: "Trần Bình", Priority: 5}, {Number: "+84900000002", Name: "Lê Chi"},
		}},
	}
}

func TestSeedIsReadBackAndIdempotent(t *testing.T) {
	t.Parallel()
	store, ctx, want := fresh(t), t.Context(), acme()
	ok(t, store.Seed(ctx, "seed", want))
	history := len(must(store.History(ctx, "", "", 1000))(t))

	changed := want.Queues[0]
	changed.WrapUpUS = 45e6
	ok(t, store.PutQueue(ctx, "bo", changed))
	ok(t, store.Seed(ctx, "seed", want))

	got := postgres.Seed{
		Organisation: must(store.Organisation(ctx))(t), Users: must(store.Users(ctx))(t), Trunks: must(store.Trunks(ctx))(t),
		CallerSets: must(store.CallerSets(ctx))(t), Outbound: must(store.OutboundRoutes(ctx))(t),
		Queues: must(store.Queues(ctx))(t), Routes: must(store.Routes(ctx))(t),
		Hours: must(store.Hours(ctx))(t), Menus: must(store.Menus(ctx))(t), Doors: must(store.Doors(ctx))(t),
		Dispositions: must(store.Dispositions(ctx))(t), Campaigns: must(store.Campaigns(ctx))(t), Leads: want.Leads,
	}
	want.Users[0], want.Users[1] = want.Users[1], want.Users[0] // by name
	want.Queues[0] = changed
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back\n%+v, want\n%+v", got, want)
	}
	equal(t, "leads", must(store.CountLeads(ctx, "autumn"))(t), postgres.LeadCounts{Open: 2})
	equal(t, "changes after the second seed", len(must(store.History(ctx, "", "", 1000))(t)), history+1)
}

func TestHistoryTellsWhoChangedWhat(t *testing.T) {
	t.Parallel()
	store, ctx, seed := fresh(t), t.Context(), acme()
	ok(t, store.Seed(ctx, "seed", seed))
	user := seed.Users[0]
	user.Hash, user.Name = "$argon2id$3", "An Nguyễn"
	ok(t, store.PutUser(ctx, "bo", user))

	changes := must(store.History(ctx, "users", "an", 10))(t)
	equal(t, "changes", len(changes), 2)
	equal(t, "actor", changes[0].Actor, "bo")
	for _, part := range []string{`"name": "An Nguyễn"`, `"secret_changed": true`} {
		if !strings.Contains(string(changes[0].New), part) {
			t.Errorf("history %s has no %s", changes[0].New, part)
		}
	}
	if changes[1].Old != nil {
		t.Errorf("the creation has an old value: %s", changes[1].Old)
	}
	for _, change := range must(store.History(ctx, "", "", 100))(t) {
		if all := string(change.Old) + string(change.New); strings.Contains(all, "argon2id") || strings.Contains(all, "tr0ub4dor") {
			t.Errorf("a secret stands in the history: %s", all)
		}
	}
}

func TestUserByLogin(t *testing.T) {
	t.Parallel()
	store, ctx := fresh(t), t.Context()
	ok(t, store.Seed(ctx, "seed", acme()))
	equal(t, "user", must(store.UserByLogin(ctx, "aN"))(t).ID, "an")
	if _, err := store.UserByLogin(ctx, "nobody"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("unknown login: %v", err)
	}
	if _, err := store.For("other").UserByLogin(ctx, "an"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("a user of another organisation: %v", err)
	}
}

func TestSessionsLiveUntilTheyExpire(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	sessions := fresh(t).Sessions()
	ok(t, sessions.CommitCtx(ctx, "a", []byte("one"), time.Now().Add(time.Hour)))
	ok(t, sessions.CommitCtx(ctx, "a", []byte("two"), time.Now().Add(time.Hour)))
	ok(t, sessions.CommitCtx(ctx, "b", []byte("old"), time.Now().Add(-time.Second)))
	data, found, err := sessions.FindCtx(ctx, "a")
	if string(data) != "two" || !found || err != nil {
		t.Errorf("session a: %q %v %v", data, found, err)
	}
	if _, found, err := sessions.FindCtx(ctx, "b"); found || err != nil {
		t.Errorf("expired session: %v %v", found, err)
	}
	ok(t, sessions.DeleteExpired(ctx))
	ok(t, sessions.DeleteCtx(ctx, "a"))
	if _, found, _ := sessions.FindCtx(ctx, "a"); found {
		t.Error("a deleted session is found")
	}
}

func TestConfigurationIsHeardElsewhere(t *testing.T) {
	t.Parallel()
	store := fresh(t)
	ctx, stop := context.WithCancel(t.Context())
	heard, done := make(chan string, 100), make(chan error, 1)
	go func() { done <- store.ListenConfig(ctx, func(kind string) { heard <- kind }) }()
	equal(t, "first word, before any change", <-heard, "")
	ok(t, store.PutOrganisation(t.Context(), "bo", postgres.Organisation{Name: "x", Zone: "UTC", Language: "en", Currency: "EUR"}))
	equal(t, "kind", <-heard, "organisations")
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("listener ended with %v", err)
	}
}
