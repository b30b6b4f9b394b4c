package check

// thirds counts by number the outside parties whom agents asked for in calls:
// so many INVITEs may go there that begin no call.
func (s *store) thirds() map[string]int {
	n := map[string]int{}
	for _, c := range s.rows["records.calls"] {
		legs := 0 // that were sent
		for _, l := range s.of("records.legs", c.str("call")) {
			if l.int("leg") > 1 && l.int("invited_at") != 0 {
				legs++
			}
		}
		for _, a := range c.list("asks") {
			t, _ := a["target"].(map[string]any)
			// A consultation and the transfer that it becomes have one number, and one line.
			if number := digits(s.numbers[row(t).str("party")]); number != "" && legs > 0 && !became(c, a) {
				n[number]++
				legs--
			}
		}
	}
	return n
}

// became reports whether the ask is the transfer of a consultation before it, or
// of a conference.
func became(c, a row) bool {
	for _, b := range c.list("asks") {
		if b.int("started_at") < a.int("started_at") && a.str("kind") != "consult" {
			t, _ := b["target"].(map[string]any)
			u, _ := a["target"].(map[string]any)
			if b.str("kind") == "consult" && row(t).str("party") == row(u).str("party") {
				return true
			}
		}
	}
	return false
}
