package ivr

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
)

// service is a survey with everything: permission, three scales, a question of
// the whole call, and one that only unhappy customers are asked.
func service() Dialogue {
	csat, resolved, attitude, nps := Usual(CSAT), Usual(Resolved), Usual(Attitude), Usual(NPS)
	csat.Next = []Jump{{Range{4, 5}, "nps"}, {Range{3, 3}, "resolved"}}
	resolved.About = call.AboutCall
	attitude.Next = []Jump{{Range{1, 1}, End}}
	return Dialogue{
		Name: "service", Thanks: "thanks", Languages: []string{"en", "vi"},
		Opening:   &Opening{Ask: "may-we", Again: "may-we-again"},
		Questions: []Question{csat, resolved, attitude, nps},
	}
}

func TestQuestions(t *testing.T) {
	const (
		begin = "> play 1 may-we"
		csat  = "asked csat 1 csat > play 2 csat-ask-1-5"
		nps   = "asked nps 1 nps > play 3 survey-nps"
		thank = " > play 4 thanks once durable"
	)
	yes := happening{1, key('1'), "surveyaccepted  " + csat}
	promoter := happening{2, key('5'), "responded csat 5 5 good " + nps}
	for _, c := range []struct {
		name string
		what []happening
	}{
		{"happy customers skip to the recommendation", []happening{yes, promoter,
			{3, key('9'), "responded nps 9 10 good" + thank}, {4, PlayDone{4}, "dialogueended completed"},
		}},
		{"unhappy ones are asked why, the worst only that", []happening{yes,
			{2, key('1'), "responded csat 1 5 bad asked resolved 1 resolved call > play 3 survey-resolved"},
			{3, key('2'), "responded resolved 2 2 bad asked attitude 1 attitude > play 4 survey-attitude"},
			{4, key('1'), "responded attitude 1 5 bad > play 5 thanks once durable"}, {5, PlayDone{5}, "dialogueended completed"},
		}},
		{"ten is two keys", []happening{yes, promoter,
			{3, key('1'), ""}, {4.9, key('0'), "responded nps 10 10 good" + thank}, {5, PlayDone{4}, "dialogueended completed"},
		}},
		{"one is a key and a wait", []happening{yes, promoter,
			{3, key('1'), ""}, {4, PlayDone{3}, ""}, {4.9, Tick{}, ""}, {5, Tick{}, "responded nps 1 10 bad" + thank}, {6, PlayDone{4}, "dialogueended completed"},
		}},
		{"one is a key and #", []happening{yes, promoter,
			{3, key('1'), ""}, {3.2, key('#'), "responded nps 1 10 bad" + thank}, {6, PlayDone{4}, "dialogueended completed"},
		}},
		{"nought waits for nothing", []happening{yes, promoter,
			{3, key('0'), "responded nps 0 10 bad" + thank}, {6, PlayDone{4}, "dialogueended completed"},
		}},
		{"twelve is none of ten", []happening{yes, promoter,
			{3, key('1'), ""}, {3.2, key('2'), "invalidkey nps asked nps 2 nps > play 4 survey-again-0-10"},
			{4, key('8'), "responded nps 8 10 neutral > play 5 thanks once durable"}, {6, PlayDone{5}, "dialogueended completed"},
		}},
		{"a star ends no number", []happening{yes, promoter,
			{3, key('1'), ""}, {3.2, key('*'), "invalidkey nps asked nps 2 nps > play 4 survey-again-0-10"},
			{4, key('#'), "invalidkey nps > play 5 thanks"}, {6, PlayDone{5}, "dialogueended invalid"},
		}},
		{"no, thank you", []happening{
			{1, key('2'), "surveydeclined  > play 2 thanks once durable"}, {1.5, key('1'), ""}, {2, PlayDone{2}, "dialogueended declined"},
		}},
		{"neither yes nor no", []happening{
			{1, key('7'), "invalidkey  > play 2 may-we-again"}, {2, PlayDone{2}, ""}, {7, Tick{}, "noinput  > play 3 thanks"},
			{9, PlayDone{3}, "dialogueended no_input"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inputs, actions := Start(at(0), service())
			if got := told(inputs, actions); got != begin {
				t.Fatalf("it begins with %q", got)
			}
			for _, h := range c.what {
				if got := told(r.Step(at(h.seconds), h.event)); got != h.want {
					t.Errorf("at %v %+v: %q, want %q", h.seconds, h.event, got, h.want)
				}
			}
			if _, due := r.Deadline(); due || !r.Ended() {
				t.Errorf("it has not ended")
			}
		})
	}
}

// What the customer says is recorded after the prompt, until #, for a while, or
// until the recording ends by itself.
func TestSpeech(t *testing.T) {
	const begin, thank = "speechbegan voice 32000000", " > play 2 thanks once durable"
	for _, c := range []struct {
		name string
		what []happening
	}{
		{"until #", []happening{{1, key('5'), ""}, {2, key('#'), ""}, {5, PlayDone{1}, begin}, {6, key('5'), ""},
			{9, key('#'), "speechended voice asked" + thank}, {9.1, SpeechOver{}, ""}, {11, PlayDone{2}, "dialogueended completed"}}},
		{"for half a minute", []happening{{5, PlayDone{1}, begin}, {34.9, Tick{}, ""}, {35, Tick{}, "speechended voice too_long" + thank}, {37, PlayDone{2}, "dialogueended completed"}}},
		{"until the disk is full", []happening{{5, PlayDone{1}, begin}, {8, SpeechOver{}, "> play 2 thanks once durable"}, {9, PlayDone{2}, "dialogueended completed"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inputs, actions := Start(at(0), Dialogue{Questions: []Question{Usual(Voice)}, Thanks: "thanks"}.Patient(time.Second, 0))
			if got := told(inputs, actions); got != "asked voice 1 voice > play 1 survey-voice" {
				t.Fatalf("it begins with %q", got)
			}
			for _, h := range c.what {
				if got := told(r.Step(at(h.seconds), h.event)); got != h.want {
					t.Errorf("at %v %+v: %q, want %q", h.seconds, h.event, got, h.want)
				}
			}
			if !r.Ended() {
				t.Error("it has not ended")
			}
		})
	}
}

func TestLanguageFallsBack(t *testing.T) {
	d := service()
	for wanted, want := range map[string]string{"vi": "vi", "vi-VN": "vi", "en": "en", "zh-Hant": "en", "": "en"} {
		if got := d.Language(wanted); got != want {
			t.Errorf("%q is asked in %q, want %q", wanted, got, want)
		}
	}
	d.Languages = nil
	if got := d.Language("vi"); got != "vi" {
		t.Errorf("a survey without languages speaks %q", got)
	}
}
