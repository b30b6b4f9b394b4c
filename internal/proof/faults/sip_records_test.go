package faults_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// sipCase is a customer's side that misbehaves, and what must stand in the
// books.
type sipCase struct {
	name  string
	make  func(s *phonenet.Script, a *robot.Plan)
	want  string   // outcome result code by cause; "-": whatever it is, "|": or
	acts  []string // what the customer's side must have seen, "got_OPTIONS 200"
	never string   // … and must not have seen
}

// sipRecord is what the product says of one call.
type sipRecord struct{ outcome, result, code, by, cause string }

func (r sipRecord) String() string {
	return strings.Join([]string{r.outcome, r.result, r.code, r.by, r.cause}, " ")
}

// fits compares word by word; "-" fits everything, "|" parts what may be.
func (r sipRecord) fits(want string) bool {
	got := []string{r.outcome, r.result, r.code, r.by, r.cause}
	return slices.ContainsFunc(strings.Split(want, "|"), func(one string) bool {
		return slices.EqualFunc(strings.Fields(one), got, func(w, g string) bool { return w == "-" || w == g })
	})
}

// owns are the cases as fates of a load.
func owns(cases []sipCase, out bool) (list []rig.Own) {
	for _, c := range cases {
		list = append(list, rig.Own{Name: c.name, Out: out, Make: func(_ *rand.Rand, s *phonenet.Script, a *robot.Plan) {
			a.Talk, a.Wrap = 1500*time.Millisecond, 200*time.Millisecond
			c.make(s, a)
		}})
	}
	return list
}

// sipRecords are the records by the customer's number.
func sipRecords(h *rig.House) map[string][]sipRecord {
	all := map[string][]sipRecord{}
	rows := h.SQL.Rows(`SELECT p.number, c.outcome, c.ended_by, coalesce(a.result, '') AS result, coalesce(a.code, 0) AS code,
		(SELECT convert_from(s.bytes, 'UTF8') FROM stamps s WHERE s.subject = 'call:' || c.call AND s.kind = 'leg.ended'
			AND convert_from(s.bytes, 'UTF8')::json -> 'data' ->> 'leg' = '1' LIMIT 1) AS ended
		FROM records.calls c JOIN parties p ON p.id = c.party LEFT JOIN records.dial_attempts a ON a.call = c.call`)
	for _, r := range rows {
		var ended struct{ Cause struct{ Text string } }
		if text, ok := r["ended"].(string); ok {
			_ = json.Unmarshal([]byte(text), &ended) // stamps are checked elsewhere
		}
		number := r["number"].(string)
		all[number] = append(all[number], sipRecord{outcome: fmt.Sprint(r["outcome"]), result: cmpOr(fmt.Sprint(r["result"])), code: fmt.Sprint(r["code"]),
			by: fmt.Sprint(r["ended_by"]), cause: cmpOr(ended.Cause.Text)})
	}
	return all
}

func cmpOr(word string) string {
	if word == "" {
		return "none"
	}
	return word
}

// sipActs are what each customer did and perceived, from the load's ledger.
func sipActs(t *testing.T, h *rig.House) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(h.Dir, "ledger.jsonl"))
	must(t, err)
	defer f.Close()
	acts := map[string][]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var n check.Note
		must(t, json.Unmarshal(lines.Bytes(), &n))
		if n.Who == "customer" {
			acts[n.Name] = append(acts[n.Name], strings.TrimSuffix(n.What+" "+strconv.Itoa(n.Code), " 0"))
		}
	}
	return acts
}

// judgeCases compares each call with its case and returns how many are right.
func judgeCases(t *testing.T, h *rig.House, cases []sipCase) (right, all int) {
	t.Helper()
	byName := map[string]sipCase{}
	for _, c := range cases {
		byName[c.name] = c
	}
	records, acts := sipRecords(h), sipActs(t, h)
	seen := map[string]map[string]int{}
	for _, call := range h.Calls() {
		c := byName[call.Fate]
		all++
		fault := ""
		switch have := records[call.Number]; {
		case len(have) != 1:
			fault = fmt.Sprintf("%d records", len(have))
		case !have[0].fits(c.want):
			fault = have[0].String()
		default:
			fault = c.misses(acts[call.Number])
		}
		if fault == "" {
			right++
		} else {
			t.Errorf("%s, %s: want %q, got %q; the customer's side: %q", call.Fate, call.Number, c.want, fault, acts[call.Number])
		}
		if seen[c.name] == nil {
			seen[c.name] = map[string]int{}
		}
		for _, r := range records[call.Number] {
			seen[c.name][r.String()]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		t.Logf("%-22s %v", name, seen[name])
	}
	return right, all
}

// misses says which act of the case is not among those that were, each as often
// as it is named: of two messages sent at once either may be served first.
func (c sipCase) misses(acts []string) string {
	left := slices.Clone(acts)
	for _, want := range c.acts {
		i := slices.Index(left, want)
		if i < 0 {
			return "no " + want
		}
		left = slices.Delete(left, i, i+1)
	}
	if c.never != "" && slices.Contains(acts, c.never) {
		return c.never
	}
	return ""
}

// atRest waits until nothing of a call is left in the server: no leg, no port,
// and as many goroutines as before, give or take a few.
func atRest(t *testing.T, h *rig.House, goroutines float64) {
	t.Helper()
	const few, limit = 20, 45 * time.Second // a transaction of UDP stays for 64·T1 (RFC 3261 §17)
	rig.Within(t, limit, "nothing is left of the calls", func() bool {
		return h.Server.Metric("callstamp_sip_legs") == 0 && h.Server.Metric("callstamp_rtp_ports_bound") == 0 && h.Server.Metric("go_goroutines") <= goroutines+few
	}, func() string {
		return fmt.Sprintf("%.0f legs, %.0f RTP ports, %.0f goroutines after %.0f", h.Server.Metric("callstamp_sip_legs"), h.Server.Metric("callstamp_rtp_ports_bound"),
			h.Server.Metric("go_goroutines"), goroutines)
	})
	if n := h.Server.Metric("callstamp_sip_panics_total"); n != 0 {
		t.Errorf("%.0f handlers panicked", n)
	}
}
