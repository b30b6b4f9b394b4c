package faults_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// recoveredWithin is how soon after space is back calls are taken again.
const recoveredWithin = 10 * time.Second

// diskScenarios fill small disks under the journal and under PostgreSQL.
func diskScenarios(t *testing.T, rep *rig.Report, why string) {
	t.Helper()
	for _, d := range []struct {
		fault, how string
		run        func(t *testing.T, rep *rig.Report, row *rig.Row)
	}{
		{"disk full under the journal", "a small file system in memory, filled for 30 s", journalFull},
		{"disk full under PostgreSQL", "a small file system in memory, filled for 30 s; the server is started again where it gave up", postgresFull},
	} {
		if why != "" {
			rep.NotRun(t, d.fault, d.how, why)
			continue
		}
		rep.Scenario(t, d.fault, d.how, func(t *testing.T, row *rig.Row) { d.run(t, rep, row) })
	}
}

// full is how long a disk stays full.
const full = 30 * time.Second

// journalFull: new calls are refused, calls in progress end as they should.
func journalFull(t *testing.T, rep *rig.Report, row *rig.Row) {
	disk, err := rig.NewDisk(t, 64<<20)
	if err != nil {
		row.NotRun(err.Error())
	}
	a := away{fault: row.Fault, last: full, excuse: []rig.Excuse{{Refuse: true}},
		log: []string{"journal: disk is full", "journal: group not written"},
		build: func(_ *testing.T, o *rig.Options) {
			o.Data = filepath.Join(disk.Dir, "data")
			o.Config = map[string]any{"ledger.reserve_bytes": "4MiB", "ledger.segment_bytes": "8MiB"}
		},
		hurt: func(t *testing.T, _ *rig.House) { must(t, disk.Fill()) },
		mend: func(t *testing.T, h *rig.House) {
			status, body := h.Server.Get("/readyz")
			t.Logf("with the disk full /readyz says %d: %s", status, body)
			must(t, disk.Empty())
		},
		measure: func(t *testing.T, h *rig.House, row *rig.Row, broken, mended time.Time) {
			rig.Pass(recoveredWithin)
			taken := callsTaken(t, h, mended)
			row.Figure("calls taken again after %.1f s", taken.Seconds())
			if n := len503(rig.Refused(h.Calls(), broken, mended)); n == 0 {
				t.Error("no call was refused: the disk was not full enough for a proof")
			}
		}}
	a.run(t, rep, row)
}

// callsTaken is how long after the instant the last call was refused; it fails
// where calls were refused for longer than they may be.
func callsTaken(t *testing.T, h *rig.House, mended time.Time) time.Duration {
	t.Helper()
	last := mended
	for _, c := range h.Calls() {
		if c.How == "refused" && c.Code == 503 && c.Invite.After(last) {
			last = c.Invite
		}
	}
	setups, _ := rig.Setups(h.Calls(), last.Add(time.Millisecond), time.Now())
	if setups.N == 0 {
		t.Errorf("no call was taken within %s of the space's return", recoveredWithin)
	}
	return last.Sub(mended)
}

// postgresFull: calls feel nothing; what is held back arrives by itself.
func postgresFull(t *testing.T, rep *rig.Report, row *rig.Row) {
	disk, err := rig.NewDisk(t, 384<<20)
	if err != nil {
		row.NotRun(err.Error())
	}
	a := away{fault: row.Fault, last: full,
		build: func(_ *testing.T, o *rig.Options) {
			o.Postgres = private.PostgresOptions{Dir: filepath.Join(disk.Dir, "pg"), Settings: map[string]string{"max_wal_size": "64MB", "min_wal_size": "32MB"}}
		},
		hurt: func(t *testing.T, h *rig.House) {
			h.SQL.Exec(`SELECT pg_switch_wal()`) // the next file has to be made
			must(t, disk.Fill())
		},
		mend: func(t *testing.T, h *rig.House) {
			if n := h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'node.alive' AND at > now() - interval '5 s'`); n > 0 {
				t.Errorf("%d stamps of the last 5 s are stored: the disk was not full enough for a proof", n)
			}
			must(t, disk.Empty())
			if h.SQL.TryCount(`SELECT 1`) != 1 { // it gave up; its keeper starts it again
				_ = h.PG.Halt()
				must(t, h.PG.Restart(context.Background()))
				row.Figure("PostgreSQL had ended itself")
			}
		},
		measure: caughtUp}
	a.run(t, rep, row)
}
