package switchboard

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Status is a call as it stands, for those who look at all of them. It is
// immutable: a new one is published after every step that changed the call.
type Status struct {
	Call      stamp.ID
	Direction stamp.Direction
	Queue     stamp.QueueID
	Campaign  stamp.CampaignID
	Phase     string
	Since     stamp.Instant // of the phase
	Created   stamp.Instant
	Party     stamp.PartyID
	ParkedBy  stamp.AgentID // "" = it is not parked
	Over      bool          // only after-call work is open
	Agents    []AgentsView  // whom the call concerns
}

// AgentsView is what one agent sees of the call.
type AgentsView struct {
	Seat call.Seat
	View call.View
}

// Calls returns all calls that live.
func (s *Switchboard) Calls() []Status {
	var all []Status
	for _, c := range s.live() {
		if st := c.status(); st.Phase != "" {
			all = append(all, *st)
		}
	}
	return all
}

// Views returns the agent's pictures of the calls that concern the agent.
func (s *Switchboard) Views(agent stamp.AgentID) []call.View {
	var views []call.View
	for _, c := range s.live() {
		if v, ok := c.status().of(agent); ok {
			views = append(views, v)
		}
	}
	return views
}

// Show has the agent's desk drawn again, offers too: after a reload.
func (s *Switchboard) Show(agent stamp.AgentID) {
	for _, c := range s.live() {
		if _, ok := c.status().of(agent); !ok {
			continue
		}
		c.box.Put(message{at: s.deps.Clock.Now(), do: func(c *conversation, _ stamp.Instant) { c.showAgain(agent) }})
	}
}

func (st *Status) of(agent stamp.AgentID) (call.View, bool) {
	for _, a := range st.Agents {
		if a.Seat.Agent == agent {
			return a.View, true
		}
	}
	return call.View{}, false
}

func (c *conversation) status() *Status { return c.picture.Load() }

// show draws the call on every desk that has it, and publishes it. A desk that
// is only being rung has the call's picture with the ringing; a desk that has
// the call no longer is shown that once.
func (c *conversation) show() {
	whole := c.m.View("")
	st := &Status{
		Call: c.id, Direction: whole.Direction, Queue: whole.Queue, Campaign: whole.Campaign,
		Phase: whole.Phase, Since: whole.Since, Created: whole.Created, Party: whole.Party, ParkedBy: c.m.ParkedBy(), Over: c.m.Over(),
	}
	for _, seat := range c.m.Seats() {
		v := c.m.View(seat.Agent)
		if !v.Done {
			st.Agents = append(st.Agents, AgentsView{seat, v})
		}
		if has(v) || c.shown[seat] {
			c.board.deps.Desk.Show(seat, v)
			c.shown[seat] = !v.Done
		}
	}
	c.picture.Store(st)
}

// has reports whether the call is the agent's: a part in it, or a line that is
// dialed for the agent.
func has(v call.View) bool {
	return !v.Done && (v.Segment > 0 || v.Phase == stamp.PhaseDialing)
}

// showAgain draws one agent's desk anew.
func (c *conversation) showAgain(agent stamp.AgentID) {
	for _, o := range c.m.Offers() {
		if o.Seat.Agent == agent {
			c.ring(o.Seat, o.ID, o.Until)
		}
	}
	for _, seat := range c.m.Seats() {
		if v := c.m.View(agent); seat.Agent == agent && has(v) {
			c.board.deps.Desk.Show(seat, v)
		}
	}
}

func (c *conversation) ring(seat call.Seat, offer stamp.ID, until stamp.Instant) {
	c.board.deps.Desk.Ring(seat, offer, until, c.m.View(seat.Agent))
}
