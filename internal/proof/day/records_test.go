package day

import (
	"slices"
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

// Each row of each table, deleted, doubled or shifted by 100 ms, is named.
func TestEveryBrokenRowIsNamed(t *testing.T) {
	t.Parallel()
	for _, tab := range append(check.Tables(), damage.Stamps()) {
		if tab.Name == "records.dial_attempts" {
			continue // nothing was dialed that day; the proof run breaks one
		}
		for _, kind := range damage.Kinds() {
			t.Run(tab.Name+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				db := dayDB(t)
				key, err := damage.Do(t.Context(), db, tab, kind, func(n int) int { return n / 2 })
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
			})
		}
	}
}
