package postgres_test

import (
	"errors"
	"testing"

	"github.com/callstamp/callstamp/store/postgres"
)

// What something else names can't be deleted; what nobody names is gone once.
func TestDeletingTrunksAndRoutes(t *testing.T) {
	t.Parallel()
	store, ctx := fresh(t), t.Context()
	ok(t, store.Seed(ctx, "seed", acme()))
	for name, err := range map[string]error{
		"trunk with routes and a campaign": store.DeleteTrunk(ctx, "bo", "carrier"),
		"set with a trunk and a route":     store.DeleteCallerSet(ctx, "bo", "city"),
	} {
		if !errors.Is(err, postgres.ErrInUse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok(t, store.DeleteOutboundRoute(ctx, "bo", "home"))
	if err := store.DeleteOutboundRoute(ctx, "bo", "home"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	equal(t, "routes", len(must(store.OutboundRoutes(ctx))(t)), 0)
	changes := must(store.History(ctx, "outbound_routes", "home", 10))(t)
	if len(changes) != 2 || changes[0].New != nil || changes[0].Actor != "bo" {
		t.Errorf("history %+v", changes)
	}
}
