package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// noon is a Saturday, 12:00 in Ho Chi Minh City.
var noon = time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)

// campaign seeds acme's campaign with change and leads, and takes the node.
func campaign(t *testing.T, change func(*postgres.Campaign), leads ...postgres.NewLead) (*postgres.Store, postgres.ClaimOrder) {
	t.Helper()
	store, seed := fresh(t), acme()
	if change != nil {
		change(&seed.Campaigns[0])
	}
	seed.Leads = map[stamp.CampaignID][]postgres.NewLead{"autumn": leads}
	ok(t, store.Seed(t.Context(), "seed", seed))
	tenure := must(store.TakeNode(t.Context(), "n1", 0))(t)
	t.Cleanup(tenure.Release)
	return store, postgres.ClaimOrder{Campaign: "autumn", N: 100, At: noon, Node: "n1", Epoch: tenure.Epoch}
}

func numbers(n int) []postgres.NewLead {
	leads := make([]postgres.NewLead, n)
	for i := range leads {
		leads[i].Number = fmt.Sprintf("+849%08d", i)
	}
	return leads
}

func TestNoLeadIsClaimedTwice(t *testing.T) {
	t.Parallel()
	const leads, dialers = 300, 20
	store, order := campaign(t, nil, numbers(leads)...)
	order.N = 4
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		got  = map[stamp.LeadID]int{}
	)
	for range dialers {
		wait.Go(func() {
			for {
				claimed, _, err := store.Claim(t.Context(), order)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, a := range claimed {
					got[a.Lead]++
				}
				all := len(got) == leads
				mu.Unlock()
				if all {
					return
				}
			}
		})
	}
	wait.Wait()
	for lead, times := range got {
		if times != 1 {
			t.Errorf("lead %s was claimed %d times", lead, times)
		}
	}
	equal(t, "leads", must(store.CountLeads(t.Context(), "autumn"))(t), postgres.LeadCounts{Claimed: leads})
}

func TestClaimJudges(t *testing.T) {
	t.Parallel()
	consent := func(c *postgres.Campaign) { c.RequireConsent = true }
	for _, row := range []struct {
		name   string
		change func(*postgres.Campaign)
		lead   postgres.NewLead
		at     time.Time
		reason string // "" = claimed, "-" = not even looked at
	}{
		{name: "plain", lead: postgres.NewLead{Number: "+84900000001"}},
		{name: "listed", lead: postgres.NewLead{Number: "+84999999999"}, reason: "dnc"},
		{name: "no number", lead: postgres.NewLead{Name: "?"}, reason: "invalid"},
		{name: "withdrawn", lead: postgres.NewLead{Number: "+84900000001", Consent: "withdrawn"}, reason: "consent"},
		{name: "not given", change: consent, lead: postgres.NewLead{Number: "+84900000001"}, reason: "consent"},
		{name: "given", change: consent, lead: postgres.NewLead{Number: "+84900000001", Consent: "given"}},
		{name: "stopped", change: func(c *postgres.Campaign) { c.Active = false }, lead: postgres.NewLead{Number: "+84900000001"}, reason: "-"},
		{name: "at the end of the hours", change: hours("08:00", "12:00"), lead: postgres.NewLead{Number: "+84900000001"}, reason: "-"},
		{name: "just before it", change: hours("08:00", "12:00"), lead: postgres.NewLead{Number: "+84900000001", Name: "Lan"}, at: noon.Add(-time.Microsecond)},
		{name: "its own zone", change: hours("08:00", "12:00"), lead: postgres.NewLead{Number: "+15550100", Zone: "Europe/London"}, reason: "-"},
		{name: "its own morning", change: hours("05:00", "12:00"), lead: postgres.NewLead{Number: "+15550100", Zone: "Europe/London"}},
		{name: "not on Saturdays", change: func(c *postgres.Campaign) { c.Days = []int{1, 2, 3, 4, 5} }, lead: postgres.NewLead{Number: "+84900000001"}, reason: "-"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			store, order := campaign(t, row.change, row.lead)
			ok(t, store.AddDoNotCall(t.Context(), "+84999999999", "asked"))
			if !row.at.IsZero() {
				order.At = row.at
			}
			claimed, skipped, err := store.Claim(t.Context(), order)
			ok(t, err)
			reason := "-"
			switch {
			case len(claimed) == 1:
				reason = ""
				equal(t, "number", claimed[0].Number, row.lead.Number)
				equal(t, "name", claimed[0].Name, row.lead.Name)
			case len(skipped) == 1:
				reason = skipped[0].Reason
			}
			equal(t, "reason", reason, row.reason)
		})
	}
}

func hours(from, until string) func(*postgres.Campaign) {
	return func(c *postgres.Campaign) { c.DialFrom, c.DialUntil, c.Zone = from, until, "Asia/Ho_Chi_Minh" }
}

func TestNumberIsCountedOverAllCampaigns(t *testing.T) {
	t.Parallel()
	once := func(c *postgres.Campaign) { c.MaxPerDay = 1 }
	store, order := campaign(t, once, postgres.NewLead{Number: "+84900000001"})
	second := acme().Campaigns[0]
	second.ID, second.MaxPerDay = "winter", 1
	ok(t, store.PutCampaign(t.Context(), "bo", second))
	must(store.ImportLeads(t.Context(), "winter", []postgres.NewLead{{Number: "+84900000001"}}))(t)

	claimed, _, err := store.Claim(t.Context(), order)
	ok(t, err)
	equal(t, "first claim", len(claimed), 1)
	order.Campaign = "winter"
	_, skipped, err := store.Claim(t.Context(), order)
	ok(t, err)
	if len(skipped) != 1 || skipped[0].Reason != "frequency" {
		t.Fatalf("second campaign: %+v", skipped)
	}
	order.At = noon.Add(24 * time.Hour)
	claimed, _, err = store.Claim(t.Context(), order)
	ok(t, err)
	equal(t, "claim a day later", len(claimed), 1)
}

func TestFinishOpensOrCloses(t *testing.T) {
	t.Parallel()
	store, order := campaign(t, func(c *postgres.Campaign) { c.MaxAttempts = 2 }, numbers(1)...)
	ctx := t.Context()
	claim := func() []postgres.Attempt {
		claimed, _, err := store.Claim(ctx, order)
		ok(t, err)
		return claimed
	}
	first := claim()
	ok(t, store.Finish(ctx, first[0].ID, "busy", order.At))
	ok(t, store.Finish(ctx, first[0].ID, "connected", order.At)) // the first stands
	equal(t, "claims before the pause is over", len(claim()), 0)
	order.At = order.At.Add(time.Hour)
	second := claim()
	equal(t, "attempt", second[0].No, 2)
	n := must(store.RecoverAttempts(ctx, "n1", order.At))(t)
	equal(t, "recovered", n, 1)
	equal(t, "leads", must(store.CountLeads(ctx, "autumn"))(t), postgres.LeadCounts{Done: 1})
	if err := store.Finish(ctx, "nothing", "busy", order.At); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("unknown attempt: %v", err)
	}
}

// What another node presumed of an attempt gives way to what its own node says,
// and so does the lead, unless it has been claimed again.
func TestPresumedAttemptsGiveWay(t *testing.T) {
	t.Parallel()
	store, order := campaign(t, func(c *postgres.Campaign) { c.MaxAttempts = 3 }, numbers(2)...)
	ctx := t.Context()
	first, _, err := store.Claim(ctx, order)
	ok(t, err)
	equal(t, "presumed", must(store.PresumeAttempts(ctx, "n1", order.At))(t), 2)
	equal(t, "presumed again", must(store.PresumeAttempts(ctx, "n1", order.At))(t), 0)
	equal(t, "leads", must(store.CountLeads(ctx, "autumn"))(t), postgres.LeadCounts{Open: 2})
	ok(t, store.Finish(ctx, first[0].ID, "connected", order.At))
	ok(t, store.Finish(ctx, first[0].ID, "busy", order.At)) // the node's own word stands
	equal(t, "leads", must(store.CountLeads(ctx, "autumn"))(t), postgres.LeadCounts{Open: 1, Done: 1})

	order.At = order.At.Add(time.Hour)
	second, _, err := store.Claim(ctx, order)
	ok(t, err)
	equal(t, "claimed again", len(second), 1)
	ok(t, store.Finish(ctx, first[1].ID, "connected", order.At)) // of the attempt before
	equal(t, "leads", must(store.CountLeads(ctx, "autumn"))(t), postgres.LeadCounts{Claimed: 1, Done: 1})
	ok(t, store.Finish(ctx, second[0].ID, "connected", order.At))
	equal(t, "leads", must(store.CountLeads(ctx, "autumn"))(t), postgres.LeadCounts{Done: 2})
}

func TestOneNodeTakesCalls(t *testing.T) {
	t.Parallel()
	store, order := campaign(t, nil, numbers(1)...) // n1 has the node
	ctx := t.Context()
	if _, err := store.TakeNode(ctx, "n2", 0); !errors.Is(err, postgres.ErrNodeTaken) {
		t.Fatalf("second node: %v", err)
	}
	first := must(store.For("other").TakeNode(ctx, "n3", 0))(t) // another organisation has its own
	first.Release()
	first.Release()
	again := must(store.For("other").TakeNode(ctx, "n4", 0))(t)
	defer again.Release()
	if again.Epoch <= first.Epoch {
		t.Errorf("epoch %d after %d", again.Epoch, first.Epoch)
	}
	order.Epoch--
	if _, _, err := store.Claim(ctx, order); !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("claim with a lower epoch: %v", err)
	}
}

// A node that asks nothing for the hold, because it is stopped or cut off, has
// lost its right at the server; one that asks keeps it.
func TestTheServerTakesTheRightFromASilentNode(t *testing.T) {
	t.Parallel()
	store, ctx := fresh(t), t.Context()
	const hold = 1500 * time.Millisecond
	conn := must(store.Frozen(ctx, "n1", hold))(t)
	defer conn.Close(context.Background())
	silent := time.Now()
	second := awaitNode(t, store, "n2", hold)
	defer second.Release()
	if took := time.Since(silent); took < hold-100*time.Millisecond || took > 2*hold {
		t.Errorf("taken %v after the first fell silent, the hold is %v", took, hold)
	}
	equal(t, "before the second", second.Before, "n1")
	h := must(store.Holder(ctx))(t)
	equal(t, "holder", h.Node, "n2")
	equal(t, "epoch", h.Epoch, second.Epoch)

	began := second.Proved()
	for time.Since(began) < 2*hold {
		if _, err := store.TakeNode(ctx, "n3", hold); !errors.Is(err, postgres.ErrNodeTaken) {
			t.Fatalf("while the second asks: %v", err)
		}
	}
	if old := time.Since(second.Proved()); old > hold {
		t.Errorf("the second's last proof is %v old", old)
	}
}

// awaitNode takes the node as soon as nobody has it.
func awaitNode(t *testing.T, store *postgres.Store, node stamp.NodeID, hold time.Duration) *postgres.Tenure {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		got, err := store.TakeNode(t.Context(), node, hold)
		if err == nil {
			return got
		}
		if !errors.Is(err, postgres.ErrNodeTaken) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func TestTenureKnowsThatItsLockIsGone(t *testing.T) {
	t.Parallel()
	store := fresh(t)
	tenure := must(store.TakeNode(t.Context(), "n1", 0))(t)
	defer tenure.Release()
	dsn := store.DSN()
	pids := query[int32](t, dsn, `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database =
		(SELECT oid FROM pg_database WHERE datname = current_database())`)
	equal(t, "locks", len(slices.Compact(pids)), 1)
	sql(t, dsn, `SELECT pg_terminate_backend($1)`, pids[0])
	<-tenure.Lost()
}
