package check

import (
	"cmp"
	"fmt"
	"slices"
)

// laws holds the rows against each other, whatever the stamps say.
func laws(f *findings, s *store) {
	parts := map[string]map[string][]row{}
	for _, name := range []string{"legs", "entries", "offers", "segments", "survey_runs", "survey_answers", "dial_attempts"} {
		parts[name] = map[string][]row{}
		for _, r := range s.rows["records."+name] {
			parts[name][r.str("call")] = append(parts[name][r.str("call")], r)
		}
	}
	calls := map[string]bool{}
	for _, c := range s.rows["records.calls"] {
		id := c.str("call")
		calls[id] = true
		for name, col := range map[string]string{"legs": "leg_count", "entries": "entry_count", "offers": "offer_count", "segments": "segment_count", "survey_runs": "survey_count", "survey_answers": "answer_count"} {
			law := LawOnce
			switch name {
			case "entries":
				law = LawExits
			case "offers":
				law = LawOffers
			}
			if want, got := c.int(col), int64(len(parts[name][id])); want != got {
				f.sayf("records."+name, id, law, fmt.Sprintf("%d rows", want), got)
			}
		}
		phases(f, c)
	}
	for name, byCall := range parts {
		for id, rows := range byCall {
			if !calls[id] {
				f.say("records.calls", id, LawOnce, fmt.Sprintf("the call of %d %s", len(rows), name), "none")
			}
		}
	}
	ends(f, s)
	signs(f, s)
	segments(f, s, parts)
	surveys(f, s, parts)
	sessions(f, s)
	seconds(f, s)
}

// phases checks that a call's spans fill it without gap and sum up.
func phases(f *findings, c row) {
	at, sums := c.int("arrived_at"), map[string]int64{}
	key := c.str("call")
	for _, p := range c.list("spans") {
		f.same("records.calls", key, LawPhases, at, p.int("from"))
		at = p.int("to")
		sums[p.str("phase")] += p.int("to") - p.int("from")
		sums[""] += p.int("to") - p.int("from")
	}
	if c.int("released_at") == 0 {
		return
	}
	f.same("records.calls", key, LawPhases, c.int("released_at"), at)
	f.same("records.calls", key, LawPhases, c.int("length_us"), sums[""])
	for col, phase := range map[string]string{"talk_us": "talking", "hold_us": "held", "alone_us": "alone", "survey_us": "surveying", "menu_us": "menu",
		"consult_us": "consulting", "conference_us": "conferencing", "parked_us": "parked", "outside_us": "outside"} {
		f.same("records.calls", key, LawPhases, fmt.Sprint(col, " ", sums[phase]), fmt.Sprint(col, " ", c.int(col)))
	}
}

// ends checks that entries and offers of calls that are over have ended, once.
func ends(f *findings, s *store) {
	over := map[string]bool{}
	for _, c := range s.rows["records.calls"] {
		over[c.str("call")] = c.int("released_at") != 0
	}
	for _, e := range s.rows["records.entries"] {
		key := fmt.Sprintf("%s/%d", e.str("call"), e.int("entry"))
		if (e.int("exited_at") == 0) != (e.str("reason") == "") || e.int("exited_at") == 0 && over[e.str("call")] {
			f.sayf("records.entries", key, LawExits, "one exit with its reason", fmt.Sprintf("%q at %d", e.str("reason"), e.int("exited_at")))
		}
	}
	for _, o := range s.rows["records.offers"] {
		if (o.int("ended_at") == 0) != (o.str("end") == "") || o.int("ended_at") == 0 && over[o.str("call")] {
			f.sayf("records.offers", o.str("offer"), LawOffers, "one end", fmt.Sprintf("%q at %d", o.str("end"), o.int("ended_at")))
		}
		if o.int("ended_at") != 0 {
			began := max(o.int("ring_at"), o.int("created_at"))
			f.same("records.offers", o.str("offer"), LawOffers, o.int("ended_at")-began, o.int("ring_us"))
		}
	}
}

// signs looks for durations below zero in every record.
func signs(f *findings, s *store) {
	for _, t := range recordTables {
		for _, r := range s.rows[t.Name] {
			for col := range r {
				if len(col) > 3 && col[len(col)-3:] == "_us" && r.int(col) < 0 {
					f.sayf(t.Name, t.KeyOf(r), LawSign, col+" ≥ 0", r.int(col))
				}
			}
		}
	}
}

// segments checks an agent's part against the call's spans and the agent's
// state, both to the microsecond.
func segments(f *findings, s *store, parts map[string]map[string][]row) {
	talking, consulting := map[string]int64{}, map[string]int64{}
	for _, a := range s.rows["records.agent_intervals"] {
		if us := a.int("to") - a.int("from"); a.int("to") != 0 {
			switch key := fmt.Sprintf("%s/%d", a.str("call"), a.int("segment")); a.str("state") {
			case "talking":
				talking[key] += us
			case "consulting":
				consulting[key] += us
			}
		}
	}
	spans, early := pieces(s, parts["segments"])
	for _, rows := range parts["segments"] {
		for _, g := range rows {
			key := fmt.Sprintf("%s/%d", g.str("call"), g.int("segment"))
			for col, phase := range map[string]string{"connecting_us": "connecting", "talk_us": "talking", "hold_us": "held", "gap_us": "alone",
				"consult_us": "consulting", "conference_us": "conferencing"} {
				us := spans[key][phase]
				if phase == "alone" {
					us += spans[key]["silent"]
				}
				f.same("records.segments", key, LawPhases, fmt.Sprint(col, " ", us), fmt.Sprint(col, " ", g.int(col)))
			}
			if g.int("ended_at") != 0 {
				f.same("records.segments", key, LawTalk, talking[key], g.int("talk_us")+g.int("hold_us")+g.int("gap_us")+g.int("consult_us")+g.int("conference_us")-early[key])
				f.same("records.segments", key, LawTalk, fmt.Sprint("consulted ", consulting[key]), fmt.Sprint("consulted ", asked(g)))
			}
			if g.int("wrap_ended_at") != 0 {
				f.same("records.segments", key, LawPhases, g.int("wrap_ended_at")-g.int("wrap_started_at"), g.int("wrap_us"))
			}
		}
	}
}

// pieces sums what a part was by phase: of the call's spans that are its own, and
// of its own beside them. early is what of gaps and consultations lies before the
// agent had the customer: those are no talk.
func pieces(s *store, parts map[string][]row) (spans map[string]map[string]int64, early map[string]int64) {
	spans, early = map[string]map[string]int64{}, map[string]int64{}
	see := func(key string, p row) {
		if spans[key] == nil {
			spans[key] = map[string]int64{}
		}
		us := p.int("to") - p.int("from")
		spans[key][p.str("phase")] += us
		before := spans[key]["talking"]+spans[key]["held"]+spans[key]["conferencing"] == 0
		if word("alone consulting", p.str("phase")) && before {
			early[key] += us
		}
	}
	for call, rows := range parts {
		for _, g := range rows {
			for _, p := range g.list("beside") {
				see(fmt.Sprintf("%s/%d", call, g.int("segment")), p)
			}
		}
	}
	for _, c := range s.rows["records.calls"] {
		for _, p := range c.list("spans") {
			see(fmt.Sprintf("%s/%d", c.str("call"), p.int("segment")), p)
		}
	}
	return spans, early
}

// asked is how long the agent was there before having the customer.
func asked(g row) int64 {
	us := int64(0)
	for _, p := range g.list("beside") {
		if p.str("phase") != "conferencing" {
			us += p.int("to") - p.int("from")
		}
	}
	return us
}

// sessions checks that a login's intervals follow each other without gap and
// fill it: each second of it has exactly one state.
func sessions(f *findings, s *store) {
	chains := map[string][]row{}
	for _, a := range s.rows["records.agent_intervals"] {
		chains[a.str("session")] = append(chains[a.str("session")], a)
	}
	for _, l := range s.rows["records.agent_sessions"] {
		id := l.str("session")
		at, sum := l.int("login_at"), int64(0)
		chain := sortedBy(chains[id], "n")
		delete(chains, id)
		for i, a := range chain {
			key := fmt.Sprintf("%s/%d", id, a.int("n"))
			f.same("records.agent_intervals", key, LawStates, int64(i+1), a.int("n"))
			f.same("records.agent_intervals", key, LawStates, at, a.int("from"))
			if a.int("to") == 0 {
				if i != len(chain)-1 || l.int("logout_at") != 0 {
					f.say("records.agent_intervals", key, LawStates, "an end", "open")
				}
				break
			}
			sum, at = sum+a.int("to")-a.int("from"), a.int("to")
		}
		if l.int("logout_at") != 0 {
			f.same("records.agent_sessions", id, LawStates, l.int("length_us"), sum)
			f.same("records.agent_sessions", id, LawStates, l.int("logout_at"), at)
		}
	}
	for id, chain := range chains {
		f.say("records.agent_sessions", id, LawOnce, fmt.Sprintf("the session of %d intervals", len(chain)), "none")
	}
}

// seconds checks that no two intervals of one agent overlap, whatever their
// sessions.
func seconds(f *findings, s *store) {
	byAgent := map[string][]row{}
	for _, a := range s.rows["records.agent_intervals"] {
		byAgent[a.str("agent")] = append(byAgent[a.str("agent")], a)
	}
	for _, list := range byAgent {
		slices.SortFunc(list, func(a, b row) int {
			return cmp.Or(cmp.Compare(a.int("from"), b.int("from")), cmp.Compare(a.int("n"), b.int("n")))
		})
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if end := a.int("to"); end == 0 || end > b.int("from") {
				f.sayf("records.agent_intervals", fmt.Sprintf("%s/%d", b.str("session"), b.int("n")), LawSecond,
					fmt.Sprintf("from %d on", end), b.int("from"))
			}
		}
	}
}
