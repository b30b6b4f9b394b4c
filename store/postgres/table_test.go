package postgres_test

import (
	"slices"
	"testing"

	"github.com/callstamp/callstamp/store/postgres"
)

// The migrations make exactly the columns of the records.
func TestTablesHaveTheFieldsOfTheirRecords(t *testing.T) {
	t.Parallel()
	dsn := fresh(t).DSN()
	for table, want := range postgres.RecordColumns() {
		have := query[string](t, dsn, `
			SELECT column_name || ' ' || CASE data_type WHEN 'integer' THEN 'bigint' ELSE data_type END
			FROM information_schema.columns WHERE table_schema = 'records' AND table_name = $1 AND column_name <> 'month'`, table)
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s has\n%v, its record\n%v", table, have, want)
		}
	}
}
