package kpi

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Metric names a primitive counter: a count, or a sum of µs where it ends in
// "_us". KPIs are arithmetic over these.
type Metric string

// Basis says to which bucket something counts.
type Basis string

// Event: the bucket in which it happened, durations split at the edges.
// Cohort: the bucket in which its call arrived, durations whole, counted when
// they are complete. Event figures of a bucket are whole at bucket.closed,
// cohort figures at bucket.settled.
const (
	Event  Basis = "event"
	Cohort Basis = "cohort"
)

// DimKind is a way of grouping.
type DimKind string

// The dimensions kept as counters.
const (
	DimOrg      DimKind = "org"
	DimQueue    DimKind = "queue"
	DimAgent    DimKind = "agent"
	DimCampaign DimKind = "campaign"
)

// Dim is one group: a queue, an agent, a campaign, or the whole organisation.
type Dim struct {
	Kind DimKind `json:"kind"`
	ID   string  `json:"id"`
}

// Key names one counter of one node.
type Key struct {
	Node   stamp.NodeID `json:"node"`
	Org    stamp.OrgID  `json:"org"`
	Bucket stamp.Bucket `json:"bucket"`
	Dim    Dim          `json:"dim"`
	Basis  Basis        `json:"basis"`
	Metric Metric       `json:"metric"`
}

// Compare orders keys by node, organisation, bucket, dimension, basis, metric.
func (k Key) Compare(o Key) int {
	return cmp.Or(
		cmp.Compare(k.Node, o.Node), cmp.Compare(k.Org, o.Org), cmp.Compare(k.Bucket, o.Bucket),
		cmp.Compare(k.Dim.Kind, o.Dim.Kind), cmp.Compare(k.Dim.ID, o.Dim.ID),
		cmp.Compare(k.Basis, o.Basis), cmp.Compare(k.Metric, o.Metric))
}

// Interval is one figure of one bucket. Figures of 0 are left out.
type Interval struct {
	Key
	Value int64 `json:"value"`
}

// Delta is what one stamp adds to a counter. Add may be negative where a late
// stamp takes back what the cut had credited.
type Delta struct {
	Key
	Add int64 `json:"add"`
	// Restated: an event figure of a bucket that was closed before. The frozen
	// value stays as it was; the difference is what q.restated counts.
	Restated bool `json:"restated,omitempty"`
}

// sortIntervals sorts a map of sums into rows, without zeroes.
func sortIntervals(sums map[Key]int64) []Interval {
	rows := make([]Interval, 0, len(sums))
	for k, v := range sums {
		if v != 0 {
			rows = append(rows, Interval{k, v})
		}
	}
	slices.SortFunc(rows, func(a, b Interval) int { return a.Key.Compare(b.Key) })
	return rows
}

// The primitive counters. What a call came to counts in the queue of its first
// entry, so that a queue's figures add up to what it was offered.
const (
	MInCalls         Metric = "in.calls"           // call.created, inbound
	MInOffered       Metric = "in.offered"         // a call's first entry
	MInConnected     Metric = "in.connected"       // an offered call's first two-way media with an agent
	MInWithin        Metric = "in.within"          // … with a wait ≤ the queue's target
	MInWaitUS        Metric = "in.wait_us"         // first entry → connected
	MInPickupUS      Metric = "in.pickup_us"       // first entry → picked up, of the same
	MInAbandoned     Metric = "in.abandoned"       // left the queue, never connected, not short
	MInAbandonedUS   Metric = "in.abandon_wait_us" // first entry → that exit
	MInAbandonedSoon Metric = "in.abandoned_short"
	MInGoneWithin    Metric = "in.gone_within" // given up, short or not, with a wait ≤ the target
	MInMissed        Metric = "in.missed"      // released, offered, never connected, not short

	MEntered Metric = "queue.entered" // every entry, in its own queue
	MExited  Metric = "queue.exit."   // + reason

	MOutAttempts  Metric = "out.attempts"        // customer leg's first INVITE sent
	MOutHuman     Metric = "out.human"           // dial.human
	MOutConnected Metric = "out.connected_human" // human and two-way with an agent
	MOutAbandoned Metric = "out.abandoned"       // dial.abandoned

	MOffers   Metric = "offer.created"
	MOfferEnd Metric = "offer.end."      // + end
	MAnswerUS Metric = "offer.answer_us" // ring started, else created → accepted

	MSegments            Metric = "seg.connected"
	MConnectingUS        Metric = "seg.connecting_us" // these seven split at the edges by event
	MTalkUS              Metric = "seg.talk_us"
	MHoldUS              Metric = "seg.hold_us"
	MGapUS               Metric = "seg.gap_us"
	MConsultUS           Metric = "seg.consult_us"
	MConferenceUS        Metric = "seg.conference_us"
	MWrapUS              Metric = "seg.wrap_us"
	MHandled             Metric = "seg.handled" // nothing left to do
	MHandledConnectingUS Metric = "seg.handled_connecting_us"
	MHandledTalkUS       Metric = "seg.handled_talk_us" // of those handled, whole
	MHandledHoldUS       Metric = "seg.handled_hold_us"
	MHandledWrapUS       Metric = "seg.handled_wrap_us"
	MHandledConsultUS    Metric = "seg.handled_consult_us"
	MHandledConferenceUS Metric = "seg.handled_conference_us"

	MConsults       Metric = "ask.consult"     // begun, by the agent who asks
	MTransfersOut   Metric = "transfer.out."   // + blind or attended: completed, by the agent who gave the call away
	MTransferFailed Metric = "transfer.failed" // … and those that nobody took
	MTransfersIn    Metric = "transfer.in"     // by the agent who got the call
	MParks          Metric = "ask.park"        // by the agent who parked it

	MSurveyOffered Metric = "survey.offered"     // surveys that began
	MSuppressed    Metric = "survey.suppressed." // + reason; surveys that were due and not offered
	MAsked         Metric = "survey.asked"       // surveys whose first question was put
	MResponded     Metric = "survey.responded"   // surveys with a valid answer
	MSilent        Metric = "survey.silent."     // + end; surveys that ended without one
	MCSAT          Metric = "survey.csat"        // valid answers to questions of type csat
	MSatisfied     Metric = "survey.satisfied"   // … that count as good

	MPut          Metric = "answer.asked."  // + type; questions put
	MValid        Metric = "answer.valid."  // + type; … with a valid answer
	MGood         Metric = "answer.good."   // + type; … that counts as good
	MBad          Metric = "answer.bad."    // + type; … as bad
	MPoints       Metric = "answer.points." // + type; Σ thousandths of the scale
	MAnswerSilent Metric = "answer.silent." // + type "." end; … without one when the survey ended

	MPhaseUS Metric = "phase_us." // + phase, organisation only, event basis
	MAgentUS Metric = "agent_us." // + state, event basis
)
