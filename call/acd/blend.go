package acd

import (
	"fmt"
	"time"
)

// Blend says when the queue's agents may be taken for calls out: only while its
// own customers are served well. A limit of 0 is none.
type Blend struct {
	MaxWaitUS int64 // nobody waits longer
	MinLevel  int   // at least so much of the last calls was answered within the target, percent
	MinFree   int   // so many agents of the queue stay free
}

// Load is how a queue stands.
type Load struct {
	Waiting   int
	LongestUS int64 // since the first entry of who waits longest
	Free      int   // agents who could be rung
	Level     int   // of the last calls, percent; -1 = there were none
}

// Allows reports whether one of the queue's free agents may be taken for a call
// out; if not, because says why in a sentence.
func (b Blend) Allows(l Load) (ok bool, because string) {
	switch {
	case b.MaxWaitUS > 0 && l.Waiting > 0 && l.LongestUS > b.MaxWaitUS:
		return false, fmt.Sprintf("a customer has waited %s, at most %s is allowed while agents call out", round(l.LongestUS), round(b.MaxWaitUS))
	case b.MinLevel > 0 && l.Level >= 0 && l.Level < b.MinLevel:
		return false, fmt.Sprintf("%d %% of the last calls were answered in time, %d %% is asked for while agents call out", l.Level, b.MinLevel)
	case b.MinFree > 0 && l.Free-1 < b.MinFree:
		return false, fmt.Sprintf("%d agents are free, %d have to stay", l.Free, b.MinFree)
	}
	return true, ""
}

func round(us int64) time.Duration { return (time.Duration(us) * time.Microsecond).Round(time.Second) }
