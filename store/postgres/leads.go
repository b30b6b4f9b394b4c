package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// NewLead is one line of a list to be called.
type NewLead struct {
	Number   string // E.164
	Name     string
	Priority int    // higher first
	Zone     string // IANA, the called party's; "" = the campaign's
	Consent  string // given, withdrawn; "" = unknown
}

// ImportLeads adds leads to a campaign and returns how many are new: a number
// that the campaign has already is left as it is. All or none are added.
func (s *Store) ImportLeads(ctx context.Context, campaign stamp.CampaignID, leads []NewLead) (added int, err error) {
	for i, l := range leads {
		if _, err := time.LoadLocation(l.Zone); err != nil {
			return 0, fmt.Errorf("import lead %d: zone %q: %w", i+1, l.Zone, err)
		}
	}
	err = s.in(ctx, func(tx pgx.Tx) error {
		// Two imports into one campaign go one after the other, else both would
		// find a number missing.
		if err := lockCampaign(ctx, tx, s.org, campaign); err != nil {
			return err
		}
		for _, l := range leads {
			tag, err := tx.Exec(ctx, insertLead, s.org, campaign, l.Number, l.Name, l.Priority, l.Zone, l.Consent,
				stamp.NewID(), stamp.NewID())
			if err != nil {
				return err
			}
			added += int(tag.RowsAffected())
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("import leads: %w", err)
	}
	return added, nil
}

// insertLead makes the party and the lead of one line, unless the campaign has
// a lead of that number.
const insertLead = `
	WITH fresh AS (
	    SELECT WHERE NOT EXISTS (
	        SELECT FROM leads l JOIN parties p ON p.organisation_id = l.organisation_id AND p.id = l.party_id
	        WHERE l.organisation_id = $1 AND l.campaign_id = $2 AND p.number = $3)
	), party AS (
	    INSERT INTO parties (organisation_id, id, number, name, consent)
	    SELECT $1, $8, $3, $4, coalesce(nullif($7, ''), 'unknown') FROM fresh
	    RETURNING id
	)
	INSERT INTO leads (organisation_id, id, campaign_id, party_id, priority, zone)
	SELECT $1, $9, $2, party.id, $5, $6 FROM party`

func lockCampaign(ctx context.Context, tx pgx.Tx, org stamp.OrgID, campaign stamp.CampaignID) error {
	var found int
	err := tx.QueryRow(ctx, `SELECT 1 FROM campaigns WHERE organisation_id = $1 AND id = $2 FOR NO KEY UPDATE`,
		org, campaign).Scan(&found)
	return notFound(err)
}

// LeadCounts says how far a campaign is.
type LeadCounts struct {
	Open    int `db:"open"`
	Claimed int `db:"claimed"` // a line is in flight
	Done    int `db:"done"`
}

// CountLeads counts a campaign's leads by state.
func (s *Store) CountLeads(ctx context.Context, campaign stamp.CampaignID) (LeadCounts, error) {
	return one[LeadCounts](ctx, s, "count leads", `
		SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'claimed') AS claimed,
		    count(*) FILTER (WHERE state = 'done') AS done
		FROM leads WHERE organisation_id = $1 AND campaign_id = $2`, s.org, campaign)
}

// AddDoNotCall puts a number on the organisation's own list.
func (s *Store) AddDoNotCall(ctx context.Context, number, reason string) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO do_not_call (organisation_id, number, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		s.org, number, reason)
	if err != nil {
		return fmt.Errorf("add number to do-not-call list: %w", err)
	}
	return nil
}
