package exchange

import (
	"fmt"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// room is the sound of one call: its lines, its seats, and who of them hears
// whom. Two that hear each other are bridged, packets pass as they are; only
// while more are in the sound a mixer runs.
type room struct {
	x  *Exchange
	id stamp.ID

	// under Exchange.mu
	post  Post
	lines []*line
	seats []*seat
	ears  []call.Ear // the picture that was ordered, without those who have left it since
	mixer *media.Mixer
	tapes []*recording
}

// place is a leg's part in a room.
type place struct {
	room   *room // nil: none
	leg    stamp.LegNo
	joined time.Time // since when the leg has been in the sound; zero: it is not
	awaits bool      // its first packet is still to be told
	// announcing tags what it hears over the others; "" = nothing
	announcing string
}

// Mix makes the picture of who hears whom true (switchboard.Voice): who is in
// it stops hearing what was played, and its first packet is awaited anew. Who is
// not in it is out of the sound and keeps its part in the call until Part. A
// seat without a page is told to the call as SeatLost. ErrNoLeg.
func (x *Exchange) Mix(id stamp.ID, ears []call.Ear) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.rooms[id]
	if r == nil {
		return fmt.Errorf("mix call %s: %w", id, ErrNoLeg)
	}
	r.ears = nil
	if err := r.seatLocked(ears); err != nil {
		r.lay(nil)
		return fmt.Errorf("mix call %s: %w", id, err)
	}
	r.ears = slices.Clone(ears)
	r.lay(ears)
	for _, e := range ears {
		if s := x.desks[e.Agent]; e.Agent != "" && !s.up {
			r.forget(e.Leg)
			r.post(time.Now(), call.SeatLost{Agent: e.Agent})
		}
	}
	return nil
}

// seatLocked gives every agent of the picture their place in the room.
func (r *room) seatLocked(ears []call.Ear) error {
	for _, e := range ears {
		if e.Agent == "" && r.line(e.Leg) == nil {
			return fmt.Errorf("leg %d: %w", e.Leg, ErrNoLeg)
		}
	}
	for _, e := range ears {
		if e.Agent != "" {
			r.x.seatLocked(e.Agent).join(r, e.Leg)
		}
	}
	return nil
}

func (r *room) line(no stamp.LegNo) *line {
	for _, l := range r.lines {
		if l.leg == no {
			return l
		}
	}
	return nil
}

// drop takes a leg out of the sound; the others go on without it.
func (r *room) drop(no stamp.LegNo) {
	if r.forget(no) {
		r.lay(nil)
	}
}

// forget takes a leg out of the picture.
func (r *room) forget(no stamp.LegNo) bool {
	n := len(r.ears)
	r.ears = slices.DeleteFunc(r.ears, func(e call.Ear) bool { return e.Leg == no })
	return len(r.ears) < n
}

// lay makes the picture true for those whose connection is up. ordered are the
// ears of a new order: their first packets are awaited.
func (r *room) lay(ordered []call.Ear) {
	all := r.parties()
	now := time.Now() // AFTER the picture before, BEFORE this one: parts their first packets
	r.hush(all)
	for i := range all {
		p := &all[i]
		isNew := slices.ContainsFunc(ordered, func(e call.Ear) bool { return e.Leg == p.leg })
		if p.joined.IsZero() || isNew {
			p.joined = now
		}
		p.awaits = p.awaits || isNew
	}
	for _, p := range all {
		if len(p.hears) > 0 && p.announcing == "" {
			p.end.Play("", nil)
		}
	}
	if passes(all) {
		r.stopMixer()
		bridge(all)
	} else {
		r.mix(all)
	}
	for _, p := range all {
		if p.seat != nil {
			p.end.Expect(len(p.heard) > 0)
		} else {
			p.end.DetectInband(false)
		}
	}
	for _, t := range r.tapes {
		t.hear(r, all)
	}
	r.listen(all, now)
}

// passKey presses a key for the telephones that hear the leg through the mixer.
// A bridge passes the key's packets themselves.
func (r *room) passKey(from stamp.LegNo, ev media.Event) {
	if r.mixer == nil {
		return
	}
	for _, e := range r.ears {
		if l := r.line(e.Leg); l != nil && hears(e, from) {
			_ = l.Press(string(ev.Digit), ev.Duration) // the far side has hung up, or hears 32 keys at once
		}
	}
}
