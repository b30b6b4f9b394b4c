package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Recover returns the stamps that close a call after a crash: its open stamps
// come from the journal, at is the node's last proof of life. Everything that
// was open ends at at, marked as estimated, with outcome abnormal. A talk that
// was cut is followed by its wrap-up, which begins at at: the call stays over
// until every wrap-up is done, and the machine of these stamps ends one with a
// limit at its due instant, however late its Tick, and waits for a disposition
// that is mandatory.
func Recover(stamps []stamp.Stamp, at stamp.Instant) ([]stamp.Stamp, error) {
	t, err := takeUp(stamps, at)
	if err != nil {
		return nil, err
	}
	if t.s.phase == stamp.PhaseOver && !t.s.wrapping() {
		t.close()
	}
	return t.stamps, nil
}

// GiveUp is Recover for a call that nobody can go on with: its wrap-ups end too.
func GiveUp(stamps []stamp.Stamp, at stamp.Instant) ([]stamp.Stamp, error) {
	t, err := takeUp(stamps, at)
	if err != nil {
		return nil, err
	}
	if t.s.phase == stamp.PhaseOver {
		t.endWraps("system")
		t.close()
	}
	return t.stamps, nil
}

// takeUp brings the call to its last release.
func takeUp(stamps []stamp.Stamp, at stamp.Instant) (*turn, error) {
	m, err := Replay(PlanOf(stamps), stamps)
	if err != nil {
		return nil, err
	}
	t := &turn{id: m.id, plan: &m.plan, s: &m.s, seen: at}
	if !m.Over() {
		t.customerGone(LegGone{Leg: stamp.CustomerLeg, By: stamp.System}, true)
		t.because(0, stamp.Cause{Text: "crash"})
	}
	return t, nil
}

// PlanOf returns what a call's stamps tell of its plan: enough to close it and
// to begin and finish its wrap-ups.
func PlanOf(stamps []stamp.Stamp) Plan {
	var p Plan
	for _, x := range stamps {
		p.Org = x.Org
		switch f := x.Fact.(type) {
		case stamp.CallCreated:
			p.Campaign = f.Campaign
		case stamp.QueueEntered:
			p.Queue = f.Queue
		case stamp.SegmentOpened:
			p.WrapUS, p.WrapNeeded = f.WrapUS, f.WrapRequired
			p.Wrap.MostUS, p.Wrap.Code, p.Wrap.Pause = f.WrapMostUS, f.WrapCode, f.WrapPause
		case stamp.SurveyOffered:
			p.Survey, p.Language = f.Survey, f.Language
		}
	}
	return p
}
