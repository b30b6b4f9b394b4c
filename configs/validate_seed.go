package configs

import (
	"fmt"
	"net/netip"
	"regexp"
	"time"
)

var (
	e164Pattern   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	prefixPattern = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)
	routePattern  = regexp.MustCompile(`^\+?[0-9?]*\*?$`)
)

// minPassword is NIST SP 800-63B's least length of a password that a person chooses.
const minPassword = 8

func (s Seed) check(p *problems) {
	surveys := map[string]bool{"": true, "csat": true}
	for i, v := range s.Surveys {
		key := fmt.Sprintf("seed.surveys[%d]", i)
		unique(p, surveys, key+".name", v.Name)
		v.check(p, key)
	}
	queues := map[string]bool{}
	for i, q := range s.Queues {
		key := fmt.Sprintf("seed.queues[%d]", i)
		unique(p, queues, key+".name", q.Name)
		q.check(p, key)
		q.Ask.check(p, key+".ask", surveys)
	}
	logins := map[string]bool{}
	for i, u := range s.Users {
		key := fmt.Sprintf("seed.users[%d]", i)
		unique(p, logins, key+".login", u.Login)
		u.check(p, key, queues)
	}
	sets := map[string]bool{}
	for i, c := range s.CallerSets {
		key := fmt.Sprintf("seed.caller_sets[%d]", i)
		unique(p, sets, key+".name", c.Name)
		c.check(p, key)
	}
	trunks := map[string]bool{}
	for i, t := range s.Trunks {
		key := fmt.Sprintf("seed.trunks[%d]", i)
		unique(p, trunks, key+".name", t.Name)
		t.check(p, key)
		t.checkWays(p, key, sets)
	}
	ways := map[string]bool{}
	for i, o := range s.Outbound {
		key := fmt.Sprintf("seed.outbound[%d]", i)
		unique(p, ways, key+".name", o.Name)
		o.check(p, key, trunks, sets)
	}
	s.checkFront(p, queues)
	numbers := map[string]bool{}
	for i, r := range s.Routes {
		key := fmt.Sprintf("seed.routes[%d]", i)
		if r.Number != "" && numbers[r.Number] {
			p.add(key+".number", "%q stands in the list before, and the first that matches wins; remove one of them", r.Number)
		}
		numbers[r.Number] = true
		r.check(p, key, queues)
	}
}

// unique reports a name that is missing or taken, and takes it.
func unique(p *problems, taken map[string]bool, key, name string) {
	switch {
	case name == "":
		p.add(key, "nothing could refer to it without a name; give it one")
	case taken[name]:
		p.add(key, "%q is taken by another one in the list; choose a different name", name)
	}
	taken[name] = true
}

func (q SeedQueue) check(p *problems, key string) {
	p.within(
		bound{key + ".offer_timeout", q.OfferTimeout, 3 * time.Second, 5 * time.Minute, "an agent has to notice the ring and the customer waits"},
		bound{key + ".wrap_up", q.WrapUp, 0, time.Hour, "an agent in wrap-up gets no call; 0 is none"},
		bound{key + ".service_level", q.ServiceLevel, time.Second, time.Hour, "it is the T within which calls are to be answered"},
		bound{key + ".short_abandon", q.ShortAbandon, 0, time.Minute, "who leaves earlier is not counted as abandoned; 0 counts all"},
	)
	p.within(
		bound{key + ".head_start", q.HeadStart, 0, 24 * time.Hour, "its calls count as having come so much earlier than they did; 0 is none"},
		bound{key + ".last_agent", q.LastAgent, 0, time.Hour, "the customer waits while the agent is busy; 0 keeps no call for anybody"},
	)
	p.oneOf(key+".strategy", q.Strategy, "longest_idle", "round_robin", "fewest_calls", "least_talk", "random", "weighted", "top_down", "ring_all")
	p.oneOf(key+".record", q.Record, "off", "all", "share", "on_demand")
	p.counts(count{key + ".record_share", q.RecordShare, 0, 100, "it is per cent of the calls"},
		count{key + ".record_days", q.RecordDays, 1, 36500, "a recording is deleted after so many days"})
	p.counts(count{key + ".ring", q.Ring, 0, 1000, "it is how many agents ring at once; 0 is all who are free"})
	q.checkNeeds(p, key+".skills")
	if !inLanguages(q.Language) {
		p.add(key+".language", "%q has no prompts; choose vi, zh-Hant, en, or leave it empty for the organisation's", q.Language)
	}
}

// checkNeeds: as many as the matching can hold, each from the first moment on.
func (q SeedQueue) checkNeeds(p *problems, key string) {
	if len(q.Skills) > maxNeeds {
		p.add(key, "%d skills are more than the %d that a call can ask for; drop the least important", len(q.Skills), maxNeeds)
	}
	for i, n := range q.Skills {
		key := fmt.Sprintf("%s[%d]", key, i)
		if n.Skill == "" {
			p.add(key+".skill", "nobody could have a skill without a name; give it one")
		}
		if len(n.Steps) < 1 || len(n.Steps) > maxSteps || n.Steps[0].After != 0 {
			p.add(key+".steps", "they say what is asked for from the first moment on; give 1 to %d, the first with after: 0s", maxSteps)
		}
		for k, s := range n.Steps {
			if s.Level < 0 || s.Level > maxLevel {
				p.add(key+".steps", "level %d is none; levels go from 0, which asks for nothing, to %d", s.Level, maxLevel)
			}
			if k > 0 && s.After <= n.Steps[k-1].After {
				p.add(key+".steps", "%s comes not after %s; put them in the order of the wait", s.After, n.Steps[k-1].After)
			}
		}
	}
}

// What the matching can hold: skills of a queue, steps of a skill, levels.
const maxNeeds, maxSteps, maxLevel = 8, 8, 10

// days bounds what is given in whole days.
const days = 24 * time.Hour

func (v SeedSurvey) check(p *problems, key string) {
	asked := map[string]bool{}
	for _, kind := range v.Questions {
		p.oneOf(key+".questions", kind, "csat", "nps", "resolved", "expectation", "attitude", "professionalism", "problem_solving", "effort", "voice")
		if asked[kind] {
			p.add(key+".questions", "%q is asked twice, and the answers would be mixed up; name it once", kind)
		}
		asked[kind] = true
	}
	if len(v.Questions) == 0 {
		p.add(key+".questions", "a survey that asks nothing keeps a customer for nothing; name at least one type")
	}
}

func (a SeedAsk) check(p *problems, key string, surveys map[string]bool) {
	if !surveys[a.Survey] {
		p.add(key+".survey", "no survey is called %q, so nobody could be asked; add it to seed.surveys or leave it empty for csat", a.Survey)
	}
	p.counts(
		count{key + ".spare", a.Spare, 0, 100, "it is a percentage of the calls"},
		count{key + ".new_calls", a.NewCalls, 0, 1000, "nobody calls more often before being asked once"},
	)
	p.within(
		bound{key + ".spacing", a.Spacing, 0, 3650 * days, "0 asks after every call"},
		bound{key + ".new_for", a.NewFor, 0, 3650 * days, "0 asks new customers too"},
	)
	if a.Spacing%days != 0 || a.NewFor%days != 0 {
		p.add(key, "spacing and new_for count whole days; write 24h, 2160h (90 days) and the like")
	}
}

func (u SeedUser) check(p *problems, key string, queues map[string]bool) {
	p.oneOf(key+".role", u.Role, "agent", "supervisor", "manager", "admin")
	if n := len(u.Password); n < minPassword {
		p.add(key+".password", "%d characters are guessed too soon; give at least %d, here or by password_file", n, minPassword)
	}
	for _, s := range u.Skills {
		if s.Skill == "" || s.Level < 1 || s.Level > maxLevel {
			p.add(key+".skills", "%q at level %d is no skill; give it a name and a level from 1 to %d", s.Skill, s.Level, maxLevel)
		}
	}
	for _, name := range u.Queues {
		if !queues[name] {
			p.add(key+".queues", "no queue is called %q, so no call would come from it; add it to seed.queues or remove it here", name)
		}
	}
}

func (t SeedTrunk) check(p *problems, key string) {
	for _, address := range t.Addresses {
		if _, err := netip.ParsePrefix(address); err != nil && !isIP(address) {
			p.add(key+".addresses", "%q is neither IP nor CIDR, so nobody could be let in by it; write 203.0.113.7 or 203.0.113.0/24", address)
		}
	}
	if len(t.Addresses) == 0 && t.Host == "" {
		p.add(key+".host", "the trunk can neither call out nor be called; set host, addresses or both")
	}
	if t.Register && (t.Host == "" || t.Username == "") {
		p.add(key+".register", "there is nowhere or no one to register; set host and username, or register: false")
	}
	if t.Password != "" && t.Username == "" {
		p.add(key+".password", "a password without a user name answers no challenge; set username")
	}
	if t.CallerID != "" && !e164Pattern.MatchString(t.CallerID) {
		p.add(key+".caller_id", "%q is not what a carrier shows; write it as E.164, such as +842812345678", t.CallerID)
	}
	for _, prefix := range t.Prefixes {
		if !prefixPattern.MatchString(prefix) {
			p.add(key+".prefixes", "%q begins no E.164 number; write a country's or more, such as +84, and none for no calls out", prefix)
		}
	}
	if len(t.Prefixes) > 0 && t.Host == "" {
		p.add(key+".prefixes", "there is nowhere to send those calls; set host, or leave prefixes empty")
	}
	p.oneOf(key+".transport", t.Transport, "udp", "tcp", "tls")
	p.counts(count{key + ".max_calls", t.MaxCalls, 1, 10000, "it is what the carrier sold, and 0 would be no trunk"})
	if t.SessionExpires != 0 {
		p.within(bound{key + ".session_expires", t.SessionExpires, 90 * time.Second, 24 * time.Hour, "RFC 4028 §5 allows no less than 90 s; 0 asks for no session timer"})
	}
	if t.OptionsEvery != 0 {
		p.within(bound{key + ".options_every", t.OptionsEvery, 5 * time.Second, time.Hour, "carriers take a faster rhythm for an attack; 0 sends none"})
	}
}

func (r SeedRoute) check(p *problems, key string, queues map[string]bool) {
	if r.Number == "" || !routePattern.MatchString(r.Number) {
		p.add(key+".number", "%q matches no number; write digits, ? for one digit, * at the end for the rest", r.Number)
	}
	p.within(bound{key + ".head_start", r.HeadStart, 0, 24 * time.Hour, "its calls count as having come so much earlier than they did; 0 is none"})
	if r.To == "" && !queues[r.Queue] {
		p.add(key+".queue", "no queue is called %q, so the call had nowhere to wait; choose one of %v", r.Queue, sorted(queues))
	}
}
