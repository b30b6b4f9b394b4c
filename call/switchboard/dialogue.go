package switchboard

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The dialogue runs inside the conversation: what it finds out are inputs of
// the machine, what it says is played. Its playlists are numbered below zero,
// so that they can't be taken for the machine's.

func (c *conversation) startDialogue(at stamp.Instant, e call.StartDialogue) {
	d, ok := c.board.deps.Dialogue(e.Survey)
	if !ok {
		c.check(at, e, errNoDialogue(e.Survey))
		return
	}
	run, inputs, actions := ivr.Start(at, d)
	c.dialogue = run
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
	err := c.board.deps.Voice.Play(c.id, stamp.CustomerLeg, -a.Play, c.plan.Language, a.Prompts)
	if err != nil {
		c.board.deps.Log.Warn("dialogue can't speak", "call_id", c.id, "prompts", a.Prompts, "err", err)
		c.dialogue = nil
		c.takeLater(at, call.DialogueEnded{End: "failed"})
	}
}
