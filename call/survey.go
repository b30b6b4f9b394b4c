package call

import (
	"cmp"
	"hash/fnv"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// The agent's part ends, the customer's leg stays for the survey. The
// conversation runs the dialogue; what it finds out is stamped here.

// SurveyRule says which customers of a queue or campaign are asked. The zero
// rule asks all.
type SurveyRule struct {
	Language  string // of the dialogue; "" = the call's
	Off       bool   // nobody is
	Skip      int    // percent of the calls that are not, by the call's id
	SpacingUS int64  // between two surveys of one customer, at least
	NewUS     int64  // whose first call is not so long ago is a new customer, and is not asked
	NewCalls  int    // … nor is who has had fewer calls before
}

// Looks reports whether the rule needs to know the customer's past.
func (r *SurveyRule) Looks() bool { return r.SpacingUS > 0 || r.NewUS > 0 || r.NewCalls > 0 }

// SurveyPast is what is known of a customer before the call. Instants are µs
// since 1970.
type SurveyPast struct {
	Known  bool  // it was looked up: the rest is true
	OptOut bool  // does not want to be asked; known without looking it up
	Asked  int64 // the last survey; 0 = never
	Since  int64 // the first call; 0 = none
	Calls  int   // how many
}

func hangup(t *turn, in AgentHangup) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return t.refuse(in, "another agent has the call")
	}
	t.closeAsk(stamp.Agent)
	no := g.no
	t.exit("", stamp.Agent, stamp.ExitSystemFailure) // open only if never connected
	t.endSegment("", stamp.Agent)
	if !t.surveys(no) {
		t.letGo(stamp.Agent, 0)
	}
	return nil
}

// surveys begins the survey that the plan has for the customer after the part
// with the number, and says so; or says why there is none.
func (t *turn) surveys(no stamp.SegmentNo) bool {
	g, p := &t.s.segments[no-1], t.plan
	not := t.notSurveyed()
	switch {
	case g.connected.IsZero(), p.Survey == "" && not == "":
		return false
	case not != "":
		t.say(stamp.System, stamp.SurveySuppressed{
			Survey: p.Survey, Segment: no, Agent: g.seat.Agent, Queue: p.Queue, Campaign: p.Campaign, Reason: not,
		})
		return false
	}
	language := cmp.Or(p.Ask.Language, p.Language)
	t.begin(stamp.PhaseSurveying, stamp.System, stamp.SurveyOffered{
		Survey: p.Survey, Segment: no, Agent: g.seat.Agent, Queue: p.Queue, Campaign: p.Campaign, Language: language,
	})
	t.do(StartDialogue{Leg: stamp.CustomerLeg, Survey: p.Survey, Language: language})
	return true
}

// notSurveyed is why the customer is not asked, "" for nothing.
func (t *turn) notSurveyed() stamp.Suppressed {
	r, past, at := &t.plan.Ask, &t.plan.Past, t.now().At
	switch {
	case r.Off:
		return stamp.SuppressedOff
	case past.OptOut:
		return stamp.SuppressedOptOut
	case t.plan.Survey != "" && spared(t.id, r.Skip):
		return stamp.SuppressedShare
	case !r.Looks():
		return ""
	case !past.Known:
		return stamp.SuppressedStoreAway
	case past.Calls < r.NewCalls, r.NewUS > 0 && (past.Since == 0 || at-past.Since < r.NewUS):
		return stamp.SuppressedNewCustomer
	case r.SpacingUS > 0 && past.Asked != 0 && at-past.Asked < r.SpacingUS:
		return stamp.SuppressedSpacing
	}
	return ""
}

// spared reports whether the call belongs to the percent that are not asked. It
// depends on the id alone, so that a replay comes to the same.
func spared(id stamp.ID, percent int) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return int(h.Sum32()%100) < percent
}

// surveyChecked completes the plan. It says nothing: what comes of it is
// stamped when the survey is due.
func surveyChecked(t *turn, in SurveyChecked) error {
	t.own.Past = in.Past
	return nil
}

// hangupAgain: a second click after the part has ended is no error.
func hangupAgain(t *turn, in AgentHangup) error {
	if t.s.hadSegment(in.Agent) || t.s.dial.seat.Agent == in.Agent {
		return nil
	}
	return t.refuse(in, "the agent has no part of the call")
}

func surveyAccepted(t *turn, _ SurveyAccepted) error {
	t.say(stamp.Customer, stamp.SurveyAccepted{Segment: t.s.survey.segment})
	return nil
}

func surveyDeclined(t *turn, _ SurveyDeclined) error {
	t.say(stamp.Customer, stamp.SurveyDeclined{Segment: t.s.survey.segment})
	return nil
}

func asked(t *turn, in Asked) error {
	t.say(stamp.System, stamp.SurveyAsked{
		Segment: t.s.survey.segment, Question: in.Question, Attempt: in.Attempt, Type: in.Type, About: t.about(in.About),
	})
	return nil
}

// about names the part that a question is about, nil for the survey's own.
func (t *turn) about(what About) *stamp.SurveyAbout {
	switch what {
	case AboutCall:
		return &stamp.SurveyAbout{Queue: t.plan.Queue}
	case AboutFirst:
		for i := range t.s.segments {
			g := &t.s.segments[i]
			if !g.connected.IsZero() && g.no != t.s.survey.segment {
				return &stamp.SurveyAbout{Segment: g.no, Agent: g.seat.Agent, Queue: t.plan.Queue}
			}
			if g.no == t.s.survey.segment {
				break
			}
		}
	}
	return nil
}

func responded(t *turn, in Responded) error {
	t.say(stamp.Customer, stamp.SurveyResponded{
		Segment: t.s.survey.segment, Question: in.Question, Value: in.Value, Scale: in.Scale, Class: in.Class,
	})
	return nil
}

func invalidKey(t *turn, in InvalidKey) error {
	t.say(stamp.Customer, stamp.SurveyInvalid{Segment: t.s.survey.segment, Question: in.Question})
	return nil
}

func noInput(t *turn, in NoInput) error {
	t.say(stamp.System, stamp.SurveyNoInput{Segment: t.s.survey.segment, Question: in.Question})
	return nil
}

func dialogueEnded(t *turn, in DialogueEnded) error {
	if !t.s.survey.open {
		return nil
	}
	t.closeSpeech(in.End)
	t.say(stamp.System, stamp.SurveyEnded{Segment: t.s.survey.segment, End: in.End})
	t.letGo(stamp.System, 0)
	return nil
}
