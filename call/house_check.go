package call

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Problem is one thing that is wrong with where calls are led: a sentence that
// says what, why and what to do.
type Problem struct {
	Where string // "queue support", "menu main", "route hotline"
	What  string
}

// Prompts says whether a prompt can be said in a language, variants of it and
// fall-backs included.
type Prompts func(language, name string) bool

// Check finds what would go wrong with a call: destinations that are not there,
// rings, menus that nobody can leave, prompts that are missing. language is the
// one of menus that have none of their own.
func (h *House) Check(language string, has Prompts) []Problem {
	c := check{h: h, has: has, language: language}
	for _, id := range slices.Sorted(maps.Keys(h.Queues)) {
		c.queue(h.Queues[id])
	}
	for _, id := range slices.Sorted(maps.Keys(h.Menus)) {
		c.menu(h.Menus[id])
	}
	c.rings()
	return c.found
}

// CheckRoute finds what would go wrong with a call that is led to a destination.
func (h *House) CheckRoute(name string, to Destination, language string, has Prompts) []Problem {
	c := check{h: h, has: has, language: language}
	c.leads("route "+name, "its destination", language, to)
	if to.IsZero() {
		c.say("route "+name, "it leads nowhere, so every call is hung up; give it a destination")
	}
	return c.found
}

type check struct {
	h        *House
	has      Prompts
	language string
	found    []Problem
}

func (c *check) say(where, format string, args ...any) {
	c.found = append(c.found, Problem{where, fmt.Sprintf(format, args...)})
}

func (c *check) queue(p *Plan) {
	where := "queue " + string(p.Queue)
	for what, to := range map[string]Destination{
		"closed": p.Closed, "full": p.Full, "empty": p.Empty, "overflow": p.Overflow,
	} {
		c.leads(where, what, p.Language, to)
	}
	for key, to := range p.Keys {
		c.leads(where, "key "+string(key), p.Language, to)
	}
	if !p.Overflow.IsZero() && p.MaxWaitUS == 0 {
		c.say(where, "overflow leads to %s but the queue has no longest wait, so nobody ever gets there; set one", p.Overflow)
	}
	c.prompt(where, "welcome", p.Language, p.Welcome)
	if p.CallbackKey != 0 {
		c.prompt(where, "the offer of a call-back", p.Language, promptCallback)
		c.prompt(where, "the thanks for a call-back", p.Language, promptCallbackThanks)
		if _, taken := p.Keys[p.CallbackKey]; taken {
			c.say(where, "key %c leads somewhere and asks for a call-back; choose another for one of them", p.CallbackKey)
		}
	}
	c.prompt(where, "comfort", p.Language, p.Comfort)
	if p.AnnounceUS > 0 && (p.AnnouncePosition || p.AnnounceWait) {
		words := SpokenWords(p.Language)
		if words == nil {
			c.say(where, "nobody has taught us to count in %q, so position and wait can't be announced; choose vi, zh-Hant or en", p.Language)
		}
		for _, w := range words {
			c.prompt(where, "a number", p.Language, w)
		}
	}
	slices.SortStableFunc(c.found, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.What, b.What)) })
}

func (c *check) menu(m *Menu) {
	where, language := "menu "+m.ID, cmp.Or(m.Language, c.language)
	if len(m.Options) == 0 {
		c.say(where, "no key does anything, so nobody could leave it but by hanging up; add an option")
	}
	for _, key := range slices.Sorted(maps.Keys(m.Options)) {
		o := m.Options[key]
		c.leads(where, "key "+string(key), language, o.To)
		switch {
		case !strings.ContainsRune("0123456789*#", key):
			c.say(where, "%q is no key of a telephone; use 0 to 9, * or #", string(key))
		case o.Do == Operator && m.Operator.IsZero():
			c.say(where, "key %c calls the operator, and none is named; set operator", key)
		case o.Do == "" && o.To.IsZero():
			c.say(where, "key %c does nothing; give it a destination, repeat, back or operator", key)
		}
	}
	c.leads(where, "failed", language, m.Failed)
	c.leads(where, "operator", language, m.Operator)
	if m.Prompt == "" {
		c.say(where, "it says nothing; give it a prompt")
	}
	for what, name := range map[string]string{"prompt": m.Prompt, "invalid": m.Invalid, "silent": m.Silent} {
		c.prompt(where, what, language, name)
	}
}

// leads checks that something is there.
func (c *check) leads(where, what, language string, to Destination) {
	switch to.Kind {
	case ToQueue:
		if c.h.queue(stamp.QueueID(to.ID)) == nil {
			c.say(where, "%s leads to the queue %q, and there is none, or it is not active; create it or choose another", what, to.ID)
		}
	case ToMenu:
		if c.h.menu(to.ID) == nil {
			c.say(where, "%s leads to the menu %q, and there is none; create it or choose another", what, to.ID)
		}
	case ToAnnouncement:
		c.prompt(where, what, language, to.ID)
	case ToNumber, ToAgent, ToVoicemail:
		c.say(where, "%s leads to %s, and calls can't be led to a destination of that kind; choose a queue, menu, announcement or hangup", what, to)
	}
}

func (c *check) prompt(where, what, language, name string) {
	if name != "" && !c.has(language, name) {
		c.say(where, "%s says %q, and there is no such prompt in %s; upload it or name another", what, name, language)
	}
}

// rings finds places that lead to each other without anybody's doing: the call
// would go round until it is cut off.
func (c *check) rings() {
	edges := map[Destination][]Destination{}
	for id, p := range c.h.Queues {
		edges[QueueOf(id)] = []Destination{p.Closed, p.Full, p.Empty, p.Overflow}
	}
	for id, m := range c.h.Menus {
		edges[Destination{ToMenu, id}] = []Destination{m.Failed}
	}
	done := map[Destination]bool{}
	var walk func(at Destination, path []Destination)
	walk = func(at Destination, path []Destination) {
		if i := slices.Index(path, at); i >= 0 {
			c.ring(append(slices.Clone(path[i:]), at))
			return
		}
		if done[at] || len(edges[at]) == 0 {
			return
		}
		for _, next := range edges[at] {
			walk(next, append(slices.Clone(path), at))
		}
		done[at] = true
	}
	for _, at := range slices.SortedFunc(maps.Keys(edges), byText) {
		walk(at, nil)
	}
}

func (c *check) ring(path []Destination) {
	words := make([]string, len(path))
	for i, d := range path {
		words[i] = d.String()
	}
	where := strings.Replace(words[0], ":", " ", 1)
	c.say(where, "a call would go round: %s; let one of them end in a menu, an announcement or hangup", strings.Join(words, " → "))
}

func byText(a, b Destination) int { return cmp.Compare(a.String(), b.String()) }
