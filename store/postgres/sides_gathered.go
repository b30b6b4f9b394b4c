package postgres

import (
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// sideKey is a side entry's row.
type sideKey struct{ org, id string }

// parties are the rows of a batch's parties, the last word of each.
type parties struct {
	order []sideKey
	rows  map[sideKey]partyRow
}

type partyRow struct {
	PartyData
	erased bool
}

// take keeps the entry, unless the party was erased before it.
func (p *parties) take(side ledger.Side) error {
	row := partyRow{erased: side.Data == nil}
	if side.Data != nil {
		if err := json.Unmarshal(side.Data, &row.PartyData); err != nil {
			return err
		}
	}
	key := sideKey{string(side.Org), side.ID}
	before, known := p.rows[key]
	if !known {
		p.order = append(p.order, key)
	}
	if p.rows == nil {
		p.rows = map[sideKey]partyRow{}
	}
	if !before.erased {
		p.rows[key] = row
	}
	return nil
}

func (p *parties) queue(batch *pgx.Batch) {
	var orgs, ids, numbers, names []string
	var erased []bool
	for _, key := range p.order {
		row := p.rows[key]
		orgs, ids = append(orgs, key.org), append(ids, key.id)
		numbers, names, erased = append(numbers, row.Number), append(names, row.Name), append(erased, row.erased)
	}
	if len(ids) == 0 {
		return
	}
	batch.Queue(`
		INSERT INTO parties (organisation_id, id, number, name, erased_at)
		SELECT org, id, number, name, CASE WHEN erased THEN now() END
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) AS r (org, id, number, name, erased)
		ON CONFLICT (organisation_id, id) DO UPDATE SET number = excluded.number, name = excluded.name,
		    erased_at = excluded.erased_at WHERE parties.erased_at IS NULL`, orgs, ids, numbers, names, erased)
}

// dialogs are the rows of a batch's dialogs: what stands in the end, and what
// is over.
type dialogs struct {
	order []sideKey
	rows  map[sideKey]dialogRow
	ended []sideKey // by call
}

type dialogRow struct {
	call, node string
	data       []byte // nil: over
}

func (d *dialogs) take(side ledger.Side, node stamp.NodeID) {
	key := sideKey{string(side.Org), side.ID}
	if d.rows == nil {
		d.rows = map[sideKey]dialogRow{}
	}
	if _, known := d.rows[key]; !known {
		d.order = append(d.order, key)
	}
	// A side entry may stand before a stamp of another call; its own is in its
	// id, "call/leg".
	call, _, _ := strings.Cut(side.ID, "/")
	d.rows[key] = dialogRow{call, string(node), side.Data}
}

// end forgets the dialogs of a call.
func (d *dialogs) end(org stamp.OrgID, call stamp.ID) {
	d.ended = append(d.ended, sideKey{string(org), string(call)})
	for key, row := range d.rows {
		if key.org == string(org) && row.call == string(call) {
			row.data = nil
			d.rows[key] = row
		}
	}
}

// queue deletes BEFORE it writes: a dialog that came after its call's end
// stands.
func (d *dialogs) queue(batch *pgx.Batch) {
	var orgs, ids []string
	for _, key := range d.ended {
		orgs, ids = append(orgs, key.org), append(ids, key.id)
	}
	if len(ids) > 0 {
		batch.Queue(`DELETE FROM leg_dialogs d USING unnest($1::text[], $2::text[]) AS r (org, call)
			WHERE d.organisation_id = r.org AND d.call_id = r.call`, orgs, ids)
	}
	d.queueDeletes(batch)
	d.queueWrites(batch)
}

func (d *dialogs) queueDeletes(batch *pgx.Batch) {
	var orgs, ids []string
	for _, key := range d.order {
		if d.rows[key].data == nil {
			orgs, ids = append(orgs, key.org), append(ids, key.id)
		}
	}
	if len(ids) > 0 {
		batch.Queue(`DELETE FROM leg_dialogs d USING unnest($1::text[], $2::text[]) AS r (org, id)
			WHERE d.organisation_id = r.org AND d.id = r.id`, orgs, ids)
	}
}

func (d *dialogs) queueWrites(batch *pgx.Batch) {
	var orgs, ids, calls, nodes []string
	var data [][]byte
	for _, key := range d.order {
		row := d.rows[key]
		if row.data == nil {
			continue
		}
		orgs, ids = append(orgs, key.org), append(ids, key.id)
		calls, nodes, data = append(calls, row.call), append(nodes, row.node), append(data, row.data)
	}
	if len(ids) > 0 {
		batch.Queue(`
			INSERT INTO leg_dialogs (organisation_id, id, call_id, node, data)
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
			ON CONFLICT (organisation_id, id) DO UPDATE SET data = excluded.data`, orgs, ids, calls, nodes, data)
	}
}
