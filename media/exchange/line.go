package exchange

import (
	"fmt"
	"strconv"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// line is a trunk end and, once bound, the leg that it is.
type line struct {
	media.TrunkEnd
	x *Exchange

	// under Exchange.mu
	key       legKey
	post      Post      // nil until bound
	seat      *seat     // the agent in the call, also while the customer is on hold; its line is this one
	bridged   time.Time // zero: the seat does not hear the leg
	accounted bool
}

// NewTrunk makes a trunk end whose reports find their call once AddTrunk has
// bound it. cfg.OnEvent, if any, hears them too.
func (x *Exchange) NewTrunk(cfg media.TrunkConfig) (media.TrunkEnd, error) {
	l := &line{x: x}
	also := cfg.OnEvent
	cfg.OnEvent = func(ev media.Event) {
		l.event(ev)
		if also != nil {
			also(ev)
		}
	}
	end, err := x.engine.NewTrunk(cfg)
	if err != nil {
		return nil, err
	}
	l.TrunkEnd = end
	return l, nil
}

// AddTrunk says which leg a trunk end is and where its reports go. end must
// come from NewTrunk.
func (x *Exchange) AddTrunk(id stamp.ID, no stamp.LegNo, end media.TrunkEnd, post Post) {
	l, ok := end.(*line)
	if !ok {
		panic(fmt.Sprintf("trunk end of call %s was not made by this exchange", id))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	l.key, l.post = legKey{id, no}, post
	x.lines[l.key] = l
}

// Close posts the account of the leg's sound, once, then ends the connection.
func (l *line) Close(cause error) {
	l.x.mu.Lock()
	if l.post != nil && !l.accounted {
		l.accounted = true
		l.post(time.Now(), call.Summary{Stats: account(l.key.leg, l.Stats())})
	}
	l.x.mu.Unlock()
	l.TrunkEnd.Close(cause)
}

// silence ends the bridge: nobody hears the leg, and the leg nobody. What is
// played to it goes on.
func (l *line) silence() {
	l.bridged = time.Time{}
	l.Attach(nil)
	if l.seat != nil && l.seat.end != nil {
		l.seat.mute()
	}
}

// event runs in the engine's courier.
func (l *line) event(ev media.Event) {
	l.x.mu.Lock()
	defer l.x.mu.Unlock()
	if l.post != nil {
		l.tell(l.key.leg, ev)
	}
}

// tell posts what an end's event means to the call. A first packet counts for
// the bridge that stands now, not for one before it.
func (l *line) tell(leg stamp.LegNo, ev media.Event) {
	if ev.Kind == media.FirstReceived && (l.bridged.IsZero() || ev.At.Before(l.bridged)) {
		return
	}
	if in := legInput(leg, ev); in != nil {
		l.post(ev.At, in)
	}
}

// legInput says what an end's event means to a call; nil: nothing.
func legInput(leg stamp.LegNo, ev media.Event) call.Input {
	switch ev.Kind {
	case media.FirstReceived:
		return call.FirstRx{Leg: leg}
	case media.Digit:
		return call.Digit{Leg: leg, Digit: rune(ev.Digit), For: ev.Duration}
	case media.Silent:
		return call.Silent{Leg: leg, AgoUS: ev.Duration.Microseconds()}
	case media.Resumed:
		return call.Resumed{Leg: leg}
	case media.Played:
		n, err := strconv.Atoi(ev.ID)
		if err != nil {
			return nil // music
		}
		return call.PlayDone{Play: n}
	}
	return nil
}
