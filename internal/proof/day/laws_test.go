package day

import (
	"slices"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/damage"
)

// Each law, broken alone, is named as that law.
func TestEveryBrokenLawIsNamed(t *testing.T) {
	t.Parallel()
	for _, law := range damage.Laws() {
		t.Run(law.Name, func(t *testing.T) {
			t.Parallel()
			db := dayDB(t)
			if err := law.Break(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			found, err := check.Records(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Law == law.Law }) {
				t.Errorf("%q was not named; found %v", law.Law, found)
			}
		})
	}
}
