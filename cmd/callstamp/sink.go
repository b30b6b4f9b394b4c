package main

import (
	"encoding/json"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// sink is the journal as owners see it (switchboard.Sink, acd.Sink,
// dialer.Sink, api.Journal).
type sink struct {
	journal *ledger.Journal
	heed    func([]stamp.Stamp) // sees what is recorded, before the effects; nil: nobody
}

// Record appends and returns the position; it never waits for the disk.
func (s sink) Record(stamps []stamp.Stamp, sides []stamp.Side) uint64 {
	entries := make([]ledger.Side, len(sides))
	for i, e := range sides {
		entries[i] = ledger.Side{Kind: ledger.SideKind(e.Kind), Org: e.Org, ID: e.ID, Data: json.RawMessage(e.Data)}
	}
	if s.heed != nil {
		s.heed(stamps)
	}
	return s.journal.Append(stamps, entries)
}

// Durable calls post once everything up to seq is fsynced.
func (s sink) Durable(seq uint64, post func()) { s.journal.Notify(seq, post) }
