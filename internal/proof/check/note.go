package check

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Note is one line of the load's ledger.
type Note struct {
	No     int    `json:"no"`             // counts the lines from 1
	At     int64  `json:"at,omitempty"`   // when it was decided
	Gone   int64  `json:"gone,omitempty"` // Of's act was done at this instant: its fsync was over
	Of     int    `json:"of,omitempty"`   // the line that Gone completes
	Who    string `json:"who,omitempty"`  // customer, agent, load
	Name   string `json:"name,omitempty"` // the customer's number, the agent's login
	What   string `json:"what,omitempty"`
	Number string `json:"number,omitempty"` // agent's line: the customer's number
	Call   string `json:"call,omitempty"`   // the product's id, or the SIP Call-ID
	Offer  string `json:"offer,omitempty"`
	Code   int    `json:"code,omitempty"`
	Fate   string `json:"fate,omitempty"`   // load's line "plan"
	Key    string `json:"key,omitempty"`    // load's line "plan": pressed in the survey
	US     int64  `json:"us,omitempty"`     // load's line "stall": how much was missed; line "fault": by how much any duration may be off
	Blind  bool   `json:"blind,omitempty"`  // load's line "fault": desks may miss what happens, and act late
	Refuse bool   `json:"refuse,omitempty"` // load's line "fault": new calls may be refused
	Ticks  int    `json:"ticks,omitempty"`  // load's line "ticks"
	Lost   int    `json:"lost,omitempty"`   // load's line "capture": packets that the capture dropped
	Exact  int64  `json:"-"`                // Gone where there is one, else At
}

// readNotes reads a ledger: acts in order, each with its exact instant.
func readNotes(r io.Reader) ([]Note, error) {
	var notes []Note
	byNo := map[int]int{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for lines.Scan() {
		var n Note
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			return nil, fmt.Errorf("read ledger line %d: %w", len(notes)+1, err)
		}
		if n.Of != 0 {
			i, ok := byNo[n.Of]
			if !ok {
				return nil, fmt.Errorf("read ledger: line %d completes line %d, which is not there", n.No, n.Of)
			}
			notes[i].Exact = n.Gone
			continue
		}
		n.Exact = n.At
		byNo[n.No] = len(notes)
		notes = append(notes, n)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	slices.SortStableFunc(notes, func(a, b Note) int { return int(a.Exact - b.Exact) })
	return notes, nil
}

// stalls is what the ticking witness missed.
type stalls struct {
	list           []Note
	ticks, stalled int
}

// near is how much time of an edge's surroundings was lost. What delays a
// witness lies shortly before or after the act.
func (s *stalls) near(edge int64) int64 {
	const before, after = 50_000, 250_000
	return s.within(edge-before, edge+after)
}

// within is how much time was lost in stalls that touch the span.
func (s *stalls) within(from, to int64) (us int64) {
	for _, n := range s.list {
		if n.At >= from && n.At-n.US <= to {
			us += n.US
		}
	}
	return us
}
