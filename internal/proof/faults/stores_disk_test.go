package faults_test

import (
	"context"
	"net/http"
	"os"
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
		{"disk full under recordings", "every call in is recorded, to a small file system in memory, filled for 30 s", recordingsFull},
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
			taken := callsTaken(t, h, mended)
			row.Figure("calls taken again after %.1f s", taken.Seconds())
			if taken > recoveredWithin {
				t.Errorf("the first call was taken %s after the space's return, want %s", taken, recoveredWithin)
			}
			if n := len503(rig.Refused(h.Calls(), broken, mended)); n == 0 {
				t.Error("no call was refused: the disk was not full enough for a proof")
			}
		}}
	a.run(t, rep, row)
}

// callsTaken is how long after the space's return the first call was taken;
// from then on none is refused.
func callsTaken(t *testing.T, h *rig.House, mended time.Time) time.Duration {
	t.Helper()
	var first time.Time
	rig.Within(t, 2*recoveredWithin, "calls are taken again", func() bool {
		for _, c := range h.Calls() {
			if first.IsZero() && !c.Out && c.Invite.After(mended) && !c.Setup.IsZero() {
				first = c.Invite
			}
		}
		return !first.IsZero()
	}, nil)
	rig.Pass(settled)
	if n := len503(rig.Refused(h.Calls(), first, time.Now())); n > 0 {
		t.Errorf("%d calls were refused after one was taken again", n)
	}
	return first.Sub(mended)
}

// settled is how long calls are watched after the first was taken again.
const settled = 3 * time.Second

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

// recordingsFull: calls feel nothing, recordings end and say why, and begin
// again when there is room.
func recordingsFull(t *testing.T, rep *rig.Report, row *rig.Row) {
	disk, err := rig.NewDisk(t, 64<<20)
	if err != nil {
		row.NotRun(err.Error())
	}
	a := away{fault: row.Fault, last: full, log: []string{"recording not ended"},
		build: func(t *testing.T, o *rig.Options) {
			o.Data = t.TempDir()
			must(t, os.Symlink(disk.Dir, filepath.Join(o.Data, "recordings")))
		},
		open: func(t *testing.T, h *rig.House) {
			boss := rig.NewClient(t, h.URL(), "boss")
			for _, queue := range []string{"service", "quiet"} {
				place := "queue:" + queue
				policy := map[string]any{"place": place, "mode": "all", "share": 100, "disclosure": "", "keep_days": 1}
				if code, text := boss.Ask(http.MethodPut, "/api/recording-policies/"+place, policy); code < 200 || code > 299 {
					t.Fatalf("recording is not switched on: %d %s", code, text)
				}
			}
		},
		hurt: func(t *testing.T, h *rig.House) {
			if recordingEnds(h, "ended") == 0 {
				t.Error("nothing was recorded before the fault")
			}
			must(t, disk.Fill())
		},
		mend: func(t *testing.T, h *rig.House) {
			n := recordingEnds(h, "disk_full")
			row.Figure("%d recordings ended for want of room", n)
			if n == 0 {
				t.Error("no recording ended for want of room: the disk was not full enough for a proof")
			}
			must(t, disk.Empty())
		},
		measure: func(t *testing.T, h *rig.House, row *rig.Row, _, mended time.Time) {
			rig.Within(t, 2*recoveredWithin, "a call is recorded again", func() bool {
				return h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'rec.stored' AND at > $1`, mended.Add(settled)) > 0
			}, nil)
			row.Figure("%d recordings stored", h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'rec.stored'`))
		}}
	a.run(t, rep, row)
}

// recordingEnds is how many recordings ended so.
func recordingEnds(h *rig.House, why string) int64 {
	return h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'rec.stopped' AND convert_from(bytes, 'UTF8')::jsonb #>> '{data,why}' = $1`, why)
}
