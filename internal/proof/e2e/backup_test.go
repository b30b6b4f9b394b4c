package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestBackupInFullFlight backs a server up while one customer talks and another waits, kills it, restores it into an
// empty database and folder, and starts it there: what was over is the same to the byte, what was open is closed as a
// crash closes it, each customer's line gets its BYE, and the node goes on where its journal stood.
func TestBackupInFullFlight(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	h.robot(t, "lan", robot.Plan{React: 100 * time.Millisecond, Disposition: "other"})
	over := h.served(t)
	over.hangUp()
	h.SQL.ClosedCalls(1)
	talking := h.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	h.farHears(t, rig.AgentHz)
	waiting := h.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	rig.Eventually(t, "the second customer waits", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM records.calls WHERE entered_at > 0`) == 3
	}, nil)

	dir, keys := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "keys")
	h.succeeds(t, "backup", dir, "--keys", keys)
	m := readBackup(t, dir)
	if n := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE released_at = 0`); n != 2 {
		t.Errorf("%d calls in progress after the backup, 2 were before", n)
	}
	late := h.pickUp(t) // the backup knows nothing of it
	late.dial("1900")
	rig.Eventually(t, "a call after the backup", func() bool { return h.SQL.Count(`SELECT count(*) FROM records.calls`) == 4 }, nil)
	h.Kill()

	restored := h.elsewhere(t)
	restored.succeeds(t, "restore", dir, "--keys", keys)
	restored.balanced(t)
	restored.sameUpTo(t, h, m)
	restored.Start()
	talking.Wait(t) // their BYE
	waiting.Wait(t)
	calls := restored.SQL.Rows(`SELECT * FROM records.calls ORDER BY arrived_at`)
	if len(calls) != 3 {
		t.Fatalf("%d calls after the restore, 3 were there at the backup: %v", len(calls), calls)
	}
	for i, c := range calls {
		if estimated := c["estimated"] == true; estimated != (i > 0) || c["released_at"].(int64) == 0 {
			t.Errorf("call %d: %v", i, c)
		}
	}
	if c := calls[2]; c["closed"] != true || c["outcome"] != "abnormal" {
		t.Errorf("the call that waited: %v", c)
	}
	rig.Eventually(t, "the node's stamps go on without a gap", func() bool {
		s := restored.SQL.One(`SELECT count(*) AS n, max(seq) AS last, count(DISTINCT node) AS nodes, min(node) AS node FROM stamps`)
		return s["n"] == s["last"] && s["nodes"] == int64(1) && s["node"] == m.Journal.Node && s["last"].(int64) > m.Journal.Last
	}, func() string {
		return fmt.Sprint(restored.SQL.Rows(`SELECT node, count(*), max(seq) FROM stamps GROUP BY node`))
	})
	restored.robot(t, "lan", robot.Plan{React: 100 * time.Millisecond, Disposition: "other"})
	again := restored.served(t)
	again.hangUp()
	restored.balanced(t)
}

// TestCopyBesideTheOriginal restores a backup as a new node while the original talks: nobody's call is ended, the copy is
// another node that calls nobody, and the original's open call is presumed to end there.
func TestCopyBesideTheOriginal(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	h.robot(t, "lan", robot.Plan{React: 100 * time.Millisecond, Disposition: "other"})
	customer := h.served(t)
	dir := filepath.Join(t.TempDir(), "backup")
	h.succeeds(t, "backup", dir)
	beside := h.elsewhere(t, func(p *plan) { p.Ports = rig.ChoosePorts(t, rtpPorts) })
	beside.succeeds(t, "restore", dir, "--as-new-node")
	beside.Start()
	rig.Within(t, 30*time.Second, "the original's call is presumed to end in the copy", func() bool {
		return beside.SQL.Count(`SELECT count(*) FROM records.calls WHERE released_at > 0 AND provisional`) == 1
	}, func() string { return fmt.Sprint(beside.SQL.Rows(`SELECT * FROM records.calls`)) })
	beside.balanced(t)
	if n := beside.SQL.Count(`SELECT count(DISTINCT node) FROM stamps`); n != 2 {
		t.Errorf("%d nodes have stamps in the copy, the original's and its own are 2", n)
	}
	h.farHears(t, rig.AgentHz) // the call goes on
	customer.hangUp()
	if call := h.SQL.ClosedCalls(1)[0]; call["outcome"] != "answered" || call["estimated"] != false {
		t.Errorf("the original's call: %v", call)
	}
	h.balanced(t)
}

// backup is what the test reads of a manifest.
type backup struct {
	Journal struct {
		Node string
		Last int64
	}
	Followers []struct {
		Follower string
		Seq      int64
	}
}

func readBackup(t *testing.T, dir string) (b backup) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &b))
	if _, err := os.Stat(dir + ".tmp"); err == nil {
		t.Error("the half-made folder is still there")
	}
	return b
}

// succeeds runs a command of the binary with the house's configuration.
func (h *house) succeeds(t *testing.T, args ...string) {
	t.Helper()
	if code, out := h.command(t, args...); code != 0 {
		t.Fatalf("%v: exit %d: %s", args, code, out)
	}
}

// elsewhere is a house with the same doors, an empty database and an empty folder; it isn't started.
func (h *house) elsewhere(t *testing.T, change ...func(*plan)) *house {
	t.Helper()
	other := *h
	other.plan.Dir, other.plan.Postgres = t.TempDir(), private.TestPostgres(t)
	other.redis = private.TestRedis(t)
	other.plan.Redis = other.redis.Addr()
	for _, f := range change {
		f(&other.plan)
	}
	other.furnish()
	return &other
}

// sameUpTo compares all rows of stamps and records that stood when the backup was taken with the original's.
func (h *house) sameUpTo(t *testing.T, original *house, m backup) {
	t.Helper()
	at := slices.IndexFunc(m.Followers, func(f struct {
		Follower string
		Seq      int64
	},
	) bool {
		return f.Follower == "ledger"
	})
	if at < 0 {
		t.Fatalf("no position in %+v", m)
	}
	position := m.Followers[at].Seq
	for table, where := range map[string]string{
		"stamps": "seq <= $1", "records.calls": "last_seq <= $1 AND closed", "records.legs": "last_seq <= $1 AND closed",
		"records.entries": "last_seq <= $1 AND closed", "records.offers": "last_seq <= $1 AND closed", "records.segments": "last_seq <= $1 AND closed",
	} {
		query := fmt.Sprintf(`SELECT string_agg(to_jsonb(t)::text, chr(10) ORDER BY to_jsonb(t)::text) AS text, count(*) AS n FROM %s t WHERE %s`, table, where)
		want, got := original.SQL.One(query, position), h.SQL.One(query, position)
		if want["n"] == int64(0) || want["text"] != got["text"] {
			t.Errorf("%s: %v rows, the original has %v; the same: %v", table, got["n"], want["n"], want["text"] == got["text"])
		}
	}
}

// TestNewerIsRefused holds a database and a journal of later builds against the binary: it says what they are, ends
// with 4 and leaves both as they were.
func TestNewerIsRefused(t *testing.T) {
	t.Parallel()
	h := prepare(t)
	h.succeeds(t, "migrate")
	h.SQL.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	all := `SELECT (SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS names,
		(SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables) AS n, (SELECT count(*) FROM organisations) AS orgs`
	before := h.SQL.One(all)
	for _, args := range [][]string{{"serve"}, {"migrate"}, {"backup", filepath.Join(t.TempDir(), "b")}} {
		code, out := h.command(t, args...)
		if code != 4 || !strings.Contains(out, "the database has schema version 99999 and this build of callstamp knows up to") {
			t.Errorf("%v: exit %d: %s", args, code, out)
		}
	}
	if after := h.SQL.One(all); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the database was %v, is %v", before, after)
	}
	if _, err := os.Stat(filepath.Join(h.Dir, "data")); err == nil {
		t.Error("a journal was begun")
	}

	h.SQL.Exec(`DELETE FROM goose_db_version WHERE version_id = 99999`)
	h.Start()
	h.Kill()
	journal := filepath.Join(h.Dir, "data", "journal")
	makeNewer(t, filepath.Join(journal, "00000001.seg"))
	files := contentsOf(t, journal)
	code, out := h.command(t, "serve")
	if code != 4 || !strings.Contains(out, "format version 2, this build of callstamp knows up to 1: install the newer callstamp") {
		t.Errorf("a newer journal: exit %d: %s", code, out)
	}
	if now := contentsOf(t, journal); fmt.Sprint(now) != fmt.Sprint(files) {
		t.Error("the newer journal was touched")
	}
}
