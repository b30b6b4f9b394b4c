package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Campaign calls a list of leads. Durations are µs.
type Campaign struct {
	ID             stamp.CampaignID `db:"id"`
	Name           string           `db:"name"`
	Mode           string           `db:"mode"`     // manual, preview, progressive, ratio, predictive
	Queue          stamp.QueueID    `db:"queue_id"` // whose agents and wrap-up it uses
	Trunk          stamp.TrunkID    `db:"trunk_id"`
	CallerID       string           `db:"caller_id"`
	RingTimeoutUS  int64            `db:"ring_timeout_us"`
	Zone           string           `db:"zone"`       // IANA; for leads without one of their own
	DialFrom       string           `db:"dial_from"`  // "08:00", in the called party's zone
	DialUntil      string           `db:"dial_until"` // "21:00", exclusive; "24:00" = midnight
	Days           []int            `db:"days"`       // ISO week days, Monday = 1
	RequireConsent bool             `db:"require_consent"`
	MaxAttempts    int              `db:"max_attempts"` // per lead
	MaxPerDay      int              `db:"max_per_day"`  // per number in any 24 h, over all campaigns
	RetryAfterUS   int64            `db:"retry_after_us"`
	PerMinute      int              `db:"calls_per_minute"` // lines opened in any 60 s; 0 = without limit
	PerDay         int              `db:"calls_per_day"`    // and since midnight
	Active         bool             `db:"active"`           // running
}

// DefaultCampaign returns a progressive campaign with the table's defaults,
// to be given its names.
func DefaultCampaign() Campaign {
	return Campaign{
		Mode: "progressive", RingTimeoutUS: (30 * time.Second).Microseconds(), Zone: "UTC",
		DialFrom: "08:00", DialUntil: "21:00", Days: []int{1, 2, 3, 4, 5, 6, 7},
		MaxAttempts: 3, MaxPerDay: 3, RetryAfterUS: time.Hour.Microseconds(),
	}
}

// PutCampaign creates or changes a campaign.
func (s *Store) PutCampaign(ctx context.Context, actor Actor, c Campaign) error {
	if _, err := time.LoadLocation(c.Zone); err != nil {
		return fmt.Errorf("put campaign: zone %q: %w", c.Zone, err)
	}
	return s.put(ctx, actor, "put campaign", `
		INSERT INTO campaigns (organisation_id, id, name, mode, queue_id, trunk_id, caller_id, ring_timeout_us, zone,
		    dial_from, dial_until, days, require_consent, max_attempts, max_per_day, retry_after_us, calls_per_minute, calls_per_day, active)
		VALUES (@org, @id, @name, @mode, @queue_id, @trunk_id, @caller_id, @ring_timeout_us, @zone,
		    @dial_from::text::time, @dial_until::text::time, @days, @require_consent, @max_attempts, @max_per_day,
		    @retry_after_us, @calls_per_minute, @calls_per_day, @active)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, mode = excluded.mode,
		    queue_id = excluded.queue_id, trunk_id = excluded.trunk_id, caller_id = excluded.caller_id,
		    ring_timeout_us = excluded.ring_timeout_us, zone = excluded.zone, dial_from = excluded.dial_from,
		    dial_until = excluded.dial_until, days = excluded.days, require_consent = excluded.require_consent,
		    max_attempts = excluded.max_attempts, max_per_day = excluded.max_per_day,
		    retry_after_us = excluded.retry_after_us, calls_per_minute = excluded.calls_per_minute,
		    calls_per_day = excluded.calls_per_day, active = excluded.active`, c)
}

// Campaigns lists all campaigns.
func (s *Store) Campaigns(ctx context.Context) ([]Campaign, error) {
	return list[Campaign](ctx, s, "list campaigns", `
		SELECT id, name, mode, queue_id, trunk_id, caller_id, ring_timeout_us, zone,
		    to_char(dial_from, 'HH24:MI') AS dial_from, to_char(dial_until, 'HH24:MI') AS dial_until, days,
		    require_consent, max_attempts, max_per_day, retry_after_us, calls_per_minute, calls_per_day, active
		FROM campaigns WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}
