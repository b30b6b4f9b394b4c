package exchange

import (
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// party is a leg that is in the sound.
type party struct {
	*place
	seat  *seat // nil: a line
	end   media.End
	hears []int // places in the list of parties
	heard []int // by whom
}

// parties are those of the picture who are connected and hear somebody
// connected, or are heard.
func (r *room) parties() []party {
	var all []party
	var ears []call.Ear
	for _, e := range r.ears {
		if p, ok := r.party(e); ok && r.together(e) {
			all, ears = append(all, p), append(ears, e)
		}
	}
	for i, e := range ears {
		for j, other := range ears {
			if slices.Contains(e.Hears, other.Leg) {
				all[i].hears = append(all[i].hears, j)
				all[j].heard = append(all[j].heard, i)
			}
		}
	}
	return all
}

// party is the leg behind an ear; false: its connection is not up.
func (r *room) party(e call.Ear) (party, bool) {
	if e.Agent == "" {
		l := r.line(e.Leg)
		if l == nil {
			return party{}, false
		}
		return party{place: &l.place, end: l.TrunkEnd}, true
	}
	s := r.x.desks[e.Agent]
	if s == nil || !s.up || s.room != r || s.leg != e.Leg {
		return party{}, false
	}
	return party{place: &s.place, seat: s, end: s.end}, true
}

// together reports whether the ear hears anybody connected, or is heard by one.
func (r *room) together(e call.Ear) bool {
	return slices.ContainsFunc(r.ears, func(other call.Ear) bool {
		_, up := r.party(other)
		return up && other.Leg != e.Leg && (hears(e, other.Leg) || hears(other, e.Leg))
	})
}

func hears(e call.Ear, no stamp.LegNo) bool { return slices.Contains(e.Hears, no) }

// passes reports whether packets can go from end to end as they are.
func passes(all []party) bool {
	return !slices.ContainsFunc(all, func(p party) bool { return len(p.hears) > 1 || len(p.heard) > 1 })
}

// bridge attaches the ends to each other.
func bridge(all []party) {
	for _, p := range all {
		p.end.Attach(nil)
	}
	for _, p := range all {
		if len(p.heard) > 0 {
			p.end.Attach(all[p.heard[0]].end)
		}
	}
}

// mix puts the ends into the mixer.
func (r *room) mix(all []party) {
	if r.mixer == nil {
		r.mixer = r.x.engine.NewMixer()
	}
	parties := make([]media.Party, len(all))
	for i, p := range all {
		parties[i] = media.Party{End: p.end, Hears: p.hears}
	}
	r.mixer.Set(parties)
}

func (r *room) stopMixer() {
	if r.mixer != nil {
		r.mixer.Set(nil)
		r.mixer = nil
	}
}

// hush takes out of the sound who is not among all. What is played to a line
// goes on.
func (r *room) hush(all []party) {
	in := func(p *place) bool { return slices.ContainsFunc(all, func(q party) bool { return q.place == p }) }
	for _, l := range r.lines {
		if !in(&l.place) {
			l.hush()
			l.Attach(nil)
		}
	}
	for _, s := range r.seats {
		if !in(&s.place) {
			s.hush()
			if s.end != nil {
				s.mute()
			}
		}
	}
}

// listen judges what those in the sound say, and counts the talks of those who
// hear the customer and are heard.
func (r *room) listen(all []party, now time.Time) {
	talks := func(s *seat) bool {
		return slices.ContainsFunc(all, func(p party) bool {
			return p.seat == s && slices.ContainsFunc(p.hears, func(i int) bool { return all[i].leg == stamp.CustomerLeg }) &&
				slices.ContainsFunc(p.heard, func(i int) bool { return all[i].leg == stamp.CustomerLeg })
		})
	}
	for _, s := range r.seats {
		if s.talk != nil {
			s.talk.Run(talks(s), now)
		}
	}
	for _, l := range r.lines {
		l.Meter(earOf(l.ear, !l.joined.IsZero()))
	}
	for _, s := range r.seats {
		if s.end != nil {
			s.end.Meter(earOf(s.ear, !s.joined.IsZero()))
		}
	}
}

func earOf(e *media.Ear, on bool) *media.Ear {
	if !on {
		return nil
	}
	return e
}

// hush says that the leg is out of the sound.
func (p *place) hush() { p.joined, p.awaits, p.announcing = time.Time{}, false, "" }
