package main

import (
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// callMetrics are the calls of this moment, as the switchboard has them.
func (a *app) callMetrics() *sample {
	s := &sample{}
	calls := s.desc("calls", "Calls that live by phase, those in after-call work included (over).", "direction", "phase")
	lines := s.desc("campaign_lines", "Dialed calls by campaign: dialing, or with an agent.", "campaign", "state")
	s.read = func(r *reading) {
		all := a.board.Calls()
		for k, n := range byPhase(all) {
			r.is(calls, float64(n), k.direction, k.phase)
		}
		r.is(lines, 0, "", "dialing") // so that the figure is there where there is no campaign
		for k, n := range byCampaign(all, a.campaigns.running()) {
			r.is(lines, float64(n), a.people.Campaign(k.campaign).Name, k.state)
		}
	}
	return s
}

type phaseKey struct{ direction, phase string }

// byPhase counts calls; each pair is there, so that a figure that fell to none
// is 0 and not gone.
func byPhase(all []switchboard.Status) map[phaseKey]int {
	n := map[phaseKey]int{}
	for _, p := range []string{
		stamp.PhaseAnnouncing, stamp.PhaseWaiting, stamp.PhaseOffering, stamp.PhaseConnecting, stamp.PhaseTalking, stamp.PhaseHeld,
		stamp.PhaseAlone, stamp.PhaseSurveying, stamp.PhaseReleasing, stamp.PhaseOver,
	} {
		n[phaseKey{string(stamp.In), p}], n[phaseKey{string(stamp.Out), p}] = 0, 0
	}
	n[phaseKey{string(stamp.In), stamp.PhaseArriving}], n[phaseKey{string(stamp.Out), stamp.PhaseDialing}] = 0, 0
	for _, c := range all {
		n[phaseKey{string(c.Direction), c.Phase}]++
	}
	return n
}

type lineKey struct {
	campaign stamp.CampaignID
	state    string
}

// byCampaign counts the lines of those that run, and of those that were stopped
// while lines go on.
func byCampaign(all []switchboard.Status, running []stamp.CampaignID) map[lineKey]int {
	n := map[lineKey]int{}
	for _, id := range running {
		n[lineKey{id, "dialing"}], n[lineKey{id, "talking"}] = 0, 0
	}
	for _, c := range all {
		switch {
		case c.Direction != stamp.Out || c.Campaign == "":
		case c.Phase == stamp.PhaseDialing:
			n[lineKey{c.Campaign, "dialing"}]++
		case !c.Over:
			n[lineKey{c.Campaign, "talking"}]++
		}
	}
	return n
}
