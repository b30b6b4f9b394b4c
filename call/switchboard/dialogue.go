package switchboard

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The dialogue runs inside the conversation: what it finds out are inputs of
// the machine, what it says is played. Its playlists are numbered below zero,
// so that they can't be taken for the machine's.

// speaker is what speaks with the customer by key: a survey or a menu.
type speaker interface {
	Step(at stamp.Instant, e ivr.Event) ([]call.Input, []ivr.Action)
	Deadline() (stamp.Instant, bool)
	Ended() bool
}

// talkPlays is more playlists than one talk has: what the one before has said
// is not taken for what this one says.
const talkPlays = 1000

func (c *conversation) startMenu(at stamp.Instant, e call.StartMenu) {
	if c.plan.House == nil {
		c.check(at, e, errNoMenu(e.Menu))
		return
	}
	run, inputs, actions, ok := ivr.StartMenu(at, c.plan.House.Menus, e.Menu)
	if !ok {
		c.check(at, e, errNoMenu(e.Menu))
		return
	}
	c.begins(run)
	c.follow(at, inputs, actions)
}

type errNoMenu string

func (e errNoMenu) Error() string { return "there is no menu " + string(e) }

// begins lets a talk take the place of any other.
func (c *conversation) begins(t speaker) {
	if c.dialogue = t; c.talked {
		c.said += talkPlays
	}
	c.talked = true
}

func (c *conversation) startDialogue(at stamp.Instant, e call.StartDialogue) {
	d, ok := c.board.deps.Dialogue(e.Survey)
	if !ok {
		c.check(at, e, errNoDialogue(e.Survey))
		return
	}
	d.In = e.Language
	run, inputs, actions := ivr.Start(at, d)
	c.begins(run)
	c.follow(at, inputs, actions)
}

type errNoDialogue string

func (e errNoDialogue) Error() string { return "there is no dialogue " + string(e) }

// hear gives the dialogue an event, if one runs.
func (c *conversation) hear(at stamp.Instant, e ivr.Event) {
	if c.dialogue == nil {
		return
	}
	inputs, actions := c.dialogue.Step(at, e)
	c.follow(at, inputs, actions)
}

// follow records what the dialogue found out, then says what it wants said:
// thanks only for what a power cut can't take back.
func (c *conversation) follow(at stamp.Instant, inputs []call.Input, actions []ivr.Action) {
	for _, in := range inputs {
		if err := c.take(at, in); err != nil {
			c.board.deps.Log.Error("dialogue refused", "call_id", c.id, "err", err)
		}
	}
	if c.dialogue != nil && c.dialogue.Ended() {
		c.dialogue = nil
	}
	for _, a := range actions {
		if a.Durably {
			c.durably(func(at stamp.Instant) { c.sayTo(at, a) })
		} else {
			c.sayTo(at, a)
		}
	}
}

// sayTo plays a prompt to the customer. A dialogue that can't speak has failed.
func (c *conversation) sayTo(at stamp.Instant, a ivr.Action) {
	if c.dialogue == nil {
		return
	}
	language := a.Language
	if language == "" {
		language = c.m.Plan().Language
	}
	err := c.board.deps.Voice.Play(c.id, stamp.CustomerLeg, -a.Play-c.said, language, a.Prompts)
	if err != nil {
		c.board.deps.Log.Warn("dialogue can't speak", "call_id", c.id, "prompts", a.Prompts, "err", err)
		_, menu := c.dialogue.(*ivr.MenuRun)
		c.dialogue = nil
		if menu {
			c.takeLater(at, call.MenuLeft{End: "failed"})
			return
		}
		c.takeLater(at, call.DialogueEnded{End: "failed"})
	}
}
