package call

import (
	"hash/fnv"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Recording. A call whose plan wants it is recorded from its first talk to the
// end of the agent's part, holds and gaps included; the next agent's part is
// another recording. The customer is told before the first one begins, and
// nothing is recorded before they have heard it to the end.

// RecordMode says whether a call is recorded.
type RecordMode string

// The modes.
const (
	RecordOff      RecordMode = ""
	RecordAll      RecordMode = "all"
	RecordShare    RecordMode = "share"     // as many of a hundred calls as Plan.RecordShare
	RecordOnDemand RecordMode = "on_demand" // the agent may begin and end it
)

// Families of phases.
const (
	taped      = bridged | shared       // a recording goes on
	tapeBegins = talking | conferencing // … and may begin: the customer hears us
)

// tape is what of a call is recorded.
type tape struct {
	no        stamp.RecordingNo // of the last recording
	on        bool
	paused    bool
	asked     bool // by the agent
	play      int  // number of the announcement that is being heard; 0 = none
	disclosed bool // the customer has heard it
	failed    bool // this call can't be recorded
	answer    bool // it is of an answer in the survey, not of the call
}

// word is the state for the desk.
func (r *tape) word() string {
	switch {
	case r.on && r.paused:
		return "paused"
	case r.on:
		return "on"
	case r.play != 0:
		return "announcing"
	case r.failed:
		return "failed"
	}
	return ""
}

// applyTape: an announcement that was cut off by a hold or a gap is heard anew.
func (s *state) applyTape(x stamp.Stamp) {
	r := &s.tape
	if x.Phase != "" && !tapeBegins.is(x.Phase) {
		r.play = 0
	}
	switch f := x.Fact.(type) {
	case stamp.RecAnnounced:
		r.play, r.asked = int(x.N), true //nolint:gosec // a call has few stamps
	case stamp.RecDisclosed:
		r.play, r.disclosed = 0, true
	case stamp.RecStarted:
		r.no, r.on, r.paused, r.answer = f.Recording, true, false, f.What == stamp.RecordingAnswer
	case stamp.RecPaused:
		r.paused = true
	case stamp.RecResumed:
		r.paused = false
	case stamp.RecStopped:
		r.on, r.paused, r.asked, r.play = false, false, false, 0
		r.failed = f.Why == stamp.RecordedFailed || f.Why == stamp.RecordedDiskFull
	}
}

// settleTape begins and ends the recording as the phase has it.
func (t *turn) settleTape() {
	r := &t.s.tape
	switch {
	case r.on && r.answer && t.s.phase == stamp.PhaseSurveying: // until the dialogue says
	case r.on && !taped.is(t.s.phase):
		t.stopTape(stamp.RecordedAll)
	case !r.on && !r.failed && tapeBegins.is(t.s.phase) && (t.taped() || r.asked):
		t.beginTape()
	}
}

// taped reports whether the plan wants this call recorded. Which calls are among
// the share follows from their ids, so that nobody can choose.
func (t *turn) taped() bool {
	if t.plan.Record == RecordShare {
		h := fnv.New32a()
		_, _ = h.Write([]byte(t.id))
		return int(h.Sum32()%100) < t.plan.RecordShare
	}
	return t.plan.Record == RecordAll
}

// beginTape tells the customer first, where that is to be done.
func (t *turn) beginTape() {
	r, g := &t.s.tape, t.s.segment()
	switch {
	case g == nil || r.play != 0:
	case t.plan.Disclosure != "" && !r.disclosed:
		t.say(stamp.System, stamp.RecAnnounced{Segment: g.no})
		t.do(Announce{Play: r.play, Language: t.plan.Language, Prompts: []string{t.plan.Disclosure}})
	default:
		t.say(stamp.System, stamp.RecStarted{Recording: r.no + 1, What: stamp.RecordingCall, Segment: g.no, Disclosed: r.disclosed})
		t.do(Record{No: r.no, Kind: stamp.RecordingCall})
	}
}

// stopTape ends the recording, if there is one.
func (t *turn) stopTape(why stamp.RecordingEnd) {
	r := &t.s.tape
	if !r.on {
		return
	}
	t.say(stamp.System, stamp.RecStopped{Recording: r.no, Why: why})
	t.do(StopRecord{No: r.no, Why: why})
}

// announced: the customer has heard that the call is recorded.
func announced(t *turn, in PlayDone) error {
	if g := t.s.segment(); in.Play != 0 && in.Play == t.s.tape.play && g != nil {
		t.say(stamp.System, stamp.RecDisclosed{Segment: g.no})
	}
	return nil
}

// recordEnded: the recording ended by itself; the call goes on.
func recordEnded(t *turn, in RecordEnded) error {
	if r := &t.s.tape; r.on && r.no == in.No {
		t.say(stamp.System, stamp.RecStopped{Recording: r.no, Why: in.Why})
		if r.answer {
			t.speechCut(in.Why)
		}
	}
	return nil
}

// tapeFailed: what was ordered for the recording can't be done. A call is not
// recorded whose customer can't be told.
func tapeFailed(t *turn, effect Effect) {
	r := &t.s.tape
	switch e := effect.(type) {
	case Record:
		if r.on && r.no == e.No {
			t.say(stamp.System, stamp.RecStopped{Recording: r.no, Why: stamp.RecordedFailed})
			if r.answer {
				t.speechCut(stamp.RecordedFailed)
			}
		}
	case Announce:
		if e.Play != 0 && r.play == e.Play {
			t.say(stamp.System, stamp.RecStopped{Why: stamp.RecordedFailed})
		}
	}
}

// agentRecord: the agent begins or ends a recording on demand.
func agentRecord(t *turn, in AgentRecord) error {
	r := &t.s.tape
	switch {
	case t.s.part(in.Agent) == nil:
		return t.refuse(in, "another agent has the call")
	case t.plan.Record != RecordOnDemand:
		return t.refuse(in, "the recording of these calls is not the agent's to begin or end")
	case in.On == (r.on || r.play != 0): // a second click
	case in.On && !tapeBegins.is(t.s.phase):
		return t.refuse(in, "the customer can't be told now; take them back first")
	case in.On:
		t.beginTape()
	case r.on:
		t.stopTape(stamp.RecordedEnough)
	default:
		t.say(stamp.Agent, stamp.RecStopped{Why: stamp.RecordedEnough}) // before it began
	}
	return nil
}

// agentPause: nothing is recorded while the customer reads a card's number out.
func agentPause(t *turn, in AgentRecordPause) error {
	r, g := &t.s.tape, t.s.part(in.Agent)
	switch {
	case g == nil:
		return t.refuse(in, "another agent has the call")
	case !r.on:
		return t.refuse(in, "the call is not being recorded")
	case r.paused == in.On: // a second click
	case in.On:
		t.say(stamp.Agent, stamp.RecPaused{Recording: r.no, Segment: g.no})
		t.do(PauseRecord{No: r.no, On: true})
	default:
		t.say(stamp.Agent, stamp.RecResumed{Recording: r.no, Segment: g.no})
		t.do(PauseRecord{No: r.no})
	}
	return nil
}
