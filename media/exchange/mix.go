package exchange

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// errTooMany says that the picture is more than one line and one seat.
var errTooMany = errors.New("more than a telephone line and an agent can't be joined")

// Mix makes the picture of who hears whom true (switchboard.Voice). A line and
// a seat that hear each other are bridged: packets pass through as they are. An
// agent without a page is told to the call as SeatLost.
func (x *Exchange) Mix(id stamp.ID, ears []call.Ear) error {
	line, seat, ok := pairOf(ears)
	if !ok {
		return fmt.Errorf("mix call %s: %v: %w", id, ears, errTooMany)
	}
	err := x.Bridge(id, line.Leg, seat.Leg, seat.Agent)
	if !errors.Is(err, ErrNoSeat) {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if l := x.lines[legKey{id, line.Leg}]; l != nil && l.post != nil {
		l.post(time.Now(), call.SeatLost{Agent: seat.Agent})
	}
	return nil
}

// pairOf finds a line and a seat that hear each other and nobody else.
func pairOf(ears []call.Ear) (line, seat call.Ear, ok bool) {
	if len(ears) != 2 {
		return line, seat, false
	}
	line, seat = ears[0], ears[1]
	if line.Agent != "" {
		line, seat = seat, line
	}
	hear := slices.Equal(line.Hears, []stamp.LegNo{seat.Leg}) && slices.Equal(seat.Hears, []stamp.LegNo{line.Leg})
	return line, seat, hear && line.Agent == "" && seat.Agent != ""
}
