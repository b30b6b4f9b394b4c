package switchboard

import (
	"errors"
	"fmt"

	"github.com/callstamp/callstamp/call"
)

// GiveUp is Recover for a node whose agents have been at another one since:
// their wrap-ups end at the last proof of life too, as nobody will come back to
// this node for them.
func (s *Switchboard) GiveUp(past Past) (Recovered, error) {
	var r Recovered
	open, err := past.OpenCalls()
	if err != nil {
		return r, fmt.Errorf("read open calls: %w", err)
	}
	dialogs, err := past.Dialogs()
	if err != nil {
		return r, fmt.Errorf("read dialogs: %w", err)
	}
	var faults []error
	for _, stamps := range open {
		closing, err := call.GiveUp(stamps, past.Alive())
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.deps.Sink.Record(closing, nil)
		r.Closed++
		r.Byes = append(r.Byes, dialogsOf(stamps[0].Subject.ID, dialogs)...)
	}
	return r, errors.Join(faults...)
}
