// Package ivr holds dialogues by key: what is said, which keys count, how long
// we wait. A Dialogue is data; a Run plays it for one customer, purely.
//
//	opening ──1──┐         ┌────────── again ◀──────────┐
//	   │2        ▼         ▼                            │ attempts left
//	   │     asking (prompt) ──key──▶ valid? ──no─┴──none left──┐
//	   │         │      │ 1 of 10       │yes                    │
//	   │    PlayDone    └──▶ typing ────┤                       │
//	   │         ▼       key, #, 2 s    ├─▶ next question       │
//	   │   waiting (5 s) ──key──▶       ▼  by the answer        ▼
//	   └────────────────────────▶  thanking ──PlayDone──▶ ended
//	             └── Tick: no input, as a key that does not count
//
// A key counts while the question is still being said. A scale beyond 9 is
// answered with two keys: a first key that could begin a longer number waits
// two seconds for the second one; # ends the number at once. What the customer
// did goes to the call's machine as inputs (SurveyAccepted, SurveyDeclined,
// Asked, Responded, InvalidKey, NoInput, DialogueEnded), which alone stamps it.
package ivr

import (
	"slices"
	"strings"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Dialogue is a list of questions and a farewell.
type Dialogue struct {
	Name      string
	Opening   *Opening // nil: the first question follows at once
	Questions []Question
	Thanks    string // prompt at the end, whatever was answered

	// Languages have every prompt of the dialogue, as BCP 47 tags, the one that
	// others fall back to first. None: whatever the call speaks.
	Languages []string
	In        string // the one it is spoken in
}

// Opening asks whether the customer may be asked: 1 is yes, 2 is no.
type Opening struct {
	Ask      string
	Again    string
	Wait     time.Duration
	Attempts int
}

// The keys of an opening.
const (
	keyYes = '1'
	keyNo  = '2'
)

// Question is answered by one key, or by two where High is above 9.
type Question struct {
	ID       string        // as stamped: "csat"
	Type     string        // one of Types; "" = as ID
	Ask      string        // prompt of the first attempt
	Again    string        // prompt of the others
	Low      int           // lowest value that counts, ≥ 0
	High     int           // highest, and the scale as stamped; ≤ 99
	Wait     time.Duration // for a key, after the prompt; 0 = as configured, see Patient
	Attempts int           // how often it is asked at most; 0 = as configured
	About    call.About
	Good     Range // answers that count as good
	Neutral  Range // … as neutral; all others are bad
	Next     []Jump
}

// Range are the values from Low to High. The zero range holds none but 0, so
// None stands for an empty one.
type Range struct{ Low, High int }

// None returns the range that holds nothing.
func None() Range { return Range{1, 0} }

// Has reports whether v lies in the range.
func (r Range) Has(v int) bool { return r.Low <= v && v <= r.High }

// Jump leads from an answer to another question than the following one.
type Jump struct {
	Range

	To string // a question's ID, or End
}

// End is where a Jump leads that ends the questions.
const End = "end"

// Types of questions.
const (
	CSAT            = call.TypeCSAT
	NPS             = "nps"      // would they recommend us, 0 to 10
	Resolved        = "resolved" // 1 yes, 2 no
	Expectation     = "expectation"
	Attitude        = "attitude"
	Professionalism = "professionalism"
	ProblemSolving  = "problem_solving"
	Effort          = "effort"
	Voice           = "voice" // in the customer's own words, recorded after the prompt until # or Wait
)

// Types returns all types of questions.
func Types() []string {
	return []string{CSAT, NPS, Resolved, Expectation, Attitude, Professionalism, ProblemSolving, Effort, Voice}
}

// Usual returns a question of the type with its usual scale and classes: NPS
// counts 9 and 10 as good and 7 and 8 as neutral, yes is good, and of the scales
// from 1 to 5 the upper two are good and the middle is neutral.
func Usual(kind string) Question {
	if kind == Voice {
		return Question{ID: kind, Type: kind, Ask: "survey-voice", Good: None(), Neutral: None()}
	}
	q := Question{ID: kind, Type: kind, Ask: "survey-" + kind, Again: "survey-again-1-5", Low: 1, High: 5, Good: Range{4, 5}, Neutral: Range{3, 3}}
	switch kind {
	case CSAT:
		q.Ask, q.Again = PromptAsk, PromptAgain
	case NPS:
		q.Low, q.High, q.Good, q.Neutral, q.Again = 0, 10, Range{9, 10}, Range{7, 8}, "survey-again-0-10"
	case Resolved:
		q.High, q.Good, q.Neutral, q.Again = 2, Range{1, 1}, None(), "survey-again-1-2"
	}
	return q
}

// class is what an answer counts as.
func (q Question) class(v int) stamp.AnswerClass {
	switch {
	case q.Good.Has(v):
		return stamp.AnswerGood
	case q.Neutral.Has(v):
		return stamp.AnswerNeutral
	}
	return stamp.AnswerBad
}

// kind is the question's type.
func (q Question) kind() string {
	if q.Type == "" {
		return q.ID
	}
	return q.Type
}

// Names of the prompts that the default set ships in every language.
const (
	PromptAsk    = "csat-ask-1-5"
	PromptAgain  = "csat-invalid"
	PromptThanks = "csat-thanks"
)

// Patient returns the dialogue with a patience for those of its questions that
// have none of their own: wait for a key, and how often each is asked again.
func (d Dialogue) Patient(wait time.Duration, repeats int) Dialogue {
	own := func(w *time.Duration, attempts *int) { // how long somebody may speak is another matter
		if *w == 0 {
			*w = wait
		}
		if *attempts == 0 {
			*attempts = 1 + repeats
		}
	}
	if d.Opening != nil {
		o := *d.Opening
		own(&o.Wait, &o.Attempts)
		d.Opening = &o
	}
	d.Questions = slices.Clone(d.Questions)
	for i := range d.Questions {
		if d.Questions[i].kind() != Voice {
			own(&d.Questions[i].Wait, &d.Questions[i].Attempts)
		}
	}
	return d
}

// Language returns the language in which a customer hears the dialogue whose
// call speaks the wanted one: that, what it is a variant of ("vi-VN", then
// "vi"), or the first of the dialogue's own.
func (d Dialogue) Language(wanted string) string {
	for tag := wanted; tag != ""; tag = parent(tag) {
		if slices.Contains(d.Languages, tag) {
			return tag
		}
	}
	if len(d.Languages) > 0 {
		return d.Languages[0]
	}
	return wanted
}

// parent is the tag without its last part (RFC 4647 §3.4).
func parent(tag string) string { return tag[:max(strings.LastIndexByte(tag, '-'), 0)] }

// ByName returns the dialogue that every installation has under a name.
func ByName(name string) (Dialogue, bool) {
	for _, d := range dialogues {
		if d.Name == name {
			return d, true
		}
	}
	return Dialogue{}, false
}

var dialogues = []Dialogue{ //nolint:gochecknoglobals // read-only table
	// One question, worst to best as on the phone's keys; more are hung up on.
	{Name: "csat", Questions: []Question{Usual(CSAT)}, Thanks: PromptThanks},
}
