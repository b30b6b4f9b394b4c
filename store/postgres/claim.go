package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrFenced says that another node has taken over: this one claims no lead.
var ErrFenced = errors.New("another node holds a higher epoch")

// ClaimOrder asks for leads of a campaign.
type ClaimOrder struct {
	Campaign stamp.CampaignID
	N        int       // at most so many
	At       time.Time // now: the hours, the counts and next_at are judged by it
	Node     stamp.NodeID
	Epoch    int64 // of the node's Tenure
}

// Attempt is a claimed lead: the row is committed, the INVITE may go out.
type Attempt struct {
	ID     stamp.ID
	Lead   stamp.LeadID
	No     int // the lead's first is 1
	Party  stamp.PartyID
	Number string
	Name   string
}

// Skip is a lead that may not be dialed now, or at all.
type Skip struct {
	Lead   stamp.LeadID
	Reason string // dnc, consent, invalid: never; frequency: later
}

// Claim takes up to N leads in one transaction: it locks those that are due
// inside the hours, judges lists, consent and counts, and inserts one attempt
// each. No two claims, of whatever node, ever get the same lead or dial one
// number beyond its count. Leads that others are claiming are passed over, so
// claims do not wait for each other. ErrFenced after a take-over.
func (s *Store) Claim(ctx context.Context, order ClaimOrder) (claimed []Attempt, skipped []Skip, err error) {
	err = s.in(ctx, func(tx pgx.Tx) error {
		if err := s.fence(ctx, tx, order.Epoch); err != nil {
			return err
		}
		leads, err := s.lockLeads(ctx, tx, order)
		if err != nil || len(leads) == 0 {
			return err
		}
		candidates, err := s.candidates(ctx, tx, order, leads)
		if err != nil {
			return err
		}
		claimed, skipped = judge(candidates)
		return s.writeClaim(ctx, tx, order, claimed, skipped)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("claim leads: %w", err)
	}
	return claimed, skipped, nil
}

func (s *Store) fence(ctx context.Context, tx pgx.Tx, epoch int64) error {
	var inForce int64
	err := tx.QueryRow(ctx, `SELECT coalesce(max(epoch), 0) FROM epochs WHERE organisation_id = $1`, s.org).Scan(&inForce)
	if err != nil {
		return err
	}
	if inForce != epoch {
		return fmt.Errorf("%w: ours %d, in force %d", ErrFenced, epoch, inForce)
	}
	return nil
}

// lockLeads locks the next leads that are due and within the hours of the
// called party's zone, and their numbers. SKIP LOCKED and try-locks: it never
// waits, so it can't deadlock.
func (s *Store) lockLeads(ctx context.Context, tx pgx.Tx, order ClaimOrder) ([]stamp.LeadID, error) {
	rows, err := tx.Query(ctx, `
		WITH due AS MATERIALIZED (
		    SELECT l.id, p.number
		    FROM leads l
		    JOIN campaigns c ON c.organisation_id = l.organisation_id AND c.id = l.campaign_id
		    JOIN parties p ON p.organisation_id = l.organisation_id AND p.id = l.party_id,
		    LATERAL (SELECT $4::timestamptz AT TIME ZONE coalesce(nullif(l.zone, ''), c.zone) AS local) AS t
		    WHERE l.organisation_id = $1 AND l.campaign_id = $2 AND l.state = 'open' AND l.next_at <= $4 AND c.active
		      AND t.local::time >= c.dial_from AND t.local::time < c.dial_until
		      AND extract(isodow FROM t.local)::integer = ANY (c.days)
		    ORDER BY l.priority DESC, l.next_at, l.id
		    LIMIT $3 FOR UPDATE OF l SKIP LOCKED)
		SELECT id FROM due WHERE pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || number, 0))`,
		s.org, order.Campaign, order.N, order.At)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[stamp.LeadID])
}

// candidate is a locked lead with what decides about it.
type candidate struct {
	Lead     stamp.LeadID  `db:"id"`
	Party    stamp.PartyID `db:"party_id"`
	Attempts int           `db:"attempts"`
	Number   string        `db:"number"`
	Name     string        `db:"name"`
	Consent  string        `db:"consent"`
	Required bool          `db:"require_consent"`
	Listed   bool          `db:"listed"` // on a do-not-call list
	Today    int           `db:"today"`  // attempts to the number in the last 24 h
	PerDay   int           `db:"max_per_day"`
}

// candidates is a statement of its own, after the locks: its snapshot sees
// every attempt that an earlier holder of a number's lock has committed.
func (s *Store) candidates(ctx context.Context, tx pgx.Tx, order ClaimOrder, leads []stamp.LeadID) ([]candidate, error) {
	rows, err := tx.Query(ctx, `
		SELECT l.id, l.party_id, l.attempts, p.number, p.name, p.consent, c.require_consent, c.max_per_day,
		    EXISTS (SELECT FROM do_not_call d WHERE d.organisation_id = $1 AND d.number = p.number) AS listed,
		    (SELECT count(*) FROM parties q JOIN attempts a ON a.organisation_id = $1 AND a.party_id = q.id
		     WHERE q.organisation_id = $1 AND q.number = p.number AND q.number <> ''
		       AND a.claimed_at > $2::timestamptz - interval '24 hours') AS today
		FROM leads l
		JOIN campaigns c ON c.organisation_id = l.organisation_id AND c.id = l.campaign_id
		JOIN parties p ON p.organisation_id = l.organisation_id AND p.id = l.party_id
		WHERE l.organisation_id = $1 AND l.id = ANY ($3) ORDER BY l.priority DESC, l.next_at, l.id`,
		s.org, order.At, leads)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[candidate])
}

// judge decides about each candidate in order. A number that stands twice in
// the batch counts twice.
func judge(candidates []candidate) (claimed []Attempt, skipped []Skip) {
	batch := map[string]int{}
	for _, c := range candidates {
		c.Today += batch[c.Number]
		if reason := c.refusal(); reason != "" {
			skipped = append(skipped, Skip{Lead: c.Lead, Reason: reason})
			continue
		}
		batch[c.Number]++
		claimed = append(claimed, Attempt{
			ID: stamp.NewID(), Lead: c.Lead, No: c.Attempts + 1, Party: c.Party, Number: c.Number, Name: c.Name,
		})
	}
	return claimed, skipped
}

// refusal says why a lead may not be dialed, "" if it may.
func (c candidate) refusal() string {
	switch {
	case c.Number == "":
		return "invalid"
	case c.Listed:
		return "dnc"
	case c.Consent == "withdrawn", c.Required && c.Consent != "given":
		return "consent"
	case c.Today >= c.PerDay:
		return "frequency"
	}
	return ""
}

// frequencyPause is how long a lead rests whose number has had its calls of the
// day, before it is looked at again.
const frequencyPause = time.Hour

func (s *Store) writeClaim(ctx context.Context, tx pgx.Tx, order ClaimOrder, claimed []Attempt, skipped []Skip) error {
	batch := &pgx.Batch{}
	for _, a := range claimed {
		batch.Queue(`
			INSERT INTO attempts (organisation_id, id, campaign_id, lead_id, attempt_no, party_id, node, epoch, claimed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			s.org, a.ID, order.Campaign, a.Lead, a.No, a.Party, order.Node, order.Epoch, order.At)
		batch.Queue(`UPDATE leads SET state = 'claimed', attempts = $3 WHERE organisation_id = $1 AND id = $2`,
			s.org, a.Lead, a.No)
	}
	for _, skip := range skipped {
		if skip.Reason == "frequency" {
			batch.Queue(`UPDATE leads SET next_at = $3 WHERE organisation_id = $1 AND id = $2`,
				s.org, skip.Lead, order.At.Add(frequencyPause))
			continue
		}
		batch.Queue(`UPDATE leads SET state = 'done', result = $3 WHERE organisation_id = $1 AND id = $2`,
			s.org, skip.Lead, skip.Reason)
	}
	return tx.SendBatch(ctx, batch).Close()
}
