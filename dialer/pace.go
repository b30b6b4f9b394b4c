package dialer

import "fmt"

// Snapshot is all that a pacing decision may look at.
type Snapshot struct {
	Mode     Mode
	Ready    int // agents ready for the campaign and not yet reserved
	Lines    int // lines in flight: dialing, ringing or connecting
	MaxLines int // 0 = as many as agents
	Halted   bool
	Why      string // of the halt: "the journal's disk is nearly full"
}

// Decision is how many lines to open now, and why, in one sentence.
type Decision struct {
	Dial    int
	Because string
}

// Pace decides. It is pure and O(1).
func Pace(s Snapshot) Decision {
	switch {
	case s.Halted:
		return Decision{0, "halted: " + s.Why}
	case s.Ready == 0:
		return Decision{0, "no agent is ready"}
	}
	dial, because := s.Ready, fmt.Sprintf("%s ready, a line each", count(s.Ready, "agent"))
	if room := s.MaxLines - s.Lines; s.MaxLines > 0 && room < dial {
		dial = max(room, 0)
		because = fmt.Sprintf("%s ready, room for %s of %d", count(s.Ready, "agent"), count(dial, "line"), s.MaxLines)
	}
	return Decision{dial, because}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
