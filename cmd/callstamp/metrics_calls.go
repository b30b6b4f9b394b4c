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
		name := func(id stamp.CampaignID) string { return a.people.Campaign(id).Name }
		for k, n := range byCampaign(all, a.campaigns.running(), name) {
			r.is(lines, float64(n), k.campaign, k.state)
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
		stamp.PhaseAlone, stamp.PhaseConsulting, stamp.PhaseConferencing, stamp.PhaseOutside, stamp.PhaseParked,
		stamp.PhaseSurveying, stamp.PhaseReleasing, stamp.PhaseOver,
	} {
		n[phaseKey{string(stamp.In), p}], n[phaseKey{string(stamp.Out), p}] = 0, 0
	}
	n[phaseKey{string(stamp.In), stamp.PhaseMenu}] = 0
	n[phaseKey{string(stamp.In), stamp.PhaseArriving}], n[phaseKey{string(stamp.Out), stamp.PhaseDialing}] = 0, 0
	for _, c := range all {
		n[phaseKey{string(c.Direction), c.Phase}]++
	}
	return n
}

type lineKey struct{ campaign, state string }

// byCampaign counts the lines of those that run, and of those that were stopped
// while lines go on, by name: two may have the same. The one without a name is
// there so that the figure is where no campaign runs.
func byCampaign(all []switchboard.Status, running []stamp.CampaignID, name func(stamp.CampaignID) string) map[lineKey]int {
	n := map[lineKey]int{{"", "dialing"}: 0}
	for _, id := range running {
		n[lineKey{name(id), "dialing"}] += 0
		n[lineKey{name(id), "talking"}] += 0
	}
	for _, c := range all {
		switch {
		case c.Direction != stamp.Out || c.Campaign == "":
		case c.Phase == stamp.PhaseDialing:
			n[lineKey{name(c.Campaign), "dialing"}]++
		case !c.Over:
			n[lineKey{name(c.Campaign), "talking"}]++
		}
	}
	return n
}
