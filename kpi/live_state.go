package kpi

import (
	"encoding/json"
	"fmt"
)

// State returns the Live as JSON, for storing in the script or transaction
// that stores its deltas. Equal Lives give equal bytes.
func (l *Live) State() ([]byte, error) {
	b, err := json.Marshal(l.state)
	if err != nil {
		return nil, fmt.Errorf("write live state: %w", err)
	}
	return b, nil
}

// RestoreLive returns the Live that State was called on.
func RestoreLive(state []byte) (*Live, error) {
	l := NewLive()
	if err := restore(state, &l.state); err != nil {
		return nil, fmt.Errorf("read live state: %w", err)
	}
	if l.state.Format != stateFormat {
		return nil, fmt.Errorf("read live state: format %d, this build reads %d", l.state.Format, stateFormat)
	}
	if l.state.Calls == nil || l.state.Agents == nil {
		return nil, fmt.Errorf("read live state: a map is null")
	}
	for id, c := range l.state.Calls {
		if c == nil {
			return nil, fmt.Errorf("read live state: call %s is null", id)
		}
	}
	for id, a := range l.state.Agents {
		if a == nil {
			return nil, fmt.Errorf("read live state: session %s is null", id)
		}
	}
	return l, nil
}
