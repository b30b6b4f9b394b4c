package ivr

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	// maxPrompt is the longest a prompt may take, should media never say that it
	// ended; the dialogue then goes on as if it had.
	maxPrompt = time.Minute
	// nextKey is how long a number that could become longer waits for its next
	// key: long enough to find the 0, too short to be taken for a silence.
	nextKey = 2 * time.Second
	// enough is how often something is asked that says nothing of it, and how
	// long its answer is waited for.
	enough     = 2
	enoughTime = 5 * time.Second
	// speechTime is how long a customer may speak where the question says
	// nothing of it.
	speechTime = 30 * time.Second
	// speechMargin is by how much later the recorder's own limit lies.
	speechMargin = 2 * time.Second
)

// Event is what happens to a run.
type Event interface{ event() }

type (
	// Key is a digit that the customer pressed.
	Key struct{ Digit rune }
	// PlayDone: the prompt with this number has been heard to its end.
	PlayDone struct{ Play int }
	// Tick: the run's deadline has come.
	Tick struct{}
	// SpeechOver: what the customer says is recorded no longer, for a reason
	// that the machine knows.
	SpeechOver struct{}
)

func (Key) event()      {}
func (PlayDone) event() {}
func (Tick) event()     {}

func (SpeechOver) event() {}

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
	question int // index; opening = the customer is asked for permission
	attempt  int
	typed    int           // the number so far, in phase typing
	play     int           // number of the last playlist
	deadline stamp.Instant // zero = none
	end      string        // how it will end, known when thanking
}

type phase int

const (
	asking phase = iota
	waiting
	typing
	speaking
	thanking
	ended
)

// opening is the index of what is asked before the first question.
const opening = -1

// Start begins the dialogue.
func Start(at stamp.Instant, d Dialogue) (*Run, []call.Input, []Action) {
	r := &Run{d: d}
	switch {
	case len(d.Questions) == 0:
		return r, nil, r.thank(at, "completed")
	case d.Opening != nil:
		r.question = opening
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
	case SpeechOver:
		if r.phase == speaking {
			return r.next(at, nil, 0)
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
	switch {
	case r.phase == speaking && digit == '#':
		return r.spoken(at, stamp.RecordedEnough)
	case r.phase != asking && r.phase != waiting && r.phase != typing, r.speech():
		return nil, nil
	case r.question == opening:
		return r.permission(at, digit)
	case digit == '#' && r.phase == typing:
		return r.number(at, r.typed)
	case digit < '0' || digit > '9':
		return r.wrong(at)
	case r.phase == typing:
		return r.number(at, 10*r.typed+int(digit-'0'))
	}
	value := int(digit - '0')
	if value > 0 && 10*value <= r.d.Questions[r.question].High {
		r.phase, r.typed, r.deadline = typing, value, at.Add(nextKey.Microseconds())
		return nil, nil
	}
	return r.number(at, value)
}

// permission takes the answer to the opening.
func (r *Run) permission(at stamp.Instant, digit rune) ([]call.Input, []Action) {
	switch digit {
	case keyYes:
		return r.proceed(at, []call.Input{call.SurveyAccepted{}}, 0)
	case keyNo:
		return r.finish(at, []call.Input{call.SurveyDeclined{}}, "declined")
	}
	return r.wrong(at)
}

func (r *Run) wrong(at stamp.Instant) ([]call.Input, []Action) {
	return r.missed(at, call.InvalidKey{Question: r.id()}, "invalid")
}

// number takes a whole answer.
func (r *Run) number(at stamp.Instant, value int) ([]call.Input, []Action) {
	q := r.d.Questions[r.question]
	if value < q.Low || value > q.High {
		return r.wrong(at)
	}
	given := call.Responded{Question: q.ID, Value: value, Scale: q.High, Class: q.class(value)}
	return r.next(at, []call.Input{given}, value)
}

// next goes on after an answer.
func (r *Run) next(at stamp.Instant, said []call.Input, value int) ([]call.Input, []Action) {
	if next := r.d.after(r.question, value); next < len(r.d.Questions) {
		return r.proceed(at, said, next)
	}
	return r.finish(at, said, "completed")
}

// speech reports whether the question is answered in the customer's own words.
func (r *Run) speech() bool {
	return r.question != opening && r.d.Questions[r.question].kind() == Voice
}

// spoken: the customer has said what there was to say.
func (r *Run) spoken(at stamp.Instant, why stamp.RecordingEnd) ([]call.Input, []Action) {
	return r.next(at, []call.Input{call.SpeechEnded{Question: r.id(), Why: why}}, 0)
}

// listen lets the customer speak.
func (r *Run) listen(at stamp.Instant) ([]call.Input, []Action) {
	limit := r.d.Questions[r.question].Wait
	if limit == 0 {
		limit = speechTime
	}
	r.phase, r.deadline = speaking, at.Add(limit.Microseconds())
	return []call.Input{call.SpeechBegan{Question: r.id(), MaxUS: (limit + speechMargin).Microseconds()}}, nil
}

// after is the index of the question that follows an answer; beyond the last
// one there is none.
func (d *Dialogue) after(question, value int) int {
	for _, j := range d.Questions[question].Next {
		if !j.Has(value) {
			continue
		}
		for i := question + 1; i < len(d.Questions); i++ { // forward only, so that every run ends
			if d.Questions[i].ID == j.To {
				return i
			}
		}
		return len(d.Questions)
	}
	return question + 1
}

// proceed goes on to a question after what the customer said.
func (r *Run) proceed(at stamp.Instant, said []call.Input, question int) ([]call.Input, []Action) {
	r.question, r.attempt = question, 0
	inputs, actions := r.ask(at)
	return append(said, inputs...), actions
}

// finish says thanks for the last thing that the customer said.
func (r *Run) finish(at stamp.Instant, said []call.Input, end string) ([]call.Input, []Action) {
	actions := r.thank(at, end)
	for i := range actions {
		actions[i].Durably = true // nobody is thanked for what a power cut can take back
	}
	return said, actions
}

// heard: a prompt was heard to its end.
func (r *Run) heard(at stamp.Instant) ([]call.Input, []Action) {
	switch r.phase {
	case asking:
		if r.speech() {
			return r.listen(at)
		}
		r.phase = waiting
		_, _, wait, _ := r.asked()
		r.deadline = at.Add(wait.Microseconds())
	case thanking:
		r.phase, r.deadline = ended, stamp.Instant{}
		return []call.Input{call.DialogueEnded{End: r.end}}, nil
	}
	return nil, nil
}

func (r *Run) due(at stamp.Instant) ([]call.Input, []Action) {
	switch r.phase {
	case waiting:
		return r.missed(at, call.NoInput{Question: r.id()}, "no_input")
	case typing:
		return r.number(at, r.typed)
	case speaking:
		return r.spoken(at, stamp.RecordedTooLong)
	}
	return r.heard(at)
}

// missed: an attempt without an answer. Ask again, or give up and say thanks.
func (r *Run) missed(at stamp.Instant, why call.Input, end string) ([]call.Input, []Action) {
	if _, _, _, attempts := r.asked(); r.attempt < attempts {
		inputs, actions := r.ask(at)
		return append([]call.Input{why}, inputs...), actions
	}
	return []call.Input{why}, r.thank(at, end)
}

// asked is what is being asked, and with how much patience.
func (r *Run) asked() (ask, again string, wait time.Duration, attempts int) {
	if r.question == opening {
		o := r.d.Opening
		ask, again, wait, attempts = o.Ask, o.Again, o.Wait, o.Attempts
	} else {
		q := r.d.Questions[r.question]
		ask, again, wait, attempts = q.Ask, q.Again, q.Wait, q.Attempts
	}
	if wait == 0 {
		wait = enoughTime
	}
	if attempts == 0 {
		attempts = enough
	}
	return ask, again, wait, attempts
}

// id is the question being asked, "" for the opening.
func (r *Run) id() string {
	if r.question == opening {
		return ""
	}
	return r.d.Questions[r.question].ID
}

func (r *Run) ask(at stamp.Instant) ([]call.Input, []Action) {
	r.phase, r.attempt = asking, r.attempt+1
	prompt, again, _, _ := r.asked()
	if r.attempt > 1 {
		prompt = again
	}
	actions := r.say(at, prompt)
	if r.question == opening {
		return nil, actions
	}
	q := r.d.Questions[r.question]
	return []call.Input{call.Asked{Question: q.ID, Attempt: r.attempt, Type: q.kind(), About: q.About}}, actions
}

func (r *Run) thank(at stamp.Instant, end string) []Action {
	r.phase, r.end = thanking, end
	return r.say(at, r.d.Thanks)
}

func (r *Run) say(at stamp.Instant, prompt string) []Action {
	r.play++
	r.deadline = at.Add(maxPrompt.Microseconds())
	return []Action{{Play: r.play, Language: r.d.In, Prompts: []string{prompt}}}
}
