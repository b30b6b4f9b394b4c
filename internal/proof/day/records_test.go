package day

import (
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/damage"
)

// The day by hand balances, to the microsecond.
func TestHandMadeDayBalances(t *testing.T) {
	t.Parallel()
	found, err := check.Records(t.Context(), dayDB(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// A row of each table, the first, the middle and the last one, deleted, doubled or shifted by 100 ms, is named.
func TestEveryBrokenRowIsNamed(t *testing.T) {
	t.Parallel()
	for _, tab := range append(check.Tables(), damage.Stamps()) {
		if tab.Name == "records.dial_attempts" {
			continue // nothing was dialed that day; the proof run breaks one
		}
		for _, kind := range damage.Kinds() {
			for name, which := range map[string]func(n int) int{
				"first": func(int) int { return 0 }, "middle": func(n int) int { return n / 2 }, "last": func(n int) int { return n - 1 },
			} {
				if tab.Name == damage.Stamps().Name && name == "last" {
					continue // what has nothing after it is named as the position's gap
				}
				t.Run(strings.Join([]string{tab.Name, string(kind), name}, " "), func(t *testing.T) {
					t.Parallel()
					brokenRowIsNamed(t, tab, kind, which)
				})
			}
		}
	}
}

func brokenRowIsNamed(t *testing.T, tab check.Table, kind damage.Kind, which func(n int) int) {
	t.Helper()
	db := dayDB(t)
	key, err := damage.Do(t.Context(), db, tab, kind, which)
	if err != nil {
		t.Fatal(err)
	}
	found, err := check.Records(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Table == tab.Name && f.Key == key }) {
		t.Errorf("%s of %s %s was not named; found %v", kind, tab.Name, key, found)
	}
}
