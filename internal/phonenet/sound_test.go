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
