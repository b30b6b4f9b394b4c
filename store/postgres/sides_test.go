package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// withSides gives a day's stamps side entries of all kinds, some of them told
// again, taken back, erased, or late.
func withSides(r *rand.Rand, day []ledger.Entry) []ledger.Entry {
	var calls []stamp.ID
	for i, e := range day {
		if e.Stamp.Call != "" {
			calls = append(calls, e.Stamp.Call)
		}
		if len(calls) == 0 || r.IntN(3) > 0 {
			continue
		}
		call := calls[max(0, len(calls)-1-r.IntN(30))] // of now, or of a while ago
		data := fmt.Appendf(nil, `{"number":"+8490%07d","name":"n%d","body":"b%d"}`, i, i, i)
		if r.IntN(4) == 0 {
			data = nil
		}
		kind := []ledger.SideKind{ledger.Party, ledger.Dialog, ledger.Dialog, ledger.Note}[r.IntN(4)]
		id := map[ledger.SideKind]string{ledger.Party: "party" + string(call), ledger.Note: "note" + string(call),
			ledger.Dialog: fmt.Sprintf("%s/%d", call, 1+r.IntN(2))}[kind]
		day[i].Sides = append(day[i].Sides, ledger.Side{Kind: kind, ID: id, Org: org, Data: data})
	}
	return day
}

// sides prints what side entries and subjects came to.
func sides(t *testing.T, store *postgres.Store) string {
	t.Helper()
	var all strings.Builder
	for _, q := range []string{
		`SELECT concat_ws(' ', id, number, name, erased_at IS NOT NULL) FROM parties ORDER BY id`,
		`SELECT concat_ws(' ', id, call_id, author, body, erased_at IS NOT NULL) FROM notes ORDER BY id`,
		`SELECT concat_ws(' ', id, call_id, node, convert_from(data, 'UTF8')) FROM leg_dialogs ORDER BY id`,
		`SELECT concat_ws(' ', subject, month, node) FROM open_subjects ORDER BY subject`,
	} {
		rows := query[string](t, store.DSN(), q)
		fmt.Fprintf(&all, "%d rows\n%s\n", len(rows), strings.Join(rows, "\n"))
	}
	return all.String()
}

// What a batch makes of side entries all together is what they come to one by
// one.
func TestSidesComeToTheSameInAnyBatch(t *testing.T) {
	t.Parallel()
	want := ""
	for _, size := range []int{1, 7, 2048} {
		store := fresh(t)
		day := withSides(rand.New(rand.NewPCG(11, 12)), someDay(9))
		feed(t, postgres.NewLedgerFollower(store, "n1"), day[:len(day)*2/3], size) // some subjects are open there
		got := sides(t, store)
		if want == "" {
			want = got
			if strings.Contains(got, "\n0 rows") || strings.HasPrefix(got, "0 rows") || !strings.Contains(got, " t\n") {
				t.Fatalf("a poor day:\n%s", got)
			}
		}
		if got != want {
			t.Errorf("in batches of %d: %s", size, firstDifference(got, want))
		}
	}
}
