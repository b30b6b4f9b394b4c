package ivr

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// maxAsked is how many menus a customer may hear in one run: repeating and
// going back cost no retry, and a line that somebody forgot must end.
const maxAsked = 30

// MenuRun is one customer in a menu and those beneath it. It belongs to the
// call's goroutine.
type MenuRun struct {
	menus    map[string]*call.Menu
	at       *call.Menu
	path     []*call.Menu // the menus before, the first one first
	asked    int          // prompts in the whole run
	missed   int          // wrong keys and silences in this menu
	attempt  int          // prompts in this menu
	heard    bool         // the prompt is over, we wait for a key
	ended    bool
	play     int
	deadline stamp.Instant
}

// StartMenu begins a run; false says that there is no such menu.
func StartMenu(at stamp.Instant, menus map[string]*call.Menu, id string) (*MenuRun, []call.Input, []Action, bool) {
	m := menus[id]
	if m == nil {
		return nil, nil, nil, false
	}
	r := &MenuRun{menus: menus}
	inputs, actions := r.enter(at, m)
	return r, inputs, actions, true
}

// Step takes one event and returns what the machine has to know and what is to
// be said. A key counts while the prompt is still being said.
func (r *MenuRun) Step(at stamp.Instant, e Event) ([]call.Input, []Action) {
	if r.ended {
		return nil, nil
	}
	switch e := e.(type) {
	case Key:
		return r.key(at, e.Digit)
	case PlayDone:
		if e.Play == r.play {
			r.wait(at)
		}
	case Tick:
		if r.deadline.IsZero() || at.Before(r.deadline) {
			return nil, nil
		}
		if r.heard {
			return r.miss(at, call.NoKey, r.at.Silent)
		}
		r.wait(at)
	}
	return nil, nil
}

// Deadline returns when the run wants a Tick.
func (r *MenuRun) Deadline() (stamp.Instant, bool) { return r.deadline, !r.ended }

// Ended reports whether the call has left the menus.
func (r *MenuRun) Ended() bool { return r.ended }

func (r *MenuRun) key(at stamp.Instant, digit rune) ([]call.Input, []Action) {
	o, ok := r.at.Options[digit]
	if !ok {
		return r.miss(at, call.WrongKey, r.at.Invalid)
	}
	told := call.MenuKey{Menu: r.at.ID, Input: string(digit)}
	inputs, actions := r.follow(at, o)
	return append([]call.Input{told}, inputs...), actions
}

func (r *MenuRun) follow(at stamp.Instant, o call.Option) ([]call.Input, []Action) {
	switch {
	case o.Do == call.Repeat || o.Do == call.Back && len(r.path) == 0:
		return r.ask(at)
	case o.Do == call.Back:
		last := len(r.path) - 1
		before := r.path[last]
		r.path = r.path[:last]
		return r.enter(at, before)
	case o.Do == call.Operator:
		return r.leave("operator", r.at.Operator)
	case o.To.Kind != call.ToMenu:
		return r.leave("chosen", o.To)
	}
	next := r.menus[o.To.ID]
	if next == nil {
		return r.leave("failed", r.at.Failed)
	}
	r.path = append(r.path, r.at)
	return r.enter(at, next)
}

func (r *MenuRun) enter(at stamp.Instant, m *call.Menu) ([]call.Input, []Action) {
	r.at, r.missed, r.attempt = m, 0, 0
	return r.ask(at)
}

// miss: a key that means nothing, or none.
func (r *MenuRun) miss(at stamp.Instant, why, prompt string) ([]call.Input, []Action) {
	r.missed++
	told := call.MenuKey{Menu: r.at.ID, Input: why}
	if r.missed > r.at.Retries {
		inputs, actions := r.leave(why, r.at.Failed)
		return append([]call.Input{told}, inputs...), actions
	}
	inputs, actions := r.ask(at)
	if prompt != "" && len(actions) > 0 {
		actions[0].Prompts = append([]string{prompt}, actions[0].Prompts...)
	}
	return append([]call.Input{told}, inputs...), actions
}

func (r *MenuRun) ask(at stamp.Instant) ([]call.Input, []Action) {
	if r.asked == maxAsked {
		return r.leave("failed", r.at.Failed)
	}
	r.asked++
	r.attempt++
	r.play++
	r.heard, r.deadline = false, at.Add(maxPrompt.Microseconds())
	say := Action{Play: r.play, Language: r.at.Language, Prompts: []string{r.at.Prompt}}
	return []call.Input{call.MenuAsked{Menu: r.at.ID, Attempt: r.attempt}}, []Action{say}
}

// wait: the prompt is over; the customer has time to think.
func (r *MenuRun) wait(at stamp.Instant) {
	limit := r.at.TimeoutUS
	if limit <= 0 {
		limit = (5 * time.Second).Microseconds()
	}
	if !r.heard {
		r.heard, r.deadline = true, at.Add(limit)
	}
}

func (r *MenuRun) leave(end string, to call.Destination) ([]call.Input, []Action) {
	r.ended, r.deadline = true, stamp.Instant{}
	return []call.Input{call.MenuLeft{End: end, To: to}}, nil
}
