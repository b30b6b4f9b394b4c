// Package ivr holds dialogues by key: what is said, which keys count, how long
// we wait. A Dialogue is data; a Run plays it for one customer, purely.
//
//	        ┌────────── again ◀──────────┐
//	        ▼                            │ attempts left
//	asking (prompt) ──key──▶ valid? ──no─┴──none left──┐
//	        │                  │yes                    │
//	   PlayDone                ├─▶ next question       │
//	        ▼                  ▼                       ▼
//	waiting (5 s) ──key──▶  thanking ──PlayDone──▶ ended
//	        └── Tick: no input, as a key that does not count
//
// A key counts while the question is still being said. What the customer did
// goes to the call's machine as inputs (Asked, Responded, InvalidKey, NoInput,
// DialogueEnded), which alone stamps it.
package ivr

import (
	"slices"
	"time"
)

// Dialogue is a fixed list of questions and a farewell.
type Dialogue struct {
	Name      string
	Questions []Question
	Thanks    string // prompt at the end, whatever was answered
}

// Question is answered by one key.
type Question struct {
	ID       string        // as stamped: "csat"
	Ask      string        // prompt of the first attempt
	Again    string        // prompt of the others
	Low      int           // lowest key that counts, 0–9
	High     int           // highest, and the scale as stamped
	Wait     time.Duration // for a key, after the prompt
	Attempts int           // how often it is asked at most
}

// Names of the prompts that the default set ships in every language.
const (
	PromptAsk    = "csat-ask-1-5"
	PromptAgain  = "csat-invalid"
	PromptThanks = "csat-thanks"
)

// Patient returns the dialogue with another patience for all of its questions:
// wait for a key, and how often each is asked again.
func (d Dialogue) Patient(wait time.Duration, repeats int) Dialogue {
	d.Questions = slices.Clone(d.Questions)
	for i := range d.Questions {
		d.Questions[i].Wait, d.Questions[i].Attempts = wait, 1+repeats
	}
	return d
}

// ByName returns the dialogue that a plan names.
func ByName(name string) (Dialogue, bool) {
	for _, d := range dialogues {
		if d.Name == name {
			return d, true
		}
	}
	return Dialogue{}, false
}

var dialogues = []Dialogue{ //nolint:gochecknoglobals // read-only table
	{
		Name: "csat",
		// One question, worst to best as on the phone's keys; more are hung up on.
		Questions: []Question{{
			ID: "csat", Ask: PromptAsk, Again: PromptAgain, Low: 1, High: 5, Wait: 5 * time.Second, Attempts: 2,
		}},
		Thanks: PromptThanks,
	},
}
