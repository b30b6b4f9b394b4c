package ivr

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func at(seconds float64) stamp.Instant {
	return stamp.Instant{At: 1_700_000_000_000_000 + int64(seconds*1e6), Mono: int64(seconds * 1e6), Boot: 1}
}

// told writes what the run said and did: "asked csat 1 | play 1 csat-ask-1-5".
func told(inputs []call.Input, actions []Action) string {
	var words []string
	for _, in := range inputs {
		name := strings.TrimPrefix(fmt.Sprintf("%T", in), "call.")
		words = append(words, strings.ToLower(name)+" "+strings.Trim(fmt.Sprint(in), "{}"))
	}
	for _, a := range actions {
		w := fmt.Sprintf("> play %d %s", a.Play, strings.Join(a.Prompts, "+"))
		if a.Durably {
			w += " once durable"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

type happening struct {
	seconds float64
	event   Event
	want    string
}

func key(d rune) Event { return Key{d} }

func TestCSAT(t *testing.T) {
	csat, ok := ByName("csat")
	if !ok {
		t.Fatal("there is no csat")
	}
	const asked1, asked2 = "asked csat 1 > play 1 csat-ask-1-5", "asked csat 2 > play 2 csat-invalid"
	for _, c := range []struct {
		name string
		what []happening
	}{
		{"a key after the prompt", []happening{
			{4, PlayDone{1}, ""}, {6, key('4'), "responded csat 4 5 > play 2 csat-thanks once durable"},
			{8, PlayDone{2}, "dialogueended completed"},
		}},
		{"a key into the prompt", []happening{
			{1, key('5'), "responded csat 5 5 > play 2 csat-thanks once durable"}, {1.1, key('1'), ""},
			{1.2, PlayDone{1}, ""}, {3, PlayDone{2}, "dialogueended completed"},
		}},
		{"no key, then a key", []happening{
			{4, PlayDone{1}, ""}, {8.9, Tick{}, ""}, {9, Tick{}, "noinput csat " + asked2},
			{13, key('1'), "responded csat 1 5 > play 3 csat-thanks once durable"},
			{15, PlayDone{3}, "dialogueended completed"},
		}},
		{"never a key", []happening{
			{4, PlayDone{1}, ""}, {9, Tick{}, "noinput csat " + asked2}, {13, PlayDone{2}, ""},
			{18, Tick{}, "noinput csat > play 3 csat-thanks"}, {20, PlayDone{3}, "dialogueended no_input"},
		}},
		{"keys outside the scale", []happening{
			{1, key('0'), "invalidkey csat " + asked2}, {2, key('#'), "invalidkey csat > play 3 csat-thanks"},
			{3, key('5'), ""}, {4, PlayDone{3}, "dialogueended invalid"},
		}},
		{"media never says that a prompt ended", []happening{
			{60, Tick{}, ""}, {65, Tick{}, "noinput csat " + asked2}, {66, key('3'), "responded csat 3 5 > play 3 csat-thanks once durable"},
			{126, Tick{}, "dialogueended completed"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inputs, actions := Start(at(0), csat)
			if got := told(inputs, actions); got != asked1 {
				t.Fatalf("it begins with %q", got)
			}
			for _, h := range c.what {
				if got := told(r.Step(at(h.seconds), h.event)); got != h.want {
					t.Errorf("at %v %T: %q, want %q", h.seconds, h.event, got, h.want)
				}
			}
			if _, due := r.Deadline(); due || !r.Ended() {
				t.Errorf("it has not ended")
			}
			if got := told(r.Step(at(200), key('5'))); got != "" {
				t.Errorf("after the end: %q", got)
			}
		})
	}
}

// More questions are only data.
func TestTwoQuestions(t *testing.T) {
	d := Dialogue{Name: "two", Thanks: "thanks", Questions: []Question{
		{ID: "resolved", Ask: "a", Again: "a2", Low: 1, High: 2, Wait: time.Second, Attempts: 1},
		{ID: "nps", Ask: "b", Again: "b2", Low: 0, High: 9, Wait: time.Second, Attempts: 1},
	}}
	r, _, _ := Start(at(0), d)
	got := told(r.Step(at(1), key('2')))
	if want := "responded resolved 2 2 asked nps 1 > play 2 b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := told(r.Step(at(2), key('0'))), "responded nps 0 9 > play 3 thanks once durable"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Every run comes to its end by its deadlines alone, whatever keys are pressed.
// TestPatient changes one copy and leaves the table as it is.
func TestPatient(t *testing.T) {
	csat, _ := ByName("csat")
	eager := csat.Patient(time.Second, 0)
	r, _, _ := Start(at(0), eager)
	r.Step(at(4), PlayDone{1})
	if got, want := told(r.Step(at(5), Tick{})), "noinput csat > play 2 csat-thanks"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if again, _ := ByName("csat"); !reflect.DeepEqual(again, csat) || csat.Questions[0].Wait != 5*time.Second || csat.Questions[0].Attempts != 2 {
		t.Errorf("the table is now %+v", again)
	}
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("5"))
	f.Add([]byte{0, 1, 2, '9'})
	csat, _ := ByName("csat")
	f.Fuzz(func(t *testing.T, choices []byte) {
		r, inputs, _ := Start(at(0), csat)
		now := at(0)
		all := inputs
		for _, c := range choices {
			now = now.Add(int64(c) * 10_000)
			var e Event
			switch c % 3 {
			case 0:
				e = Tick{}
			case 1:
				e = PlayDone{int(c) % 5}
			default:
				e = Key{rune(c)}
			}
			in, _ := r.Step(now, e)
			all = append(all, in...)
		}
		for range 10 {
			due, ok := r.Deadline()
			if !ok {
				break
			}
			in, _ := r.Step(due, Tick{})
			all = append(all, in...)
		}
		ends, answers := 0, 0
		for _, in := range all {
			switch in.(type) {
			case call.DialogueEnded:
				ends++
			case call.Responded:
				answers++
			}
		}
		if !r.Ended() || ends != 1 || answers > 1 {
			t.Errorf("ended %v, %d ends, %d answers: %v", r.Ended(), ends, answers, all)
		}
	})
}

func TestDialoguesAreSound(t *testing.T) {
	names := map[string]bool{}
	for _, d := range dialogues {
		if names[d.Name] || d.Thanks == "" || len(d.Questions) == 0 {
			t.Errorf("dialogue %+v", d)
		}
		names[d.Name] = true
		for _, q := range d.Questions {
			if q.ID == "" || q.Ask == "" || q.Again == "" || q.Low < 0 || q.High > 9 || q.Low >= q.High || q.Attempts < 1 || q.Wait <= 0 {
				t.Errorf("%s: question %+v", d.Name, q)
			}
		}
	}
	if d, ok := ByName("nothing"); ok || !reflect.DeepEqual(d, Dialogue{}) {
		t.Error("a dialogue that is not there")
	}
}
