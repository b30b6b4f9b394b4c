package call

import "github.com/callstamp/callstamp/kpi/stamp"

// voice: who spoke in an agent's part. A part that was no talk has no account.
func voice(t *turn, in Voice) error {
	no := t.s.segmentOfLeg(in.Of.Leg)
	if no == 0 || in.Of.LengthUS <= 0 {
		return nil
	}
	in.Of.Segment = no
	t.saw(stamp.System, in.Of)
	return nil
}

// micSilent: the customer hears nothing of the agent, who may not know it. A
// muted microphone is silent because the agent wants it to be.
func micSilent(t *turn, in MicSilent) error {
	g := t.s.speaker(in.Leg)
	if g != nil && !g.connected.IsZero() && !g.muted && !t.s.leg(in.Leg).dumb {
		t.say(stamp.System, stamp.MediaMicSilent{Leg: in.Leg, Segment: g.no})
	}
	return nil
}

func micHeard(t *turn, in MicHeard) error {
	if g := t.s.speaker(in.Leg); g != nil && t.s.leg(in.Leg).dumb {
		t.say(stamp.Agent, stamp.MediaMicHeard{Leg: in.Leg, Segment: g.no})
	}
	return nil
}

// speaker is the open part whose leg it is.
func (s *state) speaker(no stamp.LegNo) *segment {
	for i := range s.segments {
		if g := &s.segments[i]; !g.ended && g.leg == no {
			return g
		}
	}
	return nil
}

func (s *state) applyMic(f stamp.Fact) {
	switch f := f.(type) {
	case stamp.MediaMicSilent:
		s.leg(f.Leg).dumb = true
	case stamp.MediaMicHeard:
		s.leg(f.Leg).dumb = false
	}
}
