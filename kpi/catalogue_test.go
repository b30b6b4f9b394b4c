package kpi

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestCatalogueHoldsEach(t *testing.T) {
	want := strings.Fields(`in.offered in.connected in.abandoned in.abandoned_short in.missed
		in.missed_rate in.abandon_rate in.sl_off(T) in.sl_ans(T) in.sl_all(T) in.sl_exin(T) in.sl_credit(T)
		in.wait in.asa in.pickup in.abandon_wait in.longest_waiting_now
		out.attempts out.connected_human out.answer_rate agt.answer_time agt.missed_offers
		agt.declined_offers agt.unreachable_offers agt.accept_rate
		c.connecting c.talk c.hold c.consult c.conference c.wrap c.aht v.suppressed v.offered v.declined v.asked v.responded v.invalid v.no_input v.hung_up v.failed v.response_rate
		v.csat v.csat_mean v.resolved v.expectation v.attitude v.professional v.problem_solving v.ces v.nps v.promoters v.passives v.detractors`)
	var got []string
	for _, d := range Catalogue() {
		got = append(got, d.ID)
		for _, text := range []string{d.Names.Vi, d.Names.ZhHant, d.Names.En, d.Words, d.Symbols} {
			if text == "" {
				t.Errorf("%s: a name or formula is missing", d.ID)
			}
		}
		if d.Version < 1 || len(d.Dims) == 0 || d.Hit.Record == "" || d.Of.Record == "" {
			t.Errorf("%s: version, dimensions or records are missing", d.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the catalogue holds %v", got)
	}
}

// rowOf is a record as a store sees it: fields by name.
type rowOf map[string]any

// tables returns the records as a store sees them.
func tables(t *testing.T, r Records) map[RecordKind][]rowOf {
	t.Helper()
	var all map[RecordKind][]rowOf
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// selected returns the rows that f selects in bucket b, by basis and dim.
func selected(all map[RecordKind][]rowOf, f Filter, b stamp.Bucket, basis Basis, d Dim) []rowOf {
	var out []rowOf
	for _, row := range all[f.Record] {
		at := row.num(f.At)
		if basis == Cohort && at != 0 {
			at = row.num("arrived_at")
		}
		if at == 0 || stamp.BucketAt(at) != b || fmt.Sprint(row[string(d.Kind)]) != d.ID {
			continue
		}
		if !slices.ContainsFunc(f.Where, func(c Cond) bool { return !row.meets(c) }) {
			out = append(out, row)
		}
	}
	return out
}

func (r rowOf) num(field string) int64 {
	n, _ := r[field].(json.Number)
	v, _ := n.Int64()
	return v
}

func (r rowOf) meets(c Cond) bool {
	is := func(v any) bool {
		switch v := v.(type) {
		case int64:
			return r.num(c.Field) == v
		case bool:
			b, _ := r[c.Field].(bool)
			return b == v
		default:
			s, _ := r[c.Field].(string)
			return s == v
		}
	}
	list, _ := c.Value.([]string)
	in := slices.ContainsFunc(list, func(s string) bool { return is(s) })
	switch c.Op {
	case OpEq:
		return is(c.Value)
	case OpNot:
		return !is(c.Value)
	case OpIn:
		return in
	case OpNotIn:
		return !in
	}
	return false
}

// splitByEvent are the totals whose event figures are cut at bucket edges and
// so can't be summed from whole rows.
var splitByEvent = []string{"c.connecting", "c.talk", "c.hold", "c.consult", "c.conference", "c.wrap"}

// Every number is what the records behind it come to, in both bases.
func TestNumbersStandOnTheirRecords(t *testing.T) {
	h, _ := foldAll(t, randomDay(6, 2*hour, 400))
	r := h.records()
	all := tables(t, r)
	checked := map[string]int{}
	for b := stamp.Bucket(day0); b.Start() < day0+4*hour; b = stamp.Bucket(b.End()) {
		rows := Intervals(r, b, math.MaxInt64)
		for _, d := range Catalogue() {
			if d.Value.IsZero() {
				continue
			}
			for _, dim := range []Dim{{DimOrg, "o1"}, {DimQueue, "q1"}, {DimAgent, "a0"}, {DimCampaign, "c1"}} {
				for _, basis := range []Basis{Event, Cohort} {
					if !slices.Contains(d.Dims, dim.Kind) || basis == Event && slices.Contains(splitByEvent, d.ID) {
						continue
					}
					v := Evaluate(d, Gather(rows, dim, basis))
					num := amount(selected(all, d.Hit, b, basis, dim), d.Hit)
					if d.ID == "c.aht" {
						num = aht(selected(all, d.Hit, b, basis, dim))
					}
					if num != v.Num {
						t.Errorf("%s %s %s %v: numerator %d, the rows come to %d", b.Time(), d.ID, basis, dim, v.Num, num)
					}
					// Offered and short abandons fall into different buckets by event.
					mixed := basis == Event && strings.Contains(d.Symbols, "− short")
					if den := int64(len(selected(all, d.Of, b, basis, dim))); len(d.Value.Den) > 0 && !mixed && den != v.Den {
						t.Errorf("%s %s %s %v: denominator %d, there are %d rows", b.Time(), d.ID, basis, dim, v.Den, den)
					}
					if v.Num != 0 {
						checked[d.ID]++
					}
				}
			}
		}
	}
	if len(checked) != len(Catalogue())-1 {
		t.Errorf("only %d KPIs had a value: %v", len(checked), checked)
	}
}

func amount(rows []rowOf, f Filter) int64 {
	if f.Sum == "" {
		return int64(len(rows))
	}
	sum := int64(0)
	for _, r := range rows {
		sum += r.num(f.Sum)
	}
	return sum
}

func aht(rows []rowOf) int64 {
	sum := int64(0)
	for _, r := range rows {
		sum += r.num("talk_us") + r.num("hold_us") + r.num("consult_us") + r.num("conference_us") + r.num("wrap_us")
	}
	return sum
}

// At settlement the customer's fates add up to what was offered.
func TestOfferedIsItsFates(t *testing.T) {
	h, _ := foldAll(t, randomDay(8, 2*hour, 80))
	r := h.records()
	for b := stamp.Bucket(day0); b.Start() < day0+2*hour; b = stamp.Bucket(b.End()) {
		f := Gather(Intervals(r, b, math.MaxInt64), Dim{DimOrg, "o1"}, Cohort)
		if f[MInOffered] != f[MInConnected]+f[MInAbandonedSoon]+f[MInMissed] {
			t.Errorf("%s: %v", b.Time(), f)
		}
	}
}

func TestEvaluateTotals(t *testing.T) {
	d, _ := Find("c.talk")
	v := Evaluate(d, Figures{MTalkUS: 90 * second, MHandledTalkUS: 60 * second, MHandled: 3})
	if *v.Value != 90 || *v.Mean != 20 || v.N != 3 || v.Num != 90*second {
		t.Errorf("%+v", v)
	}
	v = Evaluate(d, Figures{})
	if *v.Value != 0 || v.Mean != nil {
		t.Errorf("of nothing: %+v", v)
	}
	for _, d := range Catalogue() {
		if v := Evaluate(d, Figures{}); v.Value != nil && (math.IsNaN(*v.Value) || *v.Value != 0) {
			t.Errorf("%s of nothing is %f", d.ID, *v.Value)
		}
	}
}
