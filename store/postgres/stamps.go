package postgres

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// stampMonth is the month of a stamp's partition: of its subject's id, so that
// all stamps of a call or session lie together; a node's stamps lie where
// their wall clock says.
func stampMonth(s stamp.Stamp) time.Time {
	if s.Subject.Kind == stamp.SubjectNode {
		return monthOf("", s.At)
	}
	return monthOf(s.Subject.ID, s.At)
}

// insertStamps stores entries as the very bytes that were hashed. One that is
// there already must be the same bytes: else the error names it. The node's own
// stamps name no organisation; they are filed under org.
func insertStamps(ctx context.Context, tx pgx.Tx, org stamp.OrgID, entries []ledger.Entry) error {
	n := len(entries)
	months, ats := make([]time.Time, n), make([]time.Time, n)
	nodes, orgs, subjects, calls, kinds := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	seqs, ns := make([]int64, n), make([]int64, n)
	texts, hashes := make([][]byte, n), make([][]byte, n)
	for i, e := range entries {
		s := e.Stamp
		months[i], ats[i] = stampMonth(s), time.UnixMicro(s.At).UTC()
		nodes[i], orgs[i], subjects[i] = string(s.Node), string(cmp.Or(s.Org, org)), s.Subject.String()
		calls[i], kinds[i] = string(s.Call), string(s.Kind())
		seqs[i], ns[i] = int64(s.Seq), int64(s.N) //nolint:gosec // counters from 1: never near 2⁶³
		texts[i], hashes[i] = e.Bytes, e.Hash[:]
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO stamps (month, node, seq, organisation_id, subject, n, call_id, at, kind, bytes, hash)
		SELECT * FROM unnest($1::date[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[],
		    $8::timestamptz[], $9::text[], $10::bytea[], $11::bytea[])
		ON CONFLICT DO NOTHING`,
		months, nodes, seqs, orgs, subjects, ns, calls, ats, kinds, texts, hashes)
	if err != nil {
		return fmt.Errorf("insert stamps: %w", err)
	}
	if tag.RowsAffected() == int64(n) {
		return nil
	}
	return sameStamps(ctx, tx, entries)
}

// sameStamps returns an error unless each entry stands in the table as its own
// bytes and hash.
func sameStamps(ctx context.Context, tx pgx.Tx, entries []ledger.Entry) error {
	for _, e := range entries {
		var text, hash []byte
		err := tx.QueryRow(ctx, `SELECT bytes, hash FROM stamps WHERE node = $1 AND seq = $2 AND month = $3`,
			e.Stamp.Node, e.Seq, stampMonth(e.Stamp)).Scan(&text, &hash)
		if err != nil {
			return fmt.Errorf("stamp %d of node %s (%s, n %d) was refused, and another stands in its place: %w",
				e.Seq, e.Stamp.Node, e.Stamp.Subject, e.Stamp.N, notFound(err))
		}
		if !bytes.Equal(text, e.Bytes) || !bytes.Equal(hash, e.Hash[:]) {
			return fmt.Errorf("stamp %d of node %s is stored as other bytes: have %s (hash %x), the journal has %s (hash %x)",
				e.Seq, e.Stamp.Node, text, hash, e.Bytes, e.Hash)
		}
	}
	return nil
}

// trackSubjects keeps the list of subjects that are not over. A node's own
// stamps are none to be taken up: a crashed boot of a month has millions.
func trackSubjects(ctx context.Context, tx pgx.Tx, org stamp.OrgID, entries []ledger.Entry) error {
	opened := map[stamp.Subject]stamp.Stamp{}
	var over, overOrgs []string
	for _, e := range entries {
		s := e.Stamp
		if s.Subject.Kind == stamp.SubjectNode {
			continue
		}
		if s.N == 1 {
			opened[s.Subject] = s
		}
		if !ends(s.Fact) {
			continue
		}
		if _, here := opened[s.Subject]; here {
			delete(opened, s.Subject)
			continue
		}
		over, overOrgs = append(over, s.Subject.String()), append(overOrgs, string(cmp.Or(s.Org, org)))
	}
	batch := &pgx.Batch{}
	if len(over) > 0 {
		batch.Queue(`DELETE FROM open_subjects o USING unnest($1::text[], $2::text[]) AS r (org, subject)
			WHERE o.organisation_id = r.org AND o.subject = r.subject`, overOrgs, over)
	}
	if len(opened) > 0 {
		queueOpened(batch, org, opened)
	}
	if batch.Len() == 0 {
		return nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("track open subjects: %w", err)
	}
	return nil
}

func queueOpened(batch *pgx.Batch, org stamp.OrgID, opened map[stamp.Subject]stamp.Stamp) {
	var orgs, subjects, nodes []string
	var months []time.Time
	for subject, s := range opened {
		orgs, subjects = append(orgs, string(cmp.Or(s.Org, org))), append(subjects, subject.String())
		months, nodes = append(months, stampMonth(s)), append(nodes, string(s.Node))
	}
	batch.Queue(`INSERT INTO open_subjects (organisation_id, subject, month, node)
		SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[]) ON CONFLICT DO NOTHING`, orgs, subjects, months, nodes)
}

// ends reports whether f is the last fact of its subject.
func ends(f stamp.Fact) bool {
	switch f.(type) {
	case stamp.CallClosed, stamp.AgentLogout, stamp.CampaignStopped:
		return true
	}
	return false
}
