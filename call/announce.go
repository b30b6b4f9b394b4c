package call

import "github.com/callstamp/callstamp/kpi/stamp"

// What a waiting customer is told between the music: their place, the wait that
// the Floor estimates, a word of comfort. What was told first is kept, so that
// it can be held against what came.

// standing: the Floor says where the call stands.
func standing(t *turn, in Standing) error {
	e := t.s.entry()
	if e == nil || in.Entry != e.no || in.Position == e.position && in.WaitUS == e.estUS {
		return nil
	}
	t.say(stamp.System, stamp.QueuePosition{Entry: e.no, Position: in.Position, EstUS: in.WaitUS})
	return nil
}

// announceAt is when the customer is told something next; zero = never.
func (s *state) announceAt(p *Plan) stamp.Instant {
	e := s.entry()
	if e == nil || !e.asked.IsZero() || p.AnnounceUS <= 0 || !s.customer().answered {
		return stamp.Instant{}
	}
	if said, _ := s.announcement(p); said == nil {
		return stamp.Instant{}
	}
	if e.announced.IsZero() {
		return e.entered.Add(p.AnnounceUS)
	}
	return e.announced.Add(p.AnnounceUS)
}

// announceDue interrupts the music.
func announceDue(t *turn) {
	said, f := t.s.announcement(t.plan)
	t.say(stamp.System, f)
	t.do(Play{Leg: stamp.CustomerLeg, Play: t.s.play, Language: t.plan.Language, Prompts: said})
}

// announcement is what there is to say, and what of the Floor's picture it says;
// nil when there is nothing.
func (s *state) announcement(p *Plan) (said []string, f stamp.QueueAnnounced) {
	e := s.entry()
	f.Entry = e.no
	if p.AnnouncePosition && e.position > 0 {
		if words := SpokenPosition(p.Language, e.position); words != nil {
			said, f.Position = append(said, words...), e.position
		}
	}
	if p.AnnounceWait && e.estUS > 0 {
		if words := SpokenWait(p.Language, e.estUS); words != nil {
			said, f.EstUS = append(said, words...), e.estUS
		}
	}
	if p.Comfort != "" {
		said = append(said, p.Comfort)
	}
	return said, f
}
