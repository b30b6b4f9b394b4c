package call

import (
	"reflect"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// phaseStart is the phase of a call before its first stamp.
const phaseStart = "start"

// phases is a set of phases.
type phases uint32

const (
	start phases = 1 << iota
	dialing
	arriving
	menu
	announcing
	waiting
	offering
	connecting
	talking
	held
	alone
	consulting
	conferencing
	outside
	parked
	surveying
	releasing
	over
	closed
)

// phaseCount is how many phases there are, the start among them.
const phaseCount = 19

// Families of phases.
const (
	queued  = waiting | offering
	bridged = connecting | talking | held | alone // an agent takes part
	shared  = consulting | conferencing           // an agent and somebody else
	live    = dialing | arriving | menu | announcing | queued | bridged | shared | outside | parked | surveying
	going   = live | releasing // the customer's leg is not gone
	unended = going | over     // stamps may still come
)

// table says what each input does in each phase. on: elsewhere the input comes
// too late and is ignored. ask: a person waits for the answer, so elsewhere it
// is illegal. other: what the network says of another leg than the customer's.
var table = build( //nolint:gochecknoglobals // read-only table
	// begins
	ask(start, arrive),
	ask(start, originate),

	// the customer's leg
	on(dialing, legSent),
	on(dialing|arriving|queued, legRang),
	on(dialing, lineAnswered), on(arriving, entryAnswered), on(queued|connecting, lateAnswered), on(releasing, crossedAnswered),
	on(dialing, lineRejected), on(releasing, cancelConfirmed),
	on(going, legGone),
	on(bridged|shared, remoteHold), on(live&^(bridged|shared), remoteHoldEarly),

	// an outside party's leg
	other(live, partySent),
	other(live, partyRang),
	other(going|over, partyAnswered),
	other(live, partyRejected),
	other(live, partyGone),

	// media
	on(connecting, firstRxConnecting), on(talking|held, firstRxSeen), on(alone, firstRxAlone), on(shared|outside, firstRxShared),
	on(live, silent),
	on(live, resumed),
	on(going&^queued, digit), on(queued, digitQueued),
	on(queued, welcomeDone), on(announcing, announcementDone),
	on(bridged, announced),
	on(unended, recordEnded),
	on(unended, voice), on(bridged|shared, micSilent), on(bridged|shared, micHeard),
	on(connecting|talking|held, seatLost), on(shared, seatLostShared),
	on(alone, seatBack), on(shared, seatBackShared),
	on(unended, summary),

	// the Floor
	on(queued, matched), on(going&^queued|over|closed, matchedLate),
	on(offering|consulting, offerFailed),
	on(live&^parked, found), on(parked, retrieved), on(releasing|over|closed, foundLate),
	on(live, unfound),
	on(arriving, admitted), on(going&^arriving|over|closed, admittedLate),
	on(waiting, deserted),
	on(queued, standing),
	ask(queued, requeue),

	// the dialer
	on(dialing, reassign), on(going&^dialing|over|closed, reassignLate),

	// the agent's desk
	on(offering|consulting, deskRings),
	ask(offering|consulting, accept), ask(bridged|conferencing, acceptAgain),
	on(offering|consulting, decline),
	ask(dialing, hangupDialing), ask(bridged, hangup), ask(going&^dialing&^bridged&^shared|over, hangupAgain),
	ask(consulting, hangupConsult), ask(conferencing, hangupConference),
	ask(talking|held, agentHold),
	ask(bridged|shared, agentMute),
	ask(talking|held, consult), ask(talking|held|consulting, endAsk), ask(consulting, complete),
	ask(talking|held, transfer),
	ask(consulting, conference),
	ask(talking|held, parkCall), ask(parked, retrieve),
	ask(taped, agentRecord),
	ask(taped, agentPause),
	ask(unended, dispose),
	ask(unended, saveNote),
	ask(unended, extendWrap),
	ask(unended|closed, endWrap),

	// the menus
	on(menu, menuAsked),
	on(menu, menuKey),
	on(menu, menuLeft),

	// the dialogue
	on(surveying, surveyAccepted),
	on(surveying, surveyDeclined),
	on(surveying, asked),
	on(surveying, responded),
	on(surveying, invalidKey),
	on(surveying, noInput),
	on(surveying, speechBegan),
	on(surveying, speechEnded),
	on(surveying, dialogueEnded),

	on(unended, surveyChecked),

	// the conversation
	on(unended, tick),
	on(unended, effectFailed),
	on(live, abort), on(over, abortWraps),
)

// handler decides one input in one family of phases.
type handler func(t *turn, in Input) error

// row is one cell group of the table.
type row struct {
	input reflect.Type
	in    phases
	asked bool
	other bool // of another leg than the customer's
	do    handler
}

// kind is everything the table says of one input.
type kind struct {
	asked bool
	does  [phaseCount]handler // by indexOf
	other [phaseCount]handler // the same for another leg than the customer's
}

func on[I Input](in phases, do func(*turn, I) error) row {
	return row{input: reflect.TypeFor[I](), in: in, do: func(t *turn, x Input) error { return do(t, x.(I)) }}
}

func ask[I Input](in phases, do func(*turn, I) error) row {
	r := on(in, do)
	r.asked = true
	return r
}

func other[I Input](in phases, do func(*turn, I) error) row {
	r := on(in, do)
	r.other = true
	return r
}

func build(rows ...row) map[reflect.Type]*kind {
	all := map[reflect.Type]*kind{}
	for _, r := range rows {
		k := all[r.input]
		if k == nil {
			k = &kind{asked: r.asked}
			all[r.input] = k
		}
		does := &k.does
		if r.other {
			does = &k.other
		}
		for i := range does {
			if r.in&(1<<i) == 0 {
				continue
			}
			if does[i] != nil {
				panic("two handlers for " + r.input.Name()) // at start, in every test
			}
			does[i] = r.do
		}
	}
	return all
}

// ofOther reports whether the network says it of another leg than the customer's.
func ofOther(in Input) bool {
	switch in := in.(type) {
	case LegSent:
		return in.Leg > stamp.CustomerLeg
	case LegRang:
		return in.Leg > stamp.CustomerLeg
	case LegAnswered:
		return in.Leg > stamp.CustomerLeg
	case LegRejected:
		return in.Leg > stamp.CustomerLeg
	case LegGone:
		return in.Leg > stamp.CustomerLeg
	}
	return false
}

func kindOf(in Input) reflect.Type { return reflect.TypeOf(in) }

// indexOf returns the position of the phase's bit.
func indexOf(phase string) int {
	for i, name := range phaseNames {
		if name == phase {
			return i
		}
	}
	return 0
}

// phaseNames are the phases in the order of their bits.
var phaseNames = [phaseCount]string{ //nolint:gochecknoglobals // read-only table
	phaseStart, stamp.PhaseDialing, stamp.PhaseArriving, stamp.PhaseMenu, stamp.PhaseAnnouncing, stamp.PhaseWaiting,
	stamp.PhaseOffering, stamp.PhaseConnecting, stamp.PhaseTalking, stamp.PhaseHeld, stamp.PhaseAlone,
	stamp.PhaseConsulting, stamp.PhaseConferencing, stamp.PhaseOutside, stamp.PhaseParked,
	stamp.PhaseSurveying, stamp.PhaseReleasing, stamp.PhaseOver, stamp.PhaseClosed,
}

// is reports whether the phase is in the set.
func (p phases) is(phase string) bool { return p&(1<<indexOf(phase)) != 0 }
