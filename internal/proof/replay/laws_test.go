package replay

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/damage"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/store/postgres"
)

// named is what callstamp check must say of each broken law; what is not here
// it names as a row that its stamps do not make.
func named() map[string]string {
	return map[string]string{
		"an entry without its exit":                          kpi.LawOneExit,
		"an entry too few":                                   kpi.LawExits,
		"an offer without end":                               kpi.LawOffers,
		"a gap between two states":                           kpi.LawStates,
		"a login longer than its states":                     kpi.LawStates,
		"a quarter hour that lacks a millisecond of a state": "figures are those of the records",
		"an agent twice at a time":                           kpi.LawStates,
		"a talk that is no segment's":                        kpi.LawTalk,
		"a gap between two phases":                           kpi.LawPhases,
		"a call longer than its phases":                      kpi.LawPhases,
		"a quarter hour that lacks a millisecond of a phase": "figures are those of the records",
		"a negative duration":                                kpi.LawPositive,
		"a figure that is not its records'":                  "figures are those of the records",
		"a wrong frozen counter":                             "rolled is not folded",
		"an empty denominator stored as 0":                   "a figure of nothing is no figure",
		"a changed byte":                                     "each stamp hashes what came before",
		"two stamps that changed places":                     "each stamp hashes what came before",
		"a stamp taken out, and the chain mended":            "a record is the fold of its stamps",
	}
}

// brokenLaws: each law, broken alone in the books of a lived day, is named by
// the independent checker as that law, and by callstamp check.
func brokenLaws(t *testing.T, rep *report) {
	t.Parallel()
	lived := func(_ context.Context, dsn string) error {
		s := storesOn(t, dsn)
		s.inOrder(journals(t, live(t, "n1", 200, small()), live(t, "n2", 201, small())))
		s.balanced()
		s.truth.Close()
		return nil
	}
	private.TestPostgresFrom(t, "lived", lived)
	for _, law := range damage.Laws() {
		t.Run(law.Name, func(t *testing.T) {
			t.Parallel()
			dsn := private.TestPostgresFrom(t, "lived", nil)
			db, err := pgx.Connect(t.Context(), dsn)
			must(t, err)
			defer db.Close(context.Background())
			must(t, law.Break(t.Context(), db))
			found, err := check.Records(t.Context(), db)
			must(t, err)
			if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Law == law.Law }) {
				t.Errorf("the checker does not name %q; it found %v", law.Law, found[:min(len(found), 5)])
			}
			own := ownCheck(t, dsn)
			want := named()[law.Name]
			if want == "" {
				want = "a record is the fold of its stamps"
			}
			rep.law(law.Name, law.Law, want)
			if !slices.ContainsFunc(own, func(law string) bool { return strings.HasPrefix(law, want) }) {
				t.Errorf("callstamp check does not name %q; it says %v", want, own)
			}
		})
	}
}

// ownCheck is what callstamp check says of a database: the laws that it names.
func ownCheck(t *testing.T, dsn string) (laws []string) {
	t.Helper()
	db, err := postgres.OpenPool(t.Context(), dsn, 2)
	must(t, err)
	defer db.Close()
	report, err := db.For(org).Check(t.Context())
	must(t, err)
	for _, v := range report.Violations {
		laws = append(laws, v.Law+": "+v.Row)
	}
	for range report.Differences {
		laws = append(laws, "rolled is not folded")
	}
	if report.Balanced {
		t.Error("callstamp check is content")
	}
	return laws
}
