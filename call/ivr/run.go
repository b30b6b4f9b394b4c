package ivr

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// maxPrompt is the longest a prompt may take, should media never say that it
// ended; the dialogue then goes on as if it had.
const maxPrompt = time.Minute

// Event is what happens to a run.
type Event interface{ event() }

type (
	// Key is a digit that the customer pressed.
	Key struct{ Digit rune }
	// PlayDone: the prompt with this number has been heard to its end.
	PlayDone struct{ Play int }
	// Tick: the run's deadline has come.
	Tick struct{}
)

func (Key) event()      {}
func (PlayDone) event() {}
func (Tick) event()     {}

// Action is what the run wants done. A Play takes the place of the one before.
type Action struct {
	Play     int    // number of the playlist, from 1
	Language string // of the prompts; "" = the call's
	Prompts  []string
	Durably  bool // only once the inputs of this step are fsynced
}

// Run is one customer in one dialogue. It belongs to the call's goroutine.
type Run struct {
	d        Dialogue
	phase    phase
	question int // index
	attempt  int
	play     int           // number of the last playlist
	deadline stamp.Instant // zero = none
	end      string        // how it will end, known when thanking
}

type phase int

const (
	asking phase = iota
	waiting
	thanking
	ended
)

// Start begins the dialogue.
func Start(at stamp.Instant, d Dialogue) (*Run, []call.Input, []Action) {
	r := &Run{d: d}
	if len(d.Questions) == 0 {
		return r, nil, r.thank(at, "completed")
	}
	inputs, actions := r.ask(at)
	return r, inputs, actions
}

// Step takes one event and returns what the machine has to know and what is to
// be done. An event that means nothing here, or no longer, returns nothing.
func (r *Run) Step(at stamp.Instant, e Event) ([]call.Input, []Action) {
	switch e := e.(type) {
	case Key:
		return r.key(at, e.Digit)
	case PlayDone:
		if e.Play == r.play {
			return r.heard(at)
		}
	case Tick:
		if !r.deadline.IsZero() && !at.Before(r.deadline) {
			return r.due(at)
		}
	}
	return nil, nil
}

// Deadline returns when the run wants a Tick.
func (r *Run) Deadline() (stamp.Instant, bool) { return r.deadline, !r.deadline.IsZero() }

// Ended reports whether the run has said its last.
func (r *Run) Ended() bool { return r.phase == ended }

func (r *Run) key(at stamp.Instant, digit rune) ([]call.Input, []Action) {
	if r.phase != asking && r.phase != waiting {
		return nil, nil
	}
	q := r.d.Questions[r.question]
	value := int(digit - '0')
	if digit < '0' || digit > '9' || value < q.Low || value > q.High {
		return r.missed(at, call.InvalidKey{Question: q.ID}, "invalid")
	}
	given := call.Responded{Question: q.ID, Value: value, Scale: q.High}
	if r.question+1 < len(r.d.Questions) {
		r.question, r.attempt = r.question+1, 0
		inputs, actions := r.ask(at)
		return append([]call.Input{given}, inputs...), actions
	}
	actions := r.thank(at, "completed")
	for i := range actions {
		actions[i].Durably = true // nobody is thanked for what a power cut can take back
	}
	return []call.Input{given}, actions
}

// heard: a prompt was heard to its end.
func (r *Run) heard(at stamp.Instant) ([]call.Input, []Action) {
	switch r.phase {
	case asking:
		r.phase = waiting
		r.deadline = at.Add(r.d.Questions[r.question].Wait.Microseconds())
	case thanking:
		r.phase, r.deadline = ended, stamp.Instant{}
		return []call.Input{call.DialogueEnded{End: r.end}}, nil
	}
	return nil, nil
}

func (r *Run) due(at stamp.Instant) ([]call.Input, []Action) {
	if r.phase == waiting {
		return r.missed(at, call.NoInput{Question: r.d.Questions[r.question].ID}, "no_input")
	}
	return r.heard(at)
}

// missed: an attempt without an answer. Ask again, or give up and say thanks.
func (r *Run) missed(at stamp.Instant, why call.Input, end string) ([]call.Input, []Action) {
	if r.attempt < r.d.Questions[r.question].Attempts {
		inputs, actions := r.ask(at)
		return append([]call.Input{why}, inputs...), actions
	}
	return []call.Input{why}, r.thank(at, end)
}

func (r *Run) ask(at stamp.Instant) ([]call.Input, []Action) {
	q := r.d.Questions[r.question]
	r.phase, r.attempt = asking, r.attempt+1
	prompt := q.Ask
	if r.attempt > 1 {
		prompt = q.Again
	}
	return []call.Input{call.Asked{Question: q.ID, Attempt: r.attempt}}, r.say(at, prompt)
}

func (r *Run) thank(at stamp.Instant, end string) []Action {
	r.phase, r.end = thanking, end
	return r.say(at, r.d.Thanks)
}

func (r *Run) say(at stamp.Instant, prompt string) []Action {
	r.play++
	r.deadline = at.Add(maxPrompt.Microseconds())
	return []Action{{Play: r.play, Prompts: []string{prompt}}}
}
