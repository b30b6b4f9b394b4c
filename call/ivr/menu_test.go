package ivr

import (
	"testing"

	"github.com/callstamp/callstamp/call"
)

// shop is a menu with one beneath it.
func shop() map[string]*call.Menu {
	queue := call.QueueOf
	return map[string]*call.Menu{
		"main": {
			ID: "main", Prompt: "main", TimeoutUS: 5e6, Retries: 2, Invalid: "wrong", Silent: "silent",
			Failed: queue("desk"), Operator: queue("desk"),
			Options: map[rune]call.Option{
				'1': {To: queue("sales")}, '2': {To: call.Destination{Kind: call.ToMenu, ID: "bills"}}, '*': {Do: call.Repeat},
				'0': {Do: call.Operator}, '9': {Do: call.Back}, '8': {To: call.Destination{Kind: call.ToMenu, ID: "gone"}},
			},
		},
		"bills": {ID: "bills", Language: "vi", Prompt: "bills", Options: map[rune]call.Option{'1': {To: queue("bills")}, '#': {Do: call.Back}}},
	}
}

func TestMenu(t *testing.T) {
	const begins = "menuasked main 1 > play 1 main"
	for _, c := range []struct {
		name string
		what []happening
	}{
		{"a key into the prompt", []happening{{1, key('1'), "menukey main 1 menuleft chosen queue:sales"}}},
		{"a key after it", []happening{{4, PlayDone{1}, ""}, {6, key('1'), "menukey main 1 menuleft chosen queue:sales"}}},
		{"the operator", []happening{{1, key('0'), "menukey main 0 menuleft operator queue:desk"}}},
		{"repeat costs no retry", []happening{
			{1, key('*'), "menukey main * menuasked main 2 > play 2 main"}, {2, key('*'), "menukey main * menuasked main 3 > play 3 main"},
			{3, key('*'), "menukey main * menuasked main 4 > play 4 main"}, {4, key('1'), "menukey main 1 menuleft chosen queue:sales"},
		}},
		{"back in the first menu repeats it", []happening{
			{1, key('9'), "menukey main 9 menuasked main 2 > play 2 main"}, {2, key('1'), "menukey main 1 menuleft chosen queue:sales"},
		}},
		{"down and back and down", []happening{
			{1, key('2'), "menukey main 2 menuasked bills 1 > play 2 bills"},
			{2, key('#'), "menukey bills # menuasked main 1 > play 3 main"},
			{3, PlayDone{2}, ""}, {4, key('2'), "menukey main 2 menuasked bills 1 > play 4 bills"},
			{5, key('1'), "menukey bills 1 menuleft chosen queue:bills"},
		}},
		{"wrong, silent, wrong", []happening{
			{1, key('7'), "menukey main invalid menuasked main 2 > play 2 wrong+main"},
			{3, PlayDone{2}, ""}, {7.9, Tick{}, ""}, {8, Tick{}, "menukey main no_input menuasked main 3 > play 3 silent+main"},
			{9, key('7'), "menukey main invalid menuleft invalid queue:desk"},
		}},
		{"the last miss is silence", []happening{
			{1, key('7'), "menukey main invalid menuasked main 2 > play 2 wrong+main"},
			{2, key('7'), "menukey main invalid menuasked main 3 > play 3 wrong+main"},
			{3, PlayDone{3}, ""}, {8, Tick{}, "menukey main no_input menuleft no_input queue:desk"},
		}},
		{"a menu that is not there any more", []happening{{1, key('8'), "menukey main 8 menuleft failed queue:desk"}}},
		{"media never says that the prompt ended", []happening{
			{60, Tick{}, ""}, {65, Tick{}, "menukey main no_input menuasked main 2 > play 2 silent+main"},
			{66, key('1'), "menukey main 1 menuleft chosen queue:sales"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, inputs, actions, ok := StartMenu(at(0), shop(), "main")
			if got := told(inputs, actions); !ok || got != begins {
				t.Fatalf("it begins with %q", got)
			}
			for _, h := range c.what {
				if got := told(r.Step(at(h.seconds), h.event)); got != h.want {
					t.Errorf("at %v %T: %q, want %q", h.seconds, h.event, got, h.want)
				}
			}
			if _, due := r.Deadline(); due || !r.Ended() {
				t.Error("it has not ended")
			}
			if got := told(r.Step(at(200), key('1'))); got != "" {
				t.Errorf("after the end: %q", got)
			}
		})
	}
	if _, _, _, ok := StartMenu(at(0), shop(), "nothing"); ok {
		t.Error("a menu that is not there")
	}
}

// TestMenuLanguage: what is said is in the menu's language.
func TestMenuLanguage(t *testing.T) {
	r, _, _, _ := StartMenu(at(0), shop(), "main")
	if _, actions := r.Step(at(1), key('2')); len(actions) != 1 || actions[0].Language != "vi" {
		t.Errorf("%+v", actions)
	}
}

// FuzzMenu: whatever is pressed, a run comes to one end, by its deadlines alone.
func FuzzMenu(f *testing.F) {
	f.Add([]byte("2#2#2#***"))
	f.Add([]byte{1, 0, 1, 0})
	f.Fuzz(func(t *testing.T, choices []byte) {
		r, all, _, _ := StartMenu(at(0), shop(), "main")
		now := at(0)
		for _, c := range choices {
			now = now.Add(int64(c) * 10_000)
			e := Event(Key{rune(c)})
			if c < 8 {
				e = PlayDone{int(c)}
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
		ends, asked := 0, 0
		for _, in := range all {
			switch in.(type) {
			case call.MenuLeft:
				ends++
			case call.MenuAsked:
				asked++
			}
		}
		if !r.Ended() || ends != 1 || asked > maxAsked {
			t.Errorf("ended %v, %d ends, %d prompts", r.Ended(), ends, asked)
		}
	})
}
