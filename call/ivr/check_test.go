package ivr

import (
	"strings"
	"testing"
	"time"
)

// has says that there is every prompt but "missing", which is not in Vietnamese.
func has(language, prompt string) bool { return prompt != "missing" || language != "vi" }

func TestCheckFindsNothingInAGoodSurvey(t *testing.T) {
	d := service()
	for _, kind := range Types() {
		if kind != CSAT && kind != Resolved && kind != Attitude && kind != NPS {
			d.Questions = append(d.Questions, Usual(kind))
		}
	}
	if err := d.Check(has); err != nil {
		t.Error(err)
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Dialogue)
		want  string
	}{
		{"no question", func(d *Dialogue) { d.Questions = nil }, "0 questions: a survey has at least 1"},
		{"too many", func(d *Dialogue) { d.Questions = make([]Question, 11) }, "11 questions"},
		{"no language", func(d *Dialogue) { d.Languages = nil }, "has no language"},
		{"a prompt that is missing in a language", func(d *Dialogue) { d.Questions[1].Again = "missing" }, `question 2 (resolved), asked again: prompt "missing" does not exist in vi`},
		{"no farewell", func(d *Dialogue) { d.Thanks = "" }, "the farewell has no prompt"},
		{"an opening without words", func(d *Dialogue) { d.Opening.Ask = "" }, "the opening has no prompt"},
		{"a wait without end", func(d *Dialogue) { d.Questions[0].Wait = time.Hour }, "waits 1h0m0s for a key"},
		{"asked for ever", func(d *Dialogue) { d.Opening.Attempts = 9 }, "is asked 9 times"},
		{"a bad id", func(d *Dialogue) { d.Questions[0].ID = "How satisfied?" }, "write small letters"},
		{"the id of the end", func(d *Dialogue) { d.Questions[0].ID = End }, "give the question another id"},
		{"an id twice", func(d *Dialogue) { d.Questions[1].ID = "csat" }, "is taken by a question before"},
		{"no such type", func(d *Dialogue) { d.Questions[0].Type = "mood" }, `there is no type "mood"`},
		{"speech with a scale", func(d *Dialogue) { d.Questions[1].Type = Voice }, "what is said has no value"},
		{"speech without end", func(d *Dialogue) { d.Questions[1] = Question{ID: "why", Type: Voice, Ask: "why", Wait: time.Hour} }, "lets the customer speak for 1h0m0s"},
		{"about nobody", func(d *Dialogue) { d.Questions[0].About = "boss" }, `it is about "boss"`},
		{"a scale upside down", func(d *Dialogue) { d.Questions[0].Low = 5 }, "a scale from 5 to 5 can't be pressed"},
		{"a scale of three keys", func(d *Dialogue) { d.Questions[0].High = 100 }, "a scale from 1 to 100 can't be pressed"},
		{"a score of another scale", func(d *Dialogue) { d.Questions[3].High = 5 }, "from 0 to 10, not from 0 to 5"},
		{"more than yes and no", func(d *Dialogue) { d.Questions[1].High = 3 }, "1 for yes and 2 for no, not 1 to 3"},
		{"good beyond the scale", func(d *Dialogue) { d.Questions[0].Good = Range{4, 6} }, "good from 4 to 6 lies outside of its scale"},
		{"nothing is good", func(d *Dialogue) { d.Questions[0].Good = None() }, "no answer counts as good"},
		{"good and neutral", func(d *Dialogue) { d.Questions[0].Neutral = Range{3, 4} }, "4 counts as good and as neutral"},
		{"a transition beyond the scale", func(d *Dialogue) { d.Questions[0].Next[0].High = 9 }, "a transition from 4 to 9 lies outside"},
		{"two ways", func(d *Dialogue) { d.Questions[0].Next[1].High = 4 }, "the answer 4 leads to two questions"},
		{"to nowhere", func(d *Dialogue) { d.Questions[0].Next[0].To = "ces" }, `leads to "ces", which is no question`},
		{"round for ever", func(d *Dialogue) { d.Questions[2].Next[0].To = "csat" }, `leads back to "csat"`},
		{"never asked", func(d *Dialogue) { d.Questions[0].Next = []Jump{{Range{1, 5}, "attitude"}} }, "question 2 (resolved) is never asked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := service()
			c.spoil(&d)
			if err := d.Check(has); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
