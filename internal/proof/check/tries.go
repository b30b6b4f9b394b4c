package check

import "fmt"

// A number may be tried by several ways in one call: each is an INVITE of its
// own, and all but the last end without anybody having been reached. The stamps
// say how many there were; the wire must say the same.

// triesOf counts, by call, the tries that sent an INVITE and were followed by
// another one. A way without a free line sent none.
func triesOf(facts []*fact) map[string]int {
	tries := map[string]int{}
	for _, a := range facts {
		if a.Kind == "dial.route_advanced" && a.Data.status() != 0 {
			tries[a.Call]++
		}
	}
	return tries
}

// tried takes a dialog for one of the tries that came before the call's last, and
// reports whether it was one. The call began with the first of them.
func (x *witness) tried(d *dialog, records []row, first map[string]*dialog) bool {
	if d.inbound || len(records) == 0 {
		return false
	}
	id := records[0].str("call")
	if x.s.tries[id] == 0 {
		if f := first[id]; f != nil {
			d.invite, d.asked = f.invite, f.invite
		}
		return false
	}
	x.s.tries[id]--
	if first[id] == nil {
		first[id] = d
	}
	if d.answered() != 0 || d.code != 0 && d.code != 408 && (d.code < 500 || d.code > 599) {
		x.f.say("stamps", "INVITE "+d.callID, LawCall, "a try that reached nobody, as another followed", fmt.Sprintf("answered with %d", d.code))
	}
	return true
}
