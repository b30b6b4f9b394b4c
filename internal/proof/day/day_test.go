package day

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/postgres"
)

// The day by hand. t0 is a quarter hour; instants below are ms after it.
//
// Call A is answered by lan, held half a second, rated 5. Call B gives up after
// three seconds. The quarter hour is closed and settled.
const t0 = int64(1_753_200_000_000_000)

const dayStamps = `
n  node:n1.1 1      0 node.started  -           {"version":"t","format":1}
a  agent:s1 1    1000 agent.login   unreachable {"agent":"lan"}
a  agent:s1 2    1500 agent.state_changed ready {"agent":"lan","from":"unreachable","to":"ready"}
A  call:A 1     10000 call.created  arriving    {"direction":"in","trunk":"carrier","route":"hot","party":"p1"}
A  call:A 2     10000 leg.invite_received -     {"leg":1,"trunk":"carrier"}
A  call:A 3     10010 leg.answered  -           {"leg":1,"role":"customer","codec":"PCMA"}
A  call:A 4     10010 queue.entered waiting     {"entry":1,"queue":"q","first":true,"target_us":20000000}
A  call:A 5     10100 offer.created offering    {"offer":"o1","entry":1,"queue":"q","agent":"lan","session":"s1","limit_us":5000000}
A  agent:s1 3   10100 agent.state_changed ringing {"agent":"lan","from":"ready","to":"ringing","queue":"q"} call:A 5
A  call:A 6     10120 offer.ring_started -      {"offer":"o1","agent":"lan"}
A  call:A 7     11120 offer.accepted -          {"offer":"o1","agent":"lan","ring_us":1000000}
A  call:A 8     11120 segment.opened connecting {"segment":1,"agent":"lan","session":"s1","leg":2,"offer":"o1","queue":"q"}
A  call:A 9     11120 leg.answered  -           {"leg":2,"role":"agent","agent":"lan"}
A  agent:s1 4   11120 agent.state_changed connecting {"agent":"lan","from":"ringing","to":"connecting","segment":1,"queue":"q"} call:A 8
A  call:A 10    11130 media.first_rx -          {"leg":1}
A  call:A 11    11180 media.first_rx -          {"leg":2}
A  call:A 12    11180 segment.connected talking {"segment":1,"agent":"lan","wait_us":1170000}
A  call:A 13    11180 queue.exited  -           {"entry":1,"queue":"q","reason":"connected","wait_us":1170000}
A  agent:s1 5   11180 agent.state_changed talking {"agent":"lan","from":"connecting","to":"talking","segment":1,"queue":"q"} call:A 12
A  call:A 14    12180 hold.started  held        {"segment":1,"by":"agent"}
A  call:A 15    12680 hold.ended    talking     {"segment":1,"by":"agent"}
A  call:A 16    14180 segment.ended -           {"segment":1,"agent":"lan","by":"agent","pre_phase":"talking","connected":true}
A  call:A 17    14180 leg.ended     -           {"leg":2,"by":"agent"}
A  call:A 18    14180 wrap.started  -           {"segment":1,"agent":"lan","limit_us":30000000,"required":true}
A  call:A 19    14180 survey.offered surveying  {"survey":"csat","segment":1,"agent":"lan","queue":"q","language":"en"}
A  agent:s1 6   14180 agent.state_changed wrap  {"agent":"lan","from":"talking","to":"wrap","segment":1,"queue":"q"} call:A 16
A  call:A 20    14200 survey.asked  -           {"segment":1,"question":"csat","attempt":1}
A  call:A 21    15000 dtmf          -           {"leg":1,"duration_us":100000}
A  call:A 22    15000 survey.responded -        {"segment":1,"question":"csat","value":5,"scale":5}
A  call:A 23    16000 survey.ended  -           {"segment":1,"end":"completed"}
A  call:A 24    16000 leg.ended     releasing   {"leg":1,"by":"system"}
A  call:A 25    16010 call.released over        {"ended_by":"system","pre_phase":"surveying"}
A  call:A 26    16100 disposition.set -         {"segment":1,"agent":"lan","code":"resolved"}
A  call:A 27    16180 wrap.ended    -           {"segment":1,"agent":"lan","by":"agent"}
A  call:A 28    16180 call.closed   closed      {"outcome":"answered"}
A  agent:s1 7   16180 agent.state_changed ready {"agent":"lan","from":"wrap","to":"ready","segment":1} call:A 27
B  call:B 1     20000 call.created  arriving    {"direction":"in","trunk":"carrier","route":"hot","party":"p2"}
B  call:B 2     20000 leg.invite_received -     {"leg":1,"trunk":"carrier"}
B  call:B 3     20010 leg.answered  -           {"leg":1,"role":"customer","codec":"PCMA"}
B  call:B 4     20010 queue.entered waiting     {"entry":1,"queue":"q","first":true,"target_us":20000000}
B  call:B 5     23010 leg.ended     -           {"leg":1,"by":"customer"}
B  call:B 6     23010 queue.exited  -           {"entry":1,"queue":"q","reason":"abandoned_short","wait_us":3000000}
B  call:B 7     23010 call.released over        {"ended_by":"customer","pre_phase":"waiting"}
B  call:B 8     23010 call.closed   closed      {"outcome":"abandoned_short"}
a  agent:s1 8   30000 agent.logout  offline     {"agent":"lan","by":"agent"}
n  node:n1.1 2 902000 bucket.closed  -          {"bucket":1753200000000000}
n  node:n1.1 3 902100 bucket.settled -          {"bucket":1753200000000000}
`

// Rows by hand: table, then column=value; "@" before a number: ms after t0.
const dayRows = `
records.calls call=A direction=in arrived_at=@10000 first_seq=4 last_seq=35 closed=true trunk=carrier route=hot party=p1 answered_at=@10010 entered_at=@10010 connected_at=@11180 released_at=@16010 closed_at=@16180 queue=q agent=lan exit=connected exited_at=@11180 outcome=answered ended_by=system pre_phase=surveying within=true service=answered_within fate_at=@11180 pickup_us=1110000 leg_count=2 entry_count=1 offer_count=1 segment_count=1 survey_count=1 answer_count=1 target_us=20000000 wait_us=1170000 talk_us=2500000 hold_us=500000 survey_us=1820000 wrap_us=2000000 length_us=6010000 spans=arriving:10000:10010,waiting:10010:10100:::q,offering:10100:11120:::q,connecting:11120:11180:1:lan:q,talking:11180:12180:1:lan:q,held:12180:12680:1:lan:q,talking:12680:14180:1:lan:q,surveying:14180:16000,releasing:16000:16010
records.calls call=B direction=in arrived_at=@20000 first_seq=37 last_seq=44 closed=true trunk=carrier route=hot party=p2 answered_at=@20010 entered_at=@20010 released_at=@23010 closed_at=@23010 queue=q exit=abandoned_short exited_at=@23010 outcome=abandoned_short ended_by=customer pre_phase=waiting service=gone_within fate_at=@23010 leg_count=1 entry_count=1 target_us=20000000 wait_us=3000000 length_us=3010000 spans=arriving:20000:20010,waiting:20010:23010:::q
records.legs call=A direction=in arrived_at=@10000 since_us=0 first_seq=5 closed=true leg=1 role=customer trunk=carrier codec=PCMA invited_at=@10000 answered_at=@10010 first_rx_at=@11130 ended_at=@16000 by=system
records.legs call=A direction=in arrived_at=@10000 since_us=1120000 first_seq=13 closed=true leg=2 role=agent agent=lan answered_at=@11120 first_rx_at=@11180 ended_at=@14180 by=agent
records.legs call=B direction=in arrived_at=@20000 since_us=0 first_seq=38 closed=true leg=1 role=customer trunk=carrier codec=PCMA invited_at=@20000 answered_at=@20010 ended_at=@23010 by=customer
records.entries call=A direction=in arrived_at=@10000 since_us=10000 first_seq=7 closed=true entry=1 queue=q first=true entered_at=@10010 exited_at=@11180 reason=connected stay_us=1170000 wait_us=1170000
records.entries call=B direction=in arrived_at=@20000 since_us=10000 first_seq=40 closed=true entry=1 queue=q first=true entered_at=@20010 exited_at=@23010 reason=abandoned_short stay_us=3000000 wait_us=3000000
records.offers call=A direction=in arrived_at=@10000 since_us=100000 first_seq=8 closed=true offer=o1 entry=1 queue=q agent=lan session=s1 created_at=@10100 ring_at=@10120 ended_at=@11120 end=accepted ring_us=1000000 limit_us=5000000
records.segments call=A direction=in arrived_at=@10000 since_us=1120000 first_seq=12 closed=true segment=1 agent=lan session=s1 leg=2 offer=o1 queue=q opened_at=@11120 connected_at=@11180 ended_at=@14180 wrap_started_at=@14180 wrap_ended_at=@16180 handled_at=@16180 by=agent pre_phase=talking wrap_by=agent disposition=resolved connecting_us=60000 talk_us=2500000 hold_us=500000 wrap_us=2000000 wrap=wrap:14180:16180:1:lan:q
records.survey_runs call=A direction=in arrived_at=@10000 since_us=4180000 first_seq=25 closed=true segment=1 survey=csat language=en agent=lan queue=q due_at=@14180 offered_at=@14180 asked_at=@14200 responded_at=@15000 ended_at=@16000 end=completed asked=1 answered=1
records.survey_answers call=A direction=in arrived_at=@10000 since_us=4200000 first_seq=27 closed=true segment=1 question=csat type=csat survey=csat language=en about=1 agent=lan queue=q lead=true asked_at=@14200 attempts=1 responded_at=@15000 first_answer=true value=5 scale=5 class=good satisfied=true balance=1 points=1000 ended_at=@16000 end=completed
records.agent_sessions session=s1 agent=lan login_at=@1000 logout_at=@30000 by=agent length_us=29000000 states=7 first_seq=2 last_seq=45 closed=true queues=
records.agent_intervals session=s1 n=1 agent=lan state=unreachable from=@1000 to=@1500 closed=true
records.agent_intervals session=s1 n=2 agent=lan state=ready from=@1500 to=@10100 closed=true
records.agent_intervals session=s1 n=3 agent=lan state=ringing from=@10100 to=@11120 call=A queue=q cause=call:A_5 closed=true
records.agent_intervals session=s1 n=4 agent=lan state=connecting from=@11120 to=@11180 call=A segment=1 queue=q cause=call:A_8 closed=true
records.agent_intervals session=s1 n=5 agent=lan state=talking from=@11180 to=@14180 call=A segment=1 queue=q cause=call:A_12 closed=true
records.agent_intervals session=s1 n=6 agent=lan state=wrap from=@14180 to=@16180 call=A segment=1 queue=q cause=call:A_16 closed=true
records.agent_intervals session=s1 n=7 agent=lan state=ready from=@16180 to=@30000 call=A segment=1 cause=call:A_27 closed=true
records.buckets bucket=@0 closed_seq=46 settled_seq=47
`

// Figures by hand: metric, value, for whom (O organisation, Q queue, A agent),
// basis (E event, C cohort).
const dayFigures = `
in.calls 2 O EC
in.offered 2 OQ EC
in.connected 1 OQA EC
in.wait_us 1170000 OQA EC
in.pickup_us 1110000 OQA EC
in.within 1 OQA EC
in.gone_within 1 OQ EC
in.abandoned_short 1 OQ EC
queue.entered 2 OQ EC
queue.exit.connected 1 OQ EC
queue.exit.abandoned_short 1 OQ EC
offer.created 1 OQA EC
offer.end.accepted 1 OQA EC
offer.answer_us 1000000 OQA EC
seg.connected 1 OQA EC
seg.connecting_us 60000 OQA EC
seg.talk_us 2500000 OQA EC
seg.hold_us 500000 OQA EC
seg.wrap_us 2000000 OQA EC
seg.handled 1 OQA EC
seg.handled_connecting_us 60000 OQA EC
seg.handled_talk_us 2500000 OQA EC
seg.handled_hold_us 500000 OQA EC
seg.handled_wrap_us 2000000 OQA EC
survey.offered 1 OQA EC
survey.asked 1 OQA EC
survey.responded 1 OQA EC
survey.csat 1 OQA EC
survey.satisfied 1 OQA EC
answer.asked.csat 1 OQA EC
answer.valid.csat 1 OQA EC
answer.good.csat 1 OQA EC
answer.points.csat 1000 OQA EC
phase_us.arriving 20000 O E
phase_us.waiting 3090000 O E
phase_us.offering 1020000 O E
phase_us.connecting 60000 O E
phase_us.talking 2500000 O E
phase_us.held 500000 O E
phase_us.surveying 1820000 O E
phase_us.releasing 10000 O E
agent_us.unreachable 500000 OA E
agent_us.ready 22420000 OA E
agent_us.ringing 1020000 OA E
agent_us.connecting 60000 OA E
agent_us.talking 3000000 OA E
agent_us.wrap 2000000 OA E
`

var dayMonth = time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)

// dayDB returns a database of the test's own that holds the day.
func dayDB(t *testing.T) *pgx.Conn {
	t.Helper()
	return filled(t, "proof_day", func(ctx context.Context, _ *postgres.DB, c *pgx.Conn) error { return writeDay(ctx, c) })
}

// filled returns a database of the test's own with the product's tables, which
// fill has filled once for all tests with the name.
func filled(t *testing.T, name string, fill func(context.Context, *postgres.DB, *pgx.Conn) error) *pgx.Conn {
	t.Helper()
	dsn := private.TestPostgresFrom(t, name, func(ctx context.Context, dsn string) error {
		db, err := postgres.Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		if err := db.Migrate(ctx); err != nil {
			return err
		}
		if err := db.MakeMonths(ctx, dayMonth, 0); err != nil {
			return err
		}
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		return fill(ctx, db, c)
	})
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func writeDay(ctx context.Context, c *pgx.Conn) error {
	if err := writeStamps(ctx, c); err != nil {
		return err
	}
	for line := range strings.Lines(strings.TrimSpace(dayRows)) {
		name, cols, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := insert(ctx, c, name, handRow(cols)); err != nil {
			return err
		}
	}
	for line := range strings.Lines(strings.TrimSpace(dayFigures)) {
		var metric, whom, bases string
		var v int64
		if _, err := fmt.Sscan(line, &metric, &v, &whom, &bases); err != nil {
			return err
		}
		for _, w := range whom {
			dim := map[rune][2]string{'O': {"org", "o"}, 'Q': {"queue", "q"}, 'A': {"agent", "lan"}}[w]
			for _, b := range bases {
				r := map[string]any{"bucket": t0, "dim_kind": dim[0], "dim": dim[1], "metric": metric, "folded": v, "cut": v, "rolled": v,
					"basis": map[rune]string{'E': "event", 'C': "cohort"}[b]}
				if err := insert(ctx, c, "records.intervals", r); err != nil {
					return err
				}
			}
		}
	}
	_, err := c.Exec(ctx, `INSERT INTO parties (organisation_id, id, number) VALUES ('o', 'p1', '+841'), ('o', 'p2', '+842')`)
	return err
}

func writeStamps(ctx context.Context, c *pgx.Conn) error {
	head := make([]byte, sha256.Size)
	seq := int64(0)
	for line := range strings.Lines(strings.TrimSpace(dayStamps)) {
		seq++
		rest, data, _ := strings.Cut(line, "{")
		f := strings.Fields(rest)
		data, cause, _ := strings.Cut("{"+strings.TrimSpace(data), "} ")
		if cause != "" {
			data += "}"
		}
		kind, id, _ := strings.Cut(f[1], ":")
		var n, ms int64
		fmt.Sscan(f[2], &n)
		fmt.Sscan(f[3], &ms)
		s := map[string]any{"v": 1, "node": "n1", "seq": seq, "org": "o", "subject": map[string]string{"kind": kind, "id": id}, "n": n,
			"at": t0 + ms*1000, "mono": ms * 1000, "boot": 1, "kind": f[4], "data": json.RawMessage(data)}
		if f[5] != "-" {
			s["phase"] = f[5]
		}
		call := ""
		if f[0] == "A" || f[0] == "B" {
			call = f[0]
			s["call"] = call
		}
		if cause != "" {
			var m int64
			var subject string
			fmt.Sscan(cause, &subject, &m)
			k, i, _ := strings.Cut(subject, ":")
			s["cause"] = map[string]any{"subject": map[string]string{"kind": k, "id": i}, "n": m}
		}
		text, err := json.Marshal(s)
		if err != nil {
			return err
		}
		link := sha256.Sum256(append(head, text...))
		head = link[:]
		r := map[string]any{"seq": seq, "subject": f[1], "n": n, "call_id": call, "at": time.UnixMicro(t0 + ms*1000), "kind": f[4], "bytes": text, "hash": head}
		if err := insert(ctx, c, "stamps", r); err != nil {
			return err
		}
	}
	_, err := c.Exec(ctx, `INSERT INTO follower_positions (organisation_id, follower, node, seq, hash, state_seq) VALUES ('o', 'ledger', 'n1', $1, $2, 0)`, seq, head)
	return err
}

// handRow reads "col=value col=value".
func handRow(cols string) map[string]any {
	r := map[string]any{}
	for _, f := range strings.Fields(cols) {
		col, v, _ := strings.Cut(f, "=")
		var n int64
		switch {
		case col == "spans" || col == "wrap":
			r[col] = handSpans(v)
		case col == "queues":
			r[col] = "[]"
		case strings.HasPrefix(v, "@"):
			fmt.Sscan(v[1:], &n)
			r[col] = t0 + n*1000
		case v == "true":
			r[col] = true
		default:
			r[col] = strings.ReplaceAll(v, "_", " ")
			if _, err := fmt.Sscan(v, &n); err == nil && fmt.Sprint(n) == v {
				r[col] = n
			} else if col != "cause" {
				r[col] = v
			}
		}
	}
	return r
}

func handSpans(text string) string {
	var spans []map[string]any
	for _, s := range strings.Split(text, ",") {
		f := append(strings.Split(s, ":"), "", "", "")
		var from, to, segment int64
		fmt.Sscan(f[1], &from)
		fmt.Sscan(f[2], &to)
		fmt.Sscan(f[3], &segment)
		spans = append(spans, map[string]any{"phase": f[0], "from": t0 + from*1000, "to": t0 + to*1000, "segment": segment, "agent": f[4], "queue": f[5]})
	}
	b, _ := json.Marshal(spans)
	return string(b)
}

// insert writes a row; columns that it lacks are zero.
func insert(ctx context.Context, c *pgx.Conn, name string, r map[string]any) error {
	schema, tab, found := strings.Cut(name, ".")
	if !found {
		schema, tab = "public", name
	}
	rows, err := c.Query(ctx, `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 AND is_nullable = 'NO'`, schema, tab)
	if err != nil {
		return err
	}
	zero := map[string]any{"text": "", "bigint": int64(0), "integer": int64(0), "boolean": false, "double precision": 0.0, "jsonb": "[]", "date": dayMonth}
	var col, typ string
	_, err = pgx.ForEachRow(rows, []any{&col, &typ}, func() error {
		if _, set := r[col]; !set {
			r[col] = zero[typ]
		}
		return nil
	})
	if err != nil {
		return err
	}
	r["organisation_id"] = "o"
	if _, has := r["node"]; has {
		r["node"] = "n1"
	}
	var cols, places []string
	var args []any
	for col, v := range r {
		cols = append(cols, pgx.Identifier{col}.Sanitize())
		args = append(args, v)
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	_, err = c.Exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", name, strings.Join(cols, ", "), strings.Join(places, ", ")), args...)
	if err != nil {
		return fmt.Errorf("insert into %s: %w", name, err)
	}
	return nil
}
