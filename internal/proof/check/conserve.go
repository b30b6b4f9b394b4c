package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// conserve checks the stored figures of closed quarter hours by sums of another
// kind: an agent's states fill the part of the login that lies in the quarter
// hour, phases fill the part of the calls, agents add up to their organisation,
// what entered has left. It shares nothing with count.
func conserve(f *findings, s *store, event, cohort map[string]bool, now int64) {
	type cell struct{ bucket, who string }
	states, want := map[cell]int64{}, map[cell]int64{}
	cohorts := map[cell]int64{}
	for _, r := range s.rows["records.intervals"] {
		if r["folded"] != nil && r.int("folded") == 0 {
			f.say("records.intervals", recordTables[len(recordTables)-1].KeyOf(r), LawEmpty, "no value", "0")
		}
		bucket, metric := bucketKey(r.str("node"), r.int("bucket")), r.str("metric")
		switch {
		case r.str("basis") == "event" && event[bucket]:
			if strings.HasPrefix(metric, "agent_us.") {
				states[cell{bucket, r.str("dim_kind") + " " + r.str("dim")}] += r.int("folded")
			}
			if strings.HasPrefix(metric, "phase_us.") && r.str("dim_kind") == "org" {
				states[cell{bucket, "calls"}] += r.int("folded")
			}
		case r.str("basis") == "cohort" && cohort[bucket] && r.str("dim_kind") == "org":
			name := strings.Split(metric, ".")
			if len(name) >= 2 {
				cohorts[cell{bucket, name[0] + "." + name[1]}] += r.int("folded")
			}
		}
	}
	fill := func(node string, from, to int64, who ...string) {
		if to == 0 {
			to = max(from, now)
		}
		for b := bucketOf(from); b < to; b += quarter {
			if key := bucketKey(node, b); event[key] {
				for _, w := range who {
					want[cell{key, w}] += min(to, b+quarter) - max(from, b)
				}
			}
		}
	}
	sessions, calls := lasting(s)
	for _, l := range sessions {
		fill(l.str("node"), l.int("from"), l.int("to"), "agent "+l.str("agent"), "org "+l.str("organisation_id"))
	}
	for _, c := range calls {
		fill(c.str("node"), c.int("from"), c.int("to"), "calls")
	}
	for k := range want {
		states[k] += 0
	}
	for _, k := range slices.SortedFunc(maps.Keys(states), func(a, b cell) int { return strings.Compare(a.bucket+a.who, b.bucket+b.who) }) {
		law := LawStates
		if k.who == "calls" {
			law = LawPhases
		}
		f.same("records.intervals", k.bucket+"/"+k.who, law, want[k], states[k])
	}
	for k, n := range cohorts {
		switch k.who {
		case "queue.entered":
			f.same("records.intervals", k.bucket, LawExits, n, cohorts[cell{k.bucket, "queue.exit"}])
		case "offer.created":
			f.same("records.intervals", k.bucket, LawOffers, n, cohorts[cell{k.bucket, "offer.end"}])
		}
	}
}

func bucketKey(node string, bucket int64) string { return fmt.Sprintf("%s/%d", node, bucket) }

// lasting are the stretches of logins and of calls: from their begin to their
// end, where the clock was set from step to step.
func lasting(s *store) (sessions, calls []row) {
	if stepped(s) {
		for _, c := range s.rows["records.calls"] {
			for _, p := range c.list("spans") {
				calls = append(calls, row{"node": c["node"], "from": p["from"], "to": p["to"]})
			}
		}
		return s.rows["records.agent_intervals"], calls
	}
	for _, l := range s.rows["records.agent_sessions"] {
		sessions = append(sessions, row{"node": l["node"], "agent": l["agent"], "organisation_id": l["organisation_id"], "from": l["login_at"], "to": l["logout_at"]})
	}
	for _, c := range s.rows["records.calls"] {
		calls = append(calls, row{"node": c["node"], "from": c["arrived_at"], "to": c["released_at"]})
	}
	return sessions, calls
}
