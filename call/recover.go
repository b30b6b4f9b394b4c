package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Recover returns the stamps that close a call after a crash: its open stamps
// come from the journal, at is the node's last proof of life. Everything that
// was open ends at at, marked as estimated, with outcome abnormal; wrap-ups
// without an end stay open, and the call stays over until they are done.
func Recover(stamps []stamp.Stamp, at stamp.Instant) ([]stamp.Stamp, error) {
	m, err := Replay(PlanOf(stamps), stamps)
	if err != nil {
		return nil, err
	}
	t := turn{id: m.id, plan: &m.plan, s: &m.s, seen: at}
	if !m.Over() {
		t.customerGone(LegGone{Leg: stamp.CustomerLeg, By: stamp.System}, true)
		t.because(0, stamp.Cause{Text: "crash"})
	}
	if !m.Closed() && !m.s.wrapping() {
		t.close()
	}
	return t.stamps, nil
}

// PlanOf returns what a call's stamps tell of its plan: enough to close it and
// to finish its wrap-ups, which carry their own limits.
func PlanOf(stamps []stamp.Stamp) Plan {
	var p Plan
	for _, x := range stamps {
		p.Org = x.Org
		switch f := x.Fact.(type) {
		case stamp.CallCreated:
			p.Campaign = f.Campaign
		case stamp.QueueEntered:
			p.Queue = f.Queue
		case stamp.SurveyOffered:
			p.Survey, p.Language = f.Survey, f.Language
		}
	}
	return p
}
