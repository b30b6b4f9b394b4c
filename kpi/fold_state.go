package kpi

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// stateFormat is the version of the JSON that State writes.
const stateFormat = 1

// State returns the Folder as JSON, for storing in the transaction that stores
// its changes. Equal Folders give equal bytes.
func (f *Folder) State() ([]byte, error) {
	b, err := json.Marshal(f.state)
	if err != nil {
		return nil, fmt.Errorf("write fold state: %w", err)
	}
	return b, nil
}

// RestoreFolder returns the Folder that State was called on.
func RestoreFolder(state []byte) (*Folder, error) {
	f := NewFolder()
	if err := restore(state, &f.state); err != nil {
		return nil, fmt.Errorf("read fold state: %w", err)
	}
	if f.state.Format != stateFormat {
		return nil, fmt.Errorf("read fold state: format %d, this build reads %d", f.state.Format, stateFormat)
	}
	if f.state.Calls == nil || f.state.Agents == nil || f.state.Others == nil {
		return nil, fmt.Errorf("read fold state: a map is null")
	}
	for id, c := range f.state.Calls {
		if c == nil || c.hasHoles() {
			return nil, fmt.Errorf("read fold state: call %s is broken", id)
		}
	}
	for id, a := range f.state.Agents {
		if a == nil {
			return nil, fmt.Errorf("read fold state: session %s is null", id)
		}
	}
	return f, nil
}

// restore is strict: an unknown field means that another build wrote the
// state, and folding on without it would lose something.
func restore(state []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(state))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("bytes after the value")
	}
	return nil
}

// openCall is a call that is not closed, with the instants that durations are
// measured from: a record's wall times can't do that across a clock step.
type openCall struct {
	N        uint64         `json:"n"`
	Rec      Call           `json:"rec"`
	LastAt   stamp.Instant  `json:"last_at"`            // the latest stamp, or clock step
	LengthUS int64          `json:"length_us"`          // created → LastAt
	Phase    string         `json:"phase"`              // now
	PhaseAt  stamp.Instant  `json:"phase_at"`           // begin of the open span
	Split    bool           `json:"split,omitempty"`    // … which a clock step cut off
	FirstAt  stamp.Instant  `json:"first_at,omitzero"`  // first entry
	SilentAt stamp.Instant  `json:"silent_at,omitzero"` // the customer's last packet, while none comes
	Legs     []openLeg      `json:"legs,omitempty"`     // by number
	Entries  []openEntry    `json:"entries,omitempty"`  // by number
	Offers   []openOffer    `json:"offers,omitempty"`   // in order of creation
	Segments []openSegment  `json:"segments,omitempty"` // by number
	Answers  []SurveyAnswer `json:"answers,omitempty"`  // in order of asking
	Surveys  []SurveyRun    `json:"surveys,omitempty"`  // in order of being due
	Attempt  *Attempt       `json:"attempt,omitempty"`
}

type openLeg struct {
	Rec    Leg           `json:"rec"`
	LostAt stamp.Instant `json:"lost_at,omitzero"`
}

type openEntry struct {
	Rec Entry         `json:"rec"`
	At  stamp.Instant `json:"at"` // entered
}

type openOffer struct {
	Rec Offer         `json:"rec"`
	At  stamp.Instant `json:"at"` // ring started, else created
}

type openSegment struct {
	Rec   Segment       `json:"rec"`
	At    stamp.Instant `json:"at,omitzero"` // begin of the open piece of wrap-up, or beside
	Split bool          `json:"split,omitempty"`
}

// openAgent is a session that has not ended.
type openAgent struct {
	N        uint64         `json:"n"`
	Rec      AgentSession   `json:"rec"`
	LastAt   stamp.Instant  `json:"last_at"`
	LengthUS int64          `json:"length_us"`
	Open     AgentInterval  `json:"open"`
	OpenAt   stamp.Instant  `json:"open_at"`
	Before   *AgentInterval `json:"before,omitempty"` // the piece before a clock step
}

// hasHoles reports whether something open lacks its open span.
func (c *openCall) hasHoles() bool {
	if c.Rec.ReleasedAt == 0 && !over(c.Phase) && c.open() == nil {
		return true
	}
	for _, g := range c.Segments {
		if wrapping(g.Rec) && len(g.Rec.Wrap) == 0 {
			return true
		}
	}
	return false
}

func wrapping(g Segment) bool { return g.WrapStartedAt != 0 && g.WrapEndedAt == 0 }
