package check

import (
	"fmt"
	"strings"
)

// moves are the moves that the drawings of packages call and call/acd allow: from a
// phase or state to those that may follow it. "" is before the first stamp.
func moves() map[string]map[string]string {
	const ends, asks = " releasing over", " consulting parked arriving offering outside"
	return map[string]map[string]string{
		"call": {
			"":             "arriving dialing",
			"arriving":     "waiting menu announcing" + ends,
			"menu":         "arriving waiting menu announcing" + ends,
			"dialing":      "connecting announcing" + ends,
			"waiting":      "offering announcing arriving menu" + ends,
			"offering":     "waiting connecting announcing arriving menu" + ends,
			"connecting":   "talking held alone waiting announcing surveying arriving offering outside" + ends,
			"talking":      "held alone surveying" + asks + ends,
			"held":         "talking alone surveying" + asks + ends,
			"alone":        "connecting talking held waiting surveying offering outside" + ends,
			"consulting":   "talking held alone connecting conferencing offering outside" + ends,
			"conferencing": "talking held alone connecting outside" + ends,
			"outside":      "offering" + ends,
			"parked":       "connecting offering" + ends,
			"announcing":   ends,
			"surveying":    ends,
			"releasing":    "over",
			"over":         "closed",
			"closed":       "",
		},
		"agent": {
			"":            "unreachable",
			"unreachable": "ready paused wrap offline",
			"ready":       "reserved ringing connecting paused unreachable offline",
			"reserved":    "connecting ready paused unreachable offline",
			"ringing":     "connecting consulting ready paused unreachable offline",
			"connecting":  "talking ready paused unreachable offline",
			"consulting":  "connecting talking ready paused unreachable offline",
			"talking":     "wrap ready paused unreachable offline",
			"wrap":        "ready paused unreachable offline",
			"paused":      "ready unreachable offline",
			"offline":     "",
		},
	}
}

// order checks that each subject moves as its machine is drawn, and that
// nothing is said of it any more once it is over.
func order(f *findings, facts []*fact) {
	allowed, now := moves(), map[string]string{}
	for _, a := range facts {
		table, drawn := allowed[a.Subject.Kind]
		if !drawn {
			continue
		}
		sub, key := a.subject(), fmt.Sprintf("%s/%d", a.Node, a.Seq)
		was := now[sub]
		if was == "closed" || was == "offline" {
			f.say("stamps", key, LawMoves, "nothing after "+sub+" is "+was, a.Kind)
		}
		if a.Phase == "" || a.Phase == was {
			continue
		}
		if !word(table[was], a.Phase) {
			f.say("stamps", key, LawMoves, fmt.Sprintf("%s, %q to one of %q", sub, was, strings.Fields(table[was])), a.Phase)
		}
		now[sub] = a.Phase
	}
}

func word(list, w string) bool { return strings.Contains(" "+list+" ", " "+w+" ") }
