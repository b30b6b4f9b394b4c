package main_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/load"
	"github.com/callstamp/callstamp/internal/robot"
)

// proofRun is one run of the ledger proof.
type proofRun struct {
	*proofHouse
	t     *testing.T
	size  proofSize
	calls []*plannedCall
	desks *desks
	net   *phonenet.Network

	robots sync.WaitGroup
	leave  context.CancelFunc
	failed chan error
}

// proofSize is how large a run is.
type proofSize struct {
	calls, agents, sellers int
	every                  time.Duration // between two calls in
	limit                  time.Duration // of the whole load
	edge                   bool          // wait for a quarter hour's cut
}

// runProof puts the load on the product and returns what the checker says.
func runProof(t *testing.T, seed uint64, size proofSize) (*proofRun, check.Result) {
	t.Helper()
	r := &proofRun{t: t, size: size, calls: planCalls(seed, size.calls), failed: make(chan error, 100)}
	r.desks = newDesks(r.calls)
	r.open()
	began := time.Now()
	r.seat()
	r.ticks = load.NewTicks(r.ledger) // from here on it matters when something happens
	r.callIn()
	r.settle(began)
	r.close()
	return r, r.check()
}

// open starts the telephones first: the trunk's address stands in the
// product's configuration, the product's in the telephones'.
func (r *proofRun) open() {
	far := fmt.Sprintf("127.0.0.1:%d", freeUDP(r.t))
	r.proofHouse = openProofHouse(r.t, far, r.size.agents, r.size.sellers)
	net, err := phonenet.Open(phonenet.Config{Listen: far, Target: r.plan.sipAddr(), Called: r.desks.called, Cues: cues(r.t), Note: r.customer})
	must(r.t, err)
	r.net = net
}

// customer keeps what a customer does and perceives.
func (r *proofRun) customer(a phonenet.Act) {
	n := check.Note{At: a.At.UnixMicro(), Who: "customer", Name: a.Number, What: a.What, Call: a.CallID, Code: a.Code}
	if slices.Contains([]string{"invite", "ring", "answer", "refuse", "cancel", "bye", "key"}, a.What) {
		r.ledger.Will(n)
		return
	}
	r.ledger.Saw(n)
}

// agent keeps what an agent does and perceives.
func (r *proofRun) agent(a robot.Act) {
	n := check.Note{At: a.At.UnixMicro(), Who: "agent", Name: a.Agent, What: a.What, Call: a.Call, Offer: a.Offer, Number: a.Party}
	if slices.Contains([]string{"unring", "connected", "done"}, a.What) {
		r.ledger.Saw(n)
		return
	}
	r.ledger.Will(n)
}

// seat seats every robot and waits until all are ready.
func (r *proofRun) seat() {
	ctx, cancel := context.WithCancel(context.Background())
	r.leave = cancel
	ready := make(chan string, 100)
	logins := slices.Concat(r.agents, r.sellers)
	for i, login := range logins {
		c := robot.Config{Server: r.plan.url(), Login: login, Password: password, Decide: r.desks.decide,
			Voice: robot.NewMurmur(uint64(i), 120), Note: r.agent}
		r.robots.Go(func() {
			if err := robot.Run(ctx, c, func() { ready <- login }); err != nil {
				r.failed <- err
			}
		})
	}
	limit := time.After(time.Minute)
	for range logins {
		select {
		case login := <-ready:
			r.ledger.Saw(check.Note{Who: "agent", Name: login, What: "ready", At: time.Now().UnixMicro()})
		case err := <-r.failed:
			r.t.Fatal(err)
		case <-limit:
			r.t.Fatal("not all robots are ready within a minute")
		}
	}
}

// callIn writes down every plan, starts the campaign and places the calls.
func (r *proofRun) callIn() {
	var out []string
	var in []*plannedCall
	for _, c := range r.calls {
		key := ""
		if c.script.Key != 0 {
			key = string(c.script.Key)
		}
		r.ledger.Saw(check.Note{Who: "load", What: "plan", Name: c.number, Fate: c.fate, Key: key, At: time.Now().UnixMicro()})
		if c.outward() {
			out = append(out, c.number)
		} else {
			in = append(in, c)
		}
	}
	r.campaign(r.t, out)
	var callers sync.WaitGroup
	tick := time.NewTicker(r.size.every)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), r.size.limit)
	defer cancel()
	for i, c := range in {
		<-tick.C
		if i == len(in)/2 { // in full flight
			callers.Go(func() { r.balanced(r.t, "--live") })
		}
		callers.Go(func() {
			if _, err := r.net.Place(ctx, c.script); err != nil {
				r.failed <- err
			}
		})
	}
	callers.Wait()
	if ctx.Err() != nil {
		r.t.Errorf("calls are not over after %s; the network cut them", r.size.limit)
	}
}

// settle waits until nothing is open: no call, no lead; and for a cut, in a
// run that has time for one.
func (r *proofRun) settle(began time.Time) {
	quiet := func() bool {
		return r.net.Calls() == 0 && r.sql.count(`SELECT count(*) FROM leads WHERE state <> 'done'`) == 0 &&
			r.sql.count(`SELECT count(*) FROM records.calls WHERE NOT closed`) == 0
	}
	within(r.t, r.size.limit, "everything is over", quiet, func() string {
		var open []check.Finding
		for _, c := range r.sql.rows(`SELECT call FROM records.calls WHERE NOT closed ORDER BY arrived_at`) {
			open = append(open, check.Finding{Key: c["call"].(string)})
		}
		return fmt.Sprint(r.net.Calls(), " calls on the network, leads ", r.sql.rows(`SELECT id, state, result FROM leads WHERE state <> 'done'`),
			", ", len(open), " calls open: ", r.dossier(open))
	})
	r.ticks.Stop() // what is left to do has no length
	if r.size.edge {
		edge := began.Truncate(15 * time.Minute).Add(15 * time.Minute).UnixMicro()
		within(r.t, 16*time.Minute, "a quarter hour is closed, settled and rolled", func() bool {
			return r.sql.count(`SELECT count(*) FROM records.buckets WHERE bucket + 900000000 >= $1 AND settled_seq > 0`, edge) > 0 &&
				r.sql.count(`SELECT count(*) FROM rolled WHERE bucket + 900000000 >= $1 AND basis = 'cohort'`, edge) > 0
		}, nil)
	}
}

// close lets everybody go, stops the product well, and completes the witnesses.
func (r *proofRun) close() {
	t := r.t
	if calls := r.balanced(t, "--live"); calls != len(r.calls) {
		t.Errorf("callstamp check --live saw %d calls, want %d", calls, len(r.calls))
	}
	r.leave()
	r.robots.Wait()
	close(r.failed)
	for err := range r.failed {
		t.Error(err)
	}
	must(t, r.net.Close())
	r.server.stopWell(t)
	r.sql.pool.Close()
	lost, err := r.capture.Close()
	must(t, err)
	r.ledger.Saw(check.Note{Who: "load", What: "capture", At: time.Now().UnixMicro(), Lost: lost})
	must(t, r.ledger.Close())
}

// check hands everything to the checker.
func (r *proofRun) check() check.Result {
	t := r.t
	capture, err := os.Open(r.captureFile())
	must(t, err)
	defer capture.Close()
	ledger, err := os.Open(r.ledgerFile())
	must(t, err)
	defer ledger.Close()
	db, err := pgx.Connect(t.Context(), r.plan.Postgres)
	must(t, err)
	defer db.Close(context.Background())
	result, err := check.Run(t.Context(), check.Input{Capture: capture, Ledger: ledger, Product: netip.MustParseAddrPort(r.plan.sipAddr()), DB: db})
	must(t, err)
	return result
}

// dossier shows the stamps of the calls that findings name.
func (r *proofRun) dossier(found []check.Finding) string {
	db, err := pgx.Connect(context.Background(), r.plan.Postgres)
	must(r.t, err)
	defer db.Close(context.Background())
	var b strings.Builder
	shown := map[string]bool{}
	for _, f := range found {
		id, _, _ := strings.Cut(f.Key, "/")
		if shown[id] || len(shown) == 8 {
			continue
		}
		shown[id] = true
		rows, err := db.Query(context.Background(), `SELECT convert_from(bytes, 'UTF8') FROM stamps
			WHERE subject IN ('call:' || $1, 'agent:' || $1) OR subject = (SELECT 'call:' || call FROM records.offers WHERE offer = $1) ORDER BY n`, id)
		must(r.t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(r.t, err)
		fmt.Fprintf(&b, "%s:\n%s\n", id, strings.Join(lines, "\n"))
	}
	return b.String()
}
