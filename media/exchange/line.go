package exchange

import (
	"fmt"
	"slices"
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

	ear *media.Ear

	// under Exchange.mu
	place
	post      Post // nil until bound
	accounted bool
}

// NewTrunk makes a trunk end whose reports find their call once AddTrunk has
// bound it. cfg.OnEvent, if any, hears them too.
func (x *Exchange) NewTrunk(cfg media.TrunkConfig) (media.TrunkEnd, error) {
	l := &line{x: x, ear: media.NewEar(false)}
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
	r := x.rooms[id]
	if r == nil {
		r = &room{x: x, id: id}
		x.rooms[id] = r
	}
	r.post = post
	l.post, l.place = post, place{room: r, leg: no}
	r.lines = append(slices.DeleteFunc(r.lines, func(other *line) bool { return other.leg == no }), l)
}

// Close posts the account of the leg's sound, once, then ends the connection.
func (l *line) Close(cause error) {
	l.x.mu.Lock()
	if l.post != nil && !l.accounted {
		l.accounted = true
		l.post(time.Now(), call.Summary{Stats: account(l.leg, l.Stats())})
	}
	if l.room != nil {
		l.room.drop(l.leg)
	}
	l.x.mu.Unlock()
	l.TrunkEnd.Close(cause)
}

// event runs in the engine's courier.
func (l *line) event(ev media.Event) {
	l.x.mu.Lock()
	defer l.x.mu.Unlock()
	if l.post != nil {
		l.tell(ev, l.post)
	}
}

// tell posts what an end's event means to the call. A first packet counts for
// the picture that stands now, not for one before it.
func (p *place) tell(ev media.Event, post Post) {
	if ev.Kind == media.FirstReceived {
		if !p.awaits || ev.At.Before(p.joined) {
			return
		}
		p.awaits = false
	}
	if ev.Kind == media.Played && ev.ID == p.announcing {
		p.announcing = ""
	}
	if ev.Kind == media.Digit && p.room != nil {
		p.room.passKey(p.leg, ev)
	}
	if in := legInput(p.leg, ev); in != nil {
		post(ev.At, in)
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
	case media.MicSilent:
		return call.MicSilent{Leg: leg}
	case media.MicHeard:
		return call.MicHeard{Leg: leg}
	case media.Played:
		n, err := strconv.Atoi(ev.ID)
		if err != nil {
			return nil // music
		}
		return call.PlayDone{Play: n}
	}
	return nil
}
