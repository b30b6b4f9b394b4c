package day

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// A death by hand, at 12 s. C waits and is cut. D's INVITE is on disk, but
// nobody has answered it; the caller asks again until the product is back, and
// is call E. G calls into the dead product and is turned away by the new one.
const crashStamps = `
n  node:n1.1 1      0 node.started  -           {"version":"t","format":1}
C  call:C 1     10000 call.created  arriving    {"direction":"in","trunk":"carrier","route":"hot","party":"p3"}
C  call:C 2     10000 leg.invite_received -     {"leg":1,"trunk":"carrier"}
C  call:C 3     10010 leg.answered  -           {"leg":1,"role":"customer","codec":"PCMA"}
C  call:C 4     10010 queue.entered waiting     {"entry":1,"queue":"q","first":true,"target_us":20000000}
D  call:D 1     11850 call.created  arriving    {"direction":"in","trunk":"carrier","route":"hot","party":"p4"}
D  call:D 2     11850 leg.invite_received -     {"leg":1,"trunk":"carrier"}
C  call:C 5     11900 leg.ended     -           {"leg":1,"by":"system"}
C  call:C 6     11900 queue.exited  -           {"entry":1,"queue":"q","reason":"system_failure","wait_us":1890000}
C  call:C 7     11900 call.released over        {"ended_by":"system","pre_phase":"waiting","end_estimated":true}
C  call:C 8     11900 call.closed   closed      {"outcome":"abnormal"}
D  call:D 3     11900 leg.ended     -           {"leg":1,"by":"system"}
D  call:D 4     11900 call.released over        {"ended_by":"system","pre_phase":"arriving","end_estimated":true}
D  call:D 5     11900 call.closed   closed      {"outcome":"abnormal"}
E  call:E 1     13350 call.created  arriving    {"direction":"in","trunk":"carrier","route":"hot","party":"p4"}
E  call:E 2     13350 leg.invite_received -     {"leg":1,"trunk":"carrier"}
E  call:E 3     13360 leg.answered  -           {"leg":1,"role":"customer","codec":"PCMA"}
E  call:E 4     13360 queue.entered waiting     {"entry":1,"queue":"q","first":true,"target_us":20000000}
E  call:E 5     15000 leg.ended     -           {"leg":1,"by":"customer"}
E  call:E 6     15000 queue.exited  -           {"entry":1,"queue":"q","reason":"abandoned_short","wait_us":1640000}
E  call:E 7     15000 call.released over        {"ended_by":"customer","pre_phase":"waiting"}
E  call:E 8     15000 call.closed   closed      {"outcome":"abandoned_short"}
`

const crashWire = `
10000 c INVITE C +843
10001 p 100 C INVITE
10010 p 200 C INVITE sendrecv
10011 c ACK C
11850 c INVITE D +844
12100 c INVITE G +845
12350 c INVITE D +844
13005 p BYE C
13010 c 200 C BYE
13020 p 503 G INVITE
13350 c INVITE D +844
13351 p 100 D INVITE
13360 p 200 D INVITE sendrecv
13361 c ACK D
15000 c BYE D
15001 p 200 D BYE
`

const crashNotes = `
load plan +843 abandoned
load plan +844 abandoned
load plan +845 abandoned
customer invite +843 9999
customer invite +844 11849
load fault server_dead 11995
customer invite +845 12099
load healed server_dead 13100
`

// crashDB returns a database into which the product's own follower has taken
// the stamps: rows are not this test's business.
func crashDB(t *testing.T) *pgx.Conn {
	t.Helper()
	return filled(t, "proof_crash", func(ctx context.Context, db *postgres.DB, c *pgx.Conn) error {
		var entries []ledger.Entry
		var head ledger.Hash
		for line := range strings.Lines(strings.TrimSpace(crashStamps)) {
			text, err := stampText(line, len(entries)+1)
			if err != nil {
				return err
			}
			s, err := stamp.Decode(text)
			if err != nil {
				return err
			}
			head = head.Next(text)
			entries = append(entries, ledger.Entry{Seq: s.Seq, Stamp: s, Bytes: text, Hash: head})
		}
		if err := postgres.NewLedgerFollower(db.For("o"), "n1").Apply(ctx, entries); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `INSERT INTO parties (organisation_id, id, number) VALUES ('o', 'p3', '+843'), ('o', 'p4', '+844')`)
		return err
	})
}

// stampText writes a line as the stamp of this number.
func stampText(line string, seq int) ([]byte, error) {
	rest, data, _ := strings.Cut(line, "{")
	f := strings.Fields(rest)
	kind, id, _ := strings.Cut(f[1], ":")
	var n, ms int64
	fmt.Sscan(f[2], &n)
	fmt.Sscan(f[3], &ms)
	s := map[string]any{"v": 1, "node": "n1", "seq": seq, "org": "o", "subject": map[string]string{"kind": kind, "id": id}, "n": n,
		"at": t0 + ms*1000, "mono": ms * 1000, "boot": 1, "kind": f[4], "data": json.RawMessage("{" + strings.TrimSpace(data))}
	if f[5] != "-" {
		s["phase"] = f[5]
	}
	if kind == "call" {
		s["call"] = id
	}
	return json.Marshal(s)
}

// A death excuses what it explains, and each part of the explanation is needed.
func TestDeath(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wire, notes, sql string
		want             told
	}{
		"as it was": {want: told{unheard: 1, refused: 1, n: 2, widened: 2}},
		"but nobody died": {notes: "load fault server_dead 11995\n=>", want: told{laws: laws(check.LawWitness, check.LawCrash, check.LawCall, check.LawTime, check.LawLeg),
			doubled: 1, lost: 1, n: 2}},
		"a leg that outlives it": {wire: "13005 p BYE C\n13010 c 200 C BYE=>47500 p BYE C\n47510 c 200 C BYE",
			want: told{laws: laws(check.LawCrash, check.LawTime), unheard: 1, refused: 1, n: 2, widened: 2}},
		"a leg that never ends": {wire: "13005 p BYE C\n13010 c 200 C BYE\n=>",
			want: told{laws: laws(check.LawCrash, check.LawCall), unheard: 1, refused: 1, n: 2, widened: 0}},
		"an end without estimate": {sql: `UPDATE records.calls SET estimated = false WHERE call = 'C'`,
			want: told{laws: laws(check.LawCrash, check.LawTold, check.LawTime), unheard: 1, refused: 1, n: 1, widened: 1}},
		"a call of before that is lost": {sql: `DELETE FROM records.calls WHERE call = 'C'`,
			want: told{laws: laws(check.LawCall, check.LawOnce), lost: 1, unheard: 1, refused: 1, n: 1, widened: 0}},
		"a call of after that is lost": {sql: `DELETE FROM records.calls WHERE call = 'E'`,
			want: told{laws: laws(check.LawCall, check.LawOnce), lost: 1, unheard: 1, refused: 1, n: 2, widened: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := crashDB(t)
			if c.sql != "" {
				if _, err := db.Exec(t.Context(), c.sql); err != nil {
					t.Fatal(err)
				}
			}
			r, err := check.Run(t.Context(), check.Input{Capture: pcap(t, changed(t, crashWire, c.wire)), Ledger: ledgerOf(changed(t, crashNotes, c.notes)),
				Product: product, DB: db})
			if err != nil {
				t.Fatal(err)
			}
			if got := toldOf(r); !slices.Equal(got.laws, c.want.laws) || got.numbers() != c.want.numbers() {
				t.Errorf("told %+v, want %+v; found:", got, c.want)
				for _, f := range r.Findings {
					t.Log(f)
				}
			}
		})
	}
}
