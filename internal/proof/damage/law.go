package damage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// Law is a way of breaking one law.
type Law struct {
	Name string // "an offer without end"
	Law  string // of the checker, which must name it
	do   func(ctx context.Context, db *pgx.Conn) (broken bool, err error)
}

// ErrNothing says that a database holds nothing that could break the law.
var ErrNothing = errors.New("nothing to break")

// Break breaks the law once. Errors: PostgreSQL refuses, or ErrNothing.
func (l Law) Break(ctx context.Context, db *pgx.Conn) error {
	broken, err := l.do(ctx, db)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", l.Name, err)
	case !broken:
		return fmt.Errorf("%s: %w", l.Name, ErrNothing)
	}
	return nil
}

// Laws returns a control for each law of the ledger. What needs a stamp to be
// another one is forged: the chain is whole again, the rows are as they were.
func Laws() []Law {
	rows := func(sql string) func(context.Context, *pgx.Conn) (bool, error) {
		return func(ctx context.Context, db *pgx.Conn) (bool, error) {
			tag, err := db.Exec(ctx, sql)
			return tag.RowsAffected() > 0, err
		}
	}
	first := func(table, set, where string) func(context.Context, *pgx.Conn) (bool, error) {
		return rows(`UPDATE ` + table + ` SET ` + set + ` WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM ` + table + ` WHERE ` + where + ` LIMIT 1)`)
	}
	return []Law{
		{"an entry without its exit", check.LawExits, first("records.entries", `exited_at = 0, reason = ''`, `exited_at <> 0`)},
		{"an entry too few", check.LawExits, first("records.calls", `entry_count = entry_count + 1`, `entry_count > 0`)},
		{"an entry with two exits", check.LawExits, again("queue.exited")},
		{"an offer without end", check.LawOffers, first("records.offers", `ended_at = 0, "end" = '', ring_us = 0`, `ended_at <> 0`)},
		{"an offer with two ends", check.LawOffers, again("offer.ended", "offer.accepted")},
		{"a gap between two states", check.LawStates, first("records.agent_intervals", `"to" = "to" - 1000`, `"to" - "from" > 2000`)},
		{"a login longer than its states", check.LawStates, first("records.agent_sessions", `length_us = length_us + 1000`, `closed`)},
		{"a quarter hour that lacks a millisecond of a state", check.LawStates,
			first("records.intervals", `folded = folded - 1000`, `metric LIKE 'agent_us.%' AND dim_kind = 'agent' AND folded > 2000 AND basis = 'event'`)},
		{"a state that nobody asked for", check.LawTold, first("records.agent_intervals", `"by" = 'nobody'`, `n = 1`)},
		{"an agent twice at a time", check.LawSecond, first("records.agent_intervals", `"to" = "to" + 1000`, `n = 1 AND "to" <> 0`)},
		{"a talk that is no segment's", check.LawTalk, first("records.agent_intervals", `"from" = "from" - 1000`, `state = 'talking' AND "to" <> 0`)},
		{"a gap between two phases", check.LawPhases, first("records.calls", `spans = jsonb_set(spans, '{1,from}', to_jsonb((spans->1->>'from')::bigint + 1000))`, `jsonb_array_length(spans) > 1 AND released_at <> 0`)},
		{"a call longer than its phases", check.LawPhases, first("records.calls", `length_us = length_us + 1000`, `released_at <> 0`)},
		{"a quarter hour that lacks a millisecond of a phase", check.LawPhases,
			first("records.intervals", `folded = folded - 1000`, `metric LIKE 'phase_us.%' AND dim_kind = 'org' AND folded > 2000 AND basis = 'event'`)},
		{"a survey whose silence is its customer's answer", check.LawSurvey, first("records.survey_runs", `silent = "end"`, `responded_at > 0`)},
		{"a survey that nobody offered", check.LawSurvey, first("records.survey_runs", `offered_at = 0`, `suppressed = ''`)},
		{"an answer without a class", check.LawSurvey, first("records.survey_answers", `class = ''`, `responded_at > 0`)},
		{"a question too many", check.LawSurvey, first("records.survey_runs", `asked = asked + 1`, `asked > 0`)},
		{"a negative duration", check.LawSign, first("records.entries", `wait_us = -1`, `true`)},
		{"a figure that is not its records'", check.LawInterval, first("records.intervals", `folded = folded + 1`, `metric = 'in.offered' AND basis = 'cohort' AND folded > 0`)},
		{"a wrong frozen counter", check.LawFrozen, first("records.intervals", `rolled = rolled + 1`, `rolled > 0 AND cut > 0`)},
		{"an empty denominator stored as 0", check.LawEmpty, empty},
		{"a changed byte", check.LawChain, first("stamps", `bytes = overlay(bytes PLACING convert_to(CASE WHEN get_byte(bytes, length(bytes) - 3) = 49 THEN '2' ELSE '1' END, 'UTF8') FROM length(bytes) - 2)`, `kind = 'wrap.started'`)},
		{"two stamps that changed places", check.LawChain, swapped},
		{"a stamp taken out, and the chain mended", check.LawOrder, without("offer.ring_started")},
		{"a move that nothing draws", check.LawMoves, moved},
	}
}

// empty stores a zero for a figure that a quarter hour does not have.
func empty(ctx context.Context, db *pgx.Conn) (bool, error) {
	tag, err := db.Exec(ctx, `INSERT INTO records.intervals (month, organisation_id, node, bucket, dim_kind, dim, basis, metric, folded)
		SELECT month, organisation_id, node, bucket, dim_kind, dim, basis, 'survey.nobody', 0 FROM records.intervals ORDER BY bucket, dim, basis, metric LIMIT 1`)
	return tag.RowsAffected() > 0, err
}

// swapped exchanges what two neighbours say, under their numbers.
func swapped(ctx context.Context, db *pgx.Conn) (bool, error) {
	tag, err := db.Exec(ctx, `WITH pair AS (SELECT a.node, a.seq AS one, b.seq AS two, a.bytes AS first, b.bytes AS second FROM stamps a
			JOIN stamps b ON b.node = a.node AND b.seq = a.seq + 1 WHERE a.kind = 'queue.entered' LIMIT 1)
		UPDATE stamps s SET bytes = CASE WHEN s.seq = pair.one THEN pair.second ELSE pair.first END
		FROM pair WHERE s.node = pair.node AND s.seq IN (pair.one, pair.two)`)
	return tag.RowsAffected() == 2, err
}

// again forges a second stamp like the first of the kinds, right behind it.
func again(kinds ...string) func(context.Context, *pgx.Conn) (bool, error) {
	return func(ctx context.Context, db *pgx.Conn) (broken bool, err error) {
		err = Forge(ctx, db, true, func(all []Stamp) []Stamp {
			i := slices.IndexFunc(all, func(s Stamp) bool { return slices.Contains(kinds, s.text("kind")) })
			if broken = i >= 0; !broken {
				return all
			}
			twin := Stamp{}
			for k, v := range all[i] {
				twin[k] = v
			}
			return slices.Insert(all, i+1, twin)
		})
		return broken, err
	}
}

// without forges a journal that lacks a stamp in the middle of its subject's.
func without(kind string) func(context.Context, *pgx.Conn) (bool, error) {
	return func(ctx context.Context, db *pgx.Conn) (broken bool, err error) {
		err = Forge(ctx, db, false, func(all []Stamp) []Stamp {
			i := slices.IndexFunc(all, func(s Stamp) bool { return s.text("kind") == kind })
			if broken = i >= 0; !broken {
				return all
			}
			return slices.Delete(all, i, i+1)
		})
		return broken, err
	}
}

// moved forges a call that talks before anybody was rung.
func moved(ctx context.Context, db *pgx.Conn) (broken bool, err error) {
	err = Forge(ctx, db, false, func(all []Stamp) []Stamp {
		for _, s := range all {
			if s.text("kind") == "queue.entered" && s.text("phase") == "waiting" {
				s["phase"], broken = "talking", true
				break
			}
		}
		return all
	})
	return broken, err
}
