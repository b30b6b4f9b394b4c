package switchboard

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Deps are the neighbours of a switchboard.
type Deps struct {
	Clock *stamp.Clock
	Lines Lines
	Voice Voice
	// Recorder may be nil where no plan asks for a recording.
	Recorder Recorder
	Desk     Desk
	Agents   Agents
	Sink     Sink
	Log      *slog.Logger
	// Dialogue finds the dialogue that a plan names. Nil: ivr.ByName.
	Dialogue func(name string) (ivr.Dialogue, bool)
}

// ErrNoCall says that no such call lives.
var ErrNoCall = errors.New("there is no such call any more")

// ErrDraining says that the node takes no new call because it stops.
var ErrDraining = errors.New("the switchboard is draining")

// ErrNoLine says that the trunk has no line free: nothing is said of the number.
var ErrNoLine = errors.New("no line is free")

// Switchboard holds the calls that live. Its methods may be called from any
// goroutine.
type Switchboard struct {
	deps Deps

	mu       sync.Mutex
	calls    map[stamp.ID]*conversation
	talking  int  // calls that are not over
	draining bool // no new calls
	quiet    chan struct{}

	running sync.WaitGroup // conversations
}

// New makes a switchboard without calls.
func New(d Deps) *Switchboard {
	if d.Dialogue == nil {
		d.Dialogue = ivr.ByName
	}
	return &Switchboard{deps: d, calls: map[stamp.ID]*conversation{}, quiet: make(chan struct{})}
}

// Incoming begins an inbound call on a leg that is not yet bound. at is when
// the INVITE was read; the zero party is none. While draining, the leg is
// released with 503 and the id is "".
func (s *Switchboard) Incoming(at time.Time, leg Leg, plan call.Plan, in call.Arrived, party stamp.Side) stamp.ID {
	id := stamp.NewID()
	c := s.begin(id, call.New(id, plan), plan, sidesOf(party))
	if c == nil {
		leg.Release(503)
		return ""
	}
	defer c.unopened()
	c.leg = leg
	leg.Bind(id, stamp.CustomerLeg, c.post)
	c.open(at, in)
	return id
}

// Outgoing is a call to be made.
type Outgoing struct {
	Dial call.Dial
	// Others are the further ways to the number, in the order of Plan.Ways, whose
	// first is Dial's trunk. A way whose trunk has no line free is passed over.
	Others []call.Dial
	Plan   call.Plan
	First  call.Originate
	Party  stamp.Side // zero = none
	// Settled, if not nil, is called once, from the call's goroutine, when the
	// attempt needs no line any more: its agent talks, or the call is over. result
	// is the word of its stamp.DialResult. It must post and return.
	Settled func(result string)
}

// Originate begins an outbound call. A number that may not be called is a call
// too, which ends at once with the result failed: the attempt was claimed and
// must have an end. After ErrDraining and ErrNoLine there is no call.
func (s *Switchboard) Originate(at time.Time, o Outgoing) (stamp.ID, error) {
	id := stamp.NewID()
	c := s.begin(id, call.New(id, o.Plan), o.Plan, sidesOf(o.Party))
	if c == nil {
		return "", ErrDraining
	}
	defer c.unopened()
	if o.First.Refused == "" {
		if err := c.firstLine(&o); errors.Is(err, ErrNoLine) {
			return "", err
		}
	}
	c.settled = o.Settled
	c.open(at, o.First)
	return id, nil
}

func sidesOf(party stamp.Side) []stamp.Side {
	if party.ID == "" {
		return nil
	}
	return []stamp.Side{party}
}

// begin enters a new conversation, nil while draining. It runs from open on.
func (s *Switchboard) begin(id stamp.ID, m *call.Machine, plan call.Plan, sides []stamp.Side) *conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return nil
	}
	c := newConversation(s, id, m, plan, sides)
	s.calls[id] = c
	if !m.Over() {
		s.talking++
	}
	s.running.Add(1)
	return c
}

// Post gives an input to the call; at is when it was seen. It never blocks.
// false says that no such call lives.
func (s *Switchboard) Post(id stamp.ID, at time.Time, in call.Input) bool {
	c := s.find(id)
	return c != nil && c.box.Put(message{at: s.deps.Clock.Of(at), in: in})
}

// Ask gives the call an input and waits for its machine's verdict: nil,
// call.ErrIllegal, ErrNoCall or the context's error. For the edge alone.
func (s *Switchboard) Ask(ctx context.Context, id stamp.ID, in call.Input) error {
	c := s.find(id)
	if c == nil {
		return ErrNoCall
	}
	at := s.deps.Clock.Now()
	verdict, err := mailbox.Ask(ctx, c.box, func(reply chan<- error) message {
		return message{at: at, in: in, reply: reply}
	})
	if errors.Is(err, mailbox.ErrClosed) {
		return ErrNoCall
	}
	if err != nil {
		return err
	}
	return verdict
}

func (s *Switchboard) find(id stamp.ID) *conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

// live returns the conversations of this moment.
func (s *Switchboard) live() []*conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*conversation, 0, len(s.calls))
	for _, c := range s.calls {
		all = append(all, c)
	}
	return all
}

// Talking is how many calls have a leg, those that are being set up included;
// after-call work is none.
func (s *Switchboard) Talking() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.talking
}

// over counts a call whose last leg is gone.
func (s *Switchboard) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.talking--
	s.hushLocked()
}

func (s *Switchboard) hushLocked() {
	if s.draining && s.talking == 0 {
		select {
		case <-s.quiet:
		default:
			close(s.quiet)
		}
	}
}

// remove forgets a conversation, so that no more reaches it.
func (s *Switchboard) remove(id stamp.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, id)
}

// releaseWait is how long Drain waits for the far ends to confirm the release
// of calls it has ended.
const releaseWait = 5 * time.Second

// Drain takes no new call and waits until the last one is over. When ctx ends
// first, the calls that remain are ended, their customers released. Then all
// conversations stop; wrap-ups that are open stay so in the journal and are
// taken up at the next start. Draining twice is allowed.
func (s *Switchboard) Drain(ctx context.Context) {
	s.mu.Lock()
	s.draining = true
	s.hushLocked()
	s.mu.Unlock()
	select {
	case <-s.quiet:
	case <-ctx.Done():
		s.endAll()
	}
	for _, c := range s.live() {
		c.box.Put(message{at: s.deps.Clock.Now(), do: (*conversation).stop})
	}
	s.running.Wait()
}

func (s *Switchboard) endAll() {
	for _, c := range s.live() {
		if !c.status().Over {
			c.box.Put(message{at: s.deps.Clock.Now(), in: call.Abort{By: stamp.System, Cause: stamp.Cause{Text: call.Drain}}})
		}
	}
	select {
	case <-s.quiet:
	case <-time.After(releaseWait):
	}
}
