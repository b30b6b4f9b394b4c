package check

import (
	"fmt"
	"slices"
	"strings"
)

// told are the rows as the stamps tell them: by table, by key.
type told map[string]map[string]row

func (t told) put(tab, key string, r row) {
	if t[tab] == nil {
		t[tab] = map[string]row{}
	}
	t[tab][key] = r
}

// retell tells every record row anew from the stamps, by the contract of the
// columns alone. Steps of the clock are straightened before.
func retell(facts []*fact) told {
	t := told{}
	bySubject := map[string][]*fact{}
	var order []string
	for _, a := range facts {
		s := a.subject()
		if bySubject[s] == nil {
			order = append(order, s)
		}
		bySubject[s] = append(bySubject[s], a)
		t.bucket(a)
	}
	for _, s := range order {
		stamps := bySubject[s]
		slices.SortFunc(stamps, func(a, b *fact) int { return int(a.N - b.N) })
		switch {
		case strings.HasPrefix(s, "call:") && stamps[0].Kind == "call.created":
			tellCall(t, stamps)
		case strings.HasPrefix(s, "agent:") && stamps[0].Kind == "agent.login":
			tellSession(t, stamps)
		}
	}
	return t
}

// bucket tells which quarter hours were closed and settled.
func (t told) bucket(a *fact) {
	if a.Kind != "bucket.closed" && a.Kind != "bucket.settled" {
		return
	}
	key := fmt.Sprintf("%s/%d", a.Node, a.Data.Bucket)
	r := t["records.buckets"][key]
	if r == nil {
		r = row{"node": a.Node, "bucket": a.Data.Bucket, "closed_seq": int64(0), "settled_seq": int64(0)}
	}
	if a.Kind == "bucket.closed" {
		r["closed_seq"] = a.Seq
	} else {
		r["settled_seq"] = a.Seq
	}
	t.put("records.buckets", key, r)
}

// compare holds the database against what the stamps tell: every row, once,
// with the same columns.
func (t told) compare(f *findings, s *store) {
	for _, tab := range recordTables {
		if tab.Name == "records.intervals" {
			continue // told from the records, see figures
		}
		have := s.byKey(f, tab)
		for key, want := range t[tab.Name] {
			got, ok := have[key]
			if !ok {
				f.say(tab.Name, key, LawOnce, "a row", "none")
				continue
			}
			for col, v := range want {
				if a, b := plain(v), plain(got[col]); a != b {
					f.say(tab.Name, key, LawTold, col+" "+a, b)
				}
			}
		}
		for key := range have {
			if _, ok := t[tab.Name][key]; !ok {
				f.say(tab.Name, key, LawOnce, "no row", "one")
			}
		}
	}
}

// plain writes a value so that the same value of another type is the same.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []row:
		return spanText(v)
	case []any:
		return spanText(row{"x": v}.list("x"))
	}
	return fmt.Sprint(v)
}

// spanText writes spans: "waiting 1-2 0//sales".
func spanText(list []row) string {
	var b strings.Builder
	for _, s := range list {
		if s["kind"] != nil {
			b.WriteString(askText(s))
			continue
		}
		fmt.Fprintf(&b, "%s %d-%d %d/%s/%s; ", s.str("phase"), s.int("from"), s.int("to"), s.int("segment"), s.str("agent"), s.str("queue"))
	}
	return b.String()
}

// askText writes an ask: "blind 1 2/anna/sales 1-2-3 busy system →3".
func askText(s row) string {
	return fmt.Sprintf("%s %d %d/%s/%s %d-%d-%d %s %s →%d; ", s.str("kind"), s.int("ask"), s.int("segment"), s.str("agent"), s.str("queue"),
		s.int("started_at"), s.int("answered_at"), s.int("ended_at"), s.str("end"), s.str("by"), s.int("into"))
}
