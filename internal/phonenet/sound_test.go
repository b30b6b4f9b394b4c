package phonenet

import "testing"

// Two prompts that begin with the same word are told apart by what follows.
func TestTheMostAlikeCueIsHeard(t *testing.T) {
	word, rest := &sine{hz: 400}, map[string]*sine{"survey": {hz: 700}, "thanks": {hz: 900}}
	cue := func(name string) []int16 {
		pcm := make([]int16, cueFrames*frame)
		w := *word
		w.Frame(pcm[:28*frame])
		rest[name].Frame(pcm[28*frame:])
		return pcm
	}
	s := &sound{cues: map[string][]int16{"survey": cue("survey"), "thanks": cue("thanks")}}
	if like := similar(s.cues["survey"], s.cues["thanks"]); like <= match {
		t.Fatalf("the cues are only %.2f alike; the test shows nothing", like)
	}
	for range 20 { // the order of a map is chance
		for name, pcm := range s.cues {
			if got := s.name(pcm); got != name {
				t.Fatalf("%s was heard as %s", name, got)
			}
		}
	}
}

// A source whose first packets were lost is known all the same; a voice is none.
func TestCueWithoutItsBeginning(t *testing.T) {
	cue := make([]int16, cueFrames*frame)
	for i := range cueFrames { // a tune: no frame is like another
		(&sine{hz: 300 + 37*float64(i)}).Frame(cue[i*frame : (i+1)*frame])
	}
	s := &sound{cues: map[string][]int16{"music": cue}}
	for lost := range overtakes + 1 {
		if got := s.name(append(cue[lost*frame:len(cue):len(cue)], make([]int16, lost*frame)...)); got != "music" {
			t.Errorf("with %d packets lost it was heard as %s", lost, got)
		}
	}
	voice := make([]int16, cueFrames*frame)
	(&sine{hz: 440}).Frame(voice)
	if got := s.name(voice); got != "voice" {
		t.Errorf("a voice was heard as %s", got)
	}
}
