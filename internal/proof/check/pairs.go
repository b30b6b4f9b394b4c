package check

import "fmt"

// paired are stamps that open and close one thing: once each, in this order,
// and closed before their subject is over.
var paired = map[string]struct{ opens, closes, law string }{ //nolint:gochecknoglobals // read-only table
	"call":    {"call.created", "call.closed", LawEnd},
	"release": {"call.created", "call.released", LawEnd},
	"entry":   {"queue.entered", "queue.exited", LawExits},
	"offer":   {"offer.created", "offer.accepted offer.ended", LawOffers},
	"segment": {"segment.opened", "segment.ended", LawTalk},
	"wrap":    {"wrap.started", "wrap.ended", LawTalk},
	"session": {"agent.login", "agent.logout", LawStates},
}

// pairs checks the stamps themselves: whatever a row says, an entry has one
// exit, an offer one end, a call one release.
func pairs(f *findings, facts []*fact) {
	type thing struct{ kind, of string }
	state := map[thing]int{} // 1 = open, 2 = closed
	open := map[string]map[thing]bool{}
	for _, a := range facts {
		key := fmt.Sprintf("%s/%d", a.Node, a.Seq)
		for kind, p := range paired {
			opens, closes := word(p.opens, a.Kind), word(p.closes, a.Kind)
			if !opens && !closes {
				continue
			}
			th := thing{kind, a.subject() + partName(kind, a)}
			want := map[bool]int{true: 0, false: 1}[opens]
			if state[th] != want {
				f.say("stamps", key, p.law, fmt.Sprintf("%s of %s once, and opened first", a.Kind, th.of), []string{"not open", "open", "closed"}[state[th]])
			}
			state[th] = map[bool]int{true: 1, false: 2}[opens]
			if open[a.subject()] == nil {
				open[a.subject()] = map[thing]bool{}
			}
			open[a.subject()][th] = opens
		}
		if a.Kind != "call.closed" {
			continue
		}
		for th, still := range open[a.subject()] {
			if still && th.kind != "call" {
				f.say("stamps", key, paired[th.kind].law, th.kind+" of "+th.of+" closed before its call", "open")
			}
		}
		delete(open, a.subject())
	}
}

func partName(kind string, a *fact) string {
	switch kind {
	case "entry":
		return fmt.Sprint(" ", a.Data.Entry)
	case "offer":
		return " " + a.Data.Offer
	case "segment", "wrap":
		return fmt.Sprint(" ", a.Data.Segment)
	}
	return ""
}
