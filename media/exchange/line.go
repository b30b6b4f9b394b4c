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
	x   *Exchange
	end media.TrunkEnd

	// under Exchange.mu
	key  legKey
	post Post  // nil until bound
	seat *seat // the agent in the call, also while the customer is on hold
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
	l.TrunkEnd, l.end = end, end
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

// Close posts the account of the leg's sound, then ends the connection.
func (l *line) Close(cause error) {
	l.x.mu.Lock()
	post, no := l.post, l.key.leg
	l.x.mu.Unlock()
	if post != nil {
		post(time.Now(), call.Summary{Stats: summary(no, media.Stats{}, l.end.Stats())})
	}
	l.end.Close(cause)
}

// silence ends every way in which the leg is heard.
func (l *line) silence() {
	l.end.Attach(nil)
	if l.seat != nil && l.seat.line == l {
		l.seat.mute()
	}
}

// event runs in the engine's courier.
func (l *line) event(ev media.Event) {
	l.x.mu.Lock()
	post, leg := l.post, l.key.leg
	l.x.mu.Unlock()
	if post == nil {
		return
	}
	if in := legInput(leg, ev, l.end.Stats); in != nil {
		post(ev.At, in)
	}
}

// legInput says what an end's event means to a call; nil: nothing.
func legInput(leg stamp.LegNo, ev media.Event, stats func() media.Stats) call.Input {
	switch ev.Kind {
	case media.FirstReceived:
		return call.FirstRx{Leg: leg}
	case media.Digit:
		return call.Digit{Leg: leg, Digit: rune(ev.Digit), For: ev.Duration}
	case media.Silent:
		return call.Silent{Leg: leg, AgoUS: sinceLast(ev.At, stats())}
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

// sinceLast is the age of the last packet at at, in µs; 0 when none ever came.
func sinceLast(at time.Time, s media.Stats) int64 {
	if s.LastReceivedAt.IsZero() {
		return 0
	}
	return at.Sub(s.LastReceivedAt).Microseconds()
}

// summary is the account of a leg between two snapshots of its end.
func summary(no stamp.LegNo, from, to media.Stats) stamp.MediaSummary {
	return stamp.MediaSummary{
		Leg: no, Rx: to.Received - from.Received, Tx: to.Sent - from.Sent, Lost: to.Lost - from.Lost,
		JitterUS: to.Jitter.Microseconds(), RTTUS: to.RTT.Microseconds(), MOS: to.MOS(),
	}
}
