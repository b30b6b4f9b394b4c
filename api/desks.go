package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Calls is where an agent's commands about a call go.
type Calls interface {
	// Ask gives the call an input and returns its machine's verdict.
	Ask(ctx context.Context, id stamp.ID, in call.Input) error
	// Show has the pictures of the agent's calls sent again.
	Show(agent stamp.AgentID)
}

// Floor is where an agent's commands about presence go.
type Floor interface {
	Login(ctx context.Context, id stamp.AgentID, queues []stamp.QueueID) (acd.Presence, error)
	Tell(ctx context.Context, id stamp.AgentID, in acd.Input) error
	Beat(at time.Time, id stamp.AgentID)
	Away(id stamp.AgentID)
	Presence(ctx context.Context, id stamp.AgentID) (acd.Presence, bool, error)
}

// Lines dial what an agent types. Errors: Refused, ErrNoLine, and those of the
// Floor.
type Lines interface {
	DialByHand(ctx context.Context, agent stamp.AgentID, number string) error
	// Outside prepares a number for a call that the agent is in; nothing is dialed.
	Outside(ctx context.Context, agent stamp.AgentID, number string) (call.Outside, stamp.Side, error)
}

// Sound is the agents' warm connections.
type Sound interface {
	Answer(agent stamp.AgentID, offer string) (answer string, err error)
	Leave(agent stamp.AgentID)
	// Report has the Floor told whether the connection is up, in order with what
	// it is told of it anyway.
	Report(agent stamp.AgentID)
	// Doubt says that the desk has lost its page: an agent in a call of whom
	// nothing more is heard has gone.
	Doubt(agent stamp.AgentID)
}

// Directory names what messages mention. It answers from memory.
type Directory interface {
	Party(id stamp.PartyID) wire.Party
	Queue(id stamp.QueueID) wire.Named
	Campaign(id stamp.CampaignID) wire.Named
	QueuesOf(agent stamp.AgentID) []wire.Named
	Dispositions() []wire.Disposition
}

// People knows the agents' names.
type People interface {
	Agent(id stamp.AgentID) wire.Named
}

// Journal takes side entries: an agent's note.
type Journal interface {
	Record(stamps []stamp.Stamp, sides []stamp.Side) (seq uint64)
}

// DeskDeps are the neighbours of the desks.
type DeskDeps struct {
	Org       stamp.OrgID
	Clock     *stamp.Clock
	Calls     Calls
	Floor     Floor
	Lines     Lines
	Sound     Sound
	Directory Directory
	People    People
	Reasons   func() []wire.AuxReason // of pauses, from memory, in the order of the desk
	Journal   Journal
	Full      func() string // why no page can come in now, "" if it can; nil = always
	Log       *slog.Logger
	Version   string
}

// Desks are the agents' screens. It is the switchboard's Desk and the Floor's
// Screens: both post and return.
type Desks struct {
	deps DeskDeps

	pages sync.WaitGroup // connected

	mu     sync.Mutex
	desks  map[stamp.AgentID]*desk
	notice []wire.Degraded
	shut   bool // the server stops: no page sits down any more
}

// NewDesks makes the screens; nobody sits there yet.
func NewDesks(d DeskDeps) *Desks {
	return &Desks{deps: d, desks: map[stamp.AgentID]*desk{}}
}

// of returns the agent's desk, which outlives its pages.
func (d *Desks) of(agent stamp.AgentID) *desk {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.desks[agent]
	if k == nil {
		k = newDesk(agent)
		d.desks[agent] = k
	}
	return k
}

// close ends the agent's page: the session is over.
func (d *Desks) close(agent stamp.AgentID) {
	d.of(agent).close(wire.CloseUnauthorized, "logged out")
}

// Ring shows an offer (switchboard.Desk).
func (d *Desks) Ring(seat call.Seat, offer stamp.ID, until stamp.Instant, v call.View) {
	r := wire.Ring{Offer: string(offer), Until: d.deps.Clock.Shown(until), From: d.deps.Clock.Now().At, Why: v.Why, Call: d.picture(v)}
	d.of(seat.Agent).show(wire.TypeRing, r, func(k *desk) { k.ring = &r })
}

// Unring takes an offer away (switchboard.Desk).
func (d *Desks) Unring(seat call.Seat, offer stamp.ID, end stamp.OfferEnd) {
	u := wire.Unring{Offer: string(offer), End: string(end)}
	d.of(seat.Agent).show(wire.TypeUnring, u, func(k *desk) {
		if k.ring != nil && k.ring.Offer == u.Offer {
			k.ring = nil
		}
	})
}

// Show draws the agent's call (switchboard.Desk).
func (d *Desks) Show(seat call.Seat, v call.View) {
	c := d.picture(v)
	k := d.of(seat.Agent)
	k.show(wire.TypeCall, &c, func(k *desk) {
		c.Note = k.notes[noteKey{c.Call, c.Segment}].text
		k.take(c, v.Note)
	})
}

// Presence draws the agent's state (acd.Screens).
func (d *Desks) Presence(p acd.Presence) {
	w := d.presence(p)
	d.of(p.Seat.Agent).show(wire.TypePresence, w, func(k *desk) {
		k.presence = w
		k.presences++
	})
	if p.State == stamp.StateOffline {
		go d.deps.Sound.Leave(p.Seat.Agent) // closing waits for pion; the Floor does not
	}
}

func (d *Desks) presence(p acd.Presence) wire.Presence {
	return wire.Presence{State: p.State, Since: d.deps.Clock.Shown(p.Since), Aux: p.Aux, Next: p.Next, Seat: p.Sound}
}

// picture is what the page sees of a call.
func (d *Desks) picture(v call.View) wire.Call {
	at := d.deps.Clock.Shown
	c := wire.Call{
		Call: string(v.Call), Direction: string(v.Direction),
		Party: d.deps.Directory.Party(v.Party), Phase: v.Phase, Since: at(v.Since), Created: at(v.Created),
		Connected: at(v.Connected), Segment: int(v.Segment), Muted: v.Muted, Codec: v.Codec,
		Wrap: v.Wrap, WrapUntil: at(v.WrapUntil), WrapNeeded: v.WrapNeeded, WrapMost: at(v.WrapMost), Disposition: v.Disposition,
		Survey: v.Survey, SurveyValue: v.SurveyValue, MicSilent: v.MicSilent, Recording: v.Recording, OnDemand: v.OnDemand, Done: v.Done,
	}
	for _, a := range v.Answers {
		c.Answers = append(c.Answers, wire.Answer{Question: a.Question, Type: a.Type, Value: a.Value, Scale: a.Scale, Class: string(a.Class)})
	}
	if v.Queue != "" {
		c.Queue = d.deps.Directory.Queue(v.Queue)
	}
	if v.Campaign != "" {
		c.Campaign = d.deps.Directory.Campaign(v.Campaign)
	}
	d.asks(&c, v)
	for _, by := range v.HeldBy {
		c.HeldBy = append(c.HeldBy, string(by))
	}
	for _, leg := range v.NoAudio {
		side := "agent"
		if leg == stamp.CustomerLeg {
			side = "customer"
		}
		c.NoAudio = append(c.NoAudio, side)
	}
	for _, m := range v.Marks {
		c.Marks = append(c.Marks, wire.Mark{
			N: m.N, At: m.At, Kind: string(m.Kind), Phase: m.Phase, Actor: string(m.Actor), Leg: int(m.Leg),
		})
	}
	return c
}
