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
		words = append(words, strings.ToLower(name)+" "+strings.TrimSpace(strings.Trim(fmt.Sprint(in), "{}")))
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
	const asked1, asked2 = "asked csat 1 csat > play 1 csat-ask-1-5", "asked csat 2 csat > play 2 csat-invalid"
	for _, c := range []struct {
		name string
		what []happening
	}{
		{"a key after the prompt", []happening{
			{4, PlayDone{1}, ""}, {6, key('4'), "responded csat 4 5 good > play 2 csat-thanks once durable"},
			{8, PlayDone{2}, "dialogueended completed"},
		}},
		{"a key into the prompt", []happening{
			{1, key('5'), "responded csat 5 5 good > play 2 csat-thanks once durable"}, {1.1, key('1'), ""},
			{1.2, PlayDone{1}, ""}, {3, PlayDone{2}, "dialogueended completed"},
		}},
		{"no key, then a key", []happening{
			{4, PlayDone{1}, ""}, {8.9, Tick{}, ""}, {9, Tick{}, "noinput csat " + asked2},
			{13, key('1'), "responded csat 1 5 bad > play 3 csat-thanks once durable"},
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
			{60, Tick{}, ""}, {65, Tick{}, "noinput csat " + asked2}, {66, key('3'), "responded csat 3 5 neutral > play 3 csat-thanks once durable"},
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

// Patience is for questions that have none of their own, in a copy.
func TestPatient(t *testing.T) {
	csat, _ := ByName("csat")
	eager := csat.Patient(time.Second, 0)
	r, _, _ := Start(at(0), eager)
	r.Step(at(4), PlayDone{1})
	if got, want := told(r.Step(at(5), Tick{})), "noinput csat > play 2 csat-thanks"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if own := eager.Patient(time.Minute, 4); own.Questions[0].Wait != time.Second || own.Questions[0].Attempts != 1 {
		t.Errorf("its own patience is lost: %+v", own)
	}
	if again, _ := ByName("csat"); !reflect.DeepEqual(again, csat) || csat.Questions[0].Wait != 0 {
		t.Errorf("the table is now %+v", again)
	}
}

// Every run comes to its end by its deadlines alone, whatever keys are pressed,
// and each question has one answer at most.
func FuzzRun(f *testing.F) {
	f.Add([]byte("5"))
	f.Add([]byte{0, 1, 2, '9'})
	f.Add([]byte("\x05\x0b\x31\x32\x33\x23\x32\x30"))
	d := service()
	f.Fuzz(func(t *testing.T, choices []byte) {
		r, inputs, _ := Start(at(0), d)
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
				e = Key{rune("0123456789#*"[c%12])}
			}
			in, _ := r.Step(now, e)
			all = append(all, in...)
		}
		for range 40 {
			due, ok := r.Deadline()
			if !ok {
				break
			}
			in, _ := r.Step(due, Tick{})
			all = append(all, in...)
		}
		ends, answers := 0, map[string]int{}
		for _, in := range all {
			switch in := in.(type) {
			case call.DialogueEnded:
				ends++
			case call.Responded:
				if answers[in.Question]++; answers[in.Question] > 1 {
					t.Errorf("%s was answered twice", in.Question)
				}
			}
		}
		if !r.Ended() || ends != 1 {
			t.Errorf("ended %v, %d ends, %v answers: %v", r.Ended(), ends, answers, all)
		}
	})
}

func TestDialoguesAreSound(t *testing.T) {
	names := map[string]bool{}
	for _, d := range dialogues {
		if names[d.Name] {
			t.Errorf("two dialogues %s", d.Name)
		}
		names[d.Name] = true
		d.Languages = []string{"en"}
		if err := d.Check(func(string, string) bool { return true }); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
	if d, ok := ByName("nothing"); ok || !reflect.DeepEqual(d, Dialogue{}) {
		t.Error("a dialogue that is not there")
	}
}
