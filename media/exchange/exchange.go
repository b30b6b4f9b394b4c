// Package exchange ties sound to calls: it knows which trunk end is which leg
// and which browser is which agent's seat, carries out what a conversation
// orders (who hears whom, music, prompts) and posts what the ends report.
//
// A seat is the agent's, not the page's: a reloaded page brings another
// browser end to the same seat, the call is told SeatLost and SeatBack, and
// decides.
package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// ErrNoLeg says that an order can't be carried out; the conversation hands it
// back to its machine.
var ErrNoLeg = errors.New("no such leg")

// Engine makes ends; *media.Engine is one.
type Engine interface {
	NewTrunk(media.TrunkConfig) (media.TrunkEnd, error)
	NewWeb(media.WebConfig) (media.WebEnd, error)
	NewMixer() *media.Mixer
	Record(law media.Law, channels int, reel media.Reel) *media.Recorder
}

// Library gives prompts and music by language and name.
type Library interface {
	Prompt(language, name string) (*media.Clip, error)
	Music(name string) (*media.Clip, error)
}

// Seats hears of warm connections that come up and break, in the order in
// which they do. It must post and return, and not call the exchange.
type Seats interface {
	Seat(at time.Time, agent stamp.AgentID, up bool)
}

// Post hands an input to a call. It must neither wait nor call the exchange:
// it runs under the exchange's lock, so that a call hears everything in the
// order in which it happened.
type Post = func(at time.Time, in call.Input)

// Exchange is safe for concurrent use; none of its methods waits for the
// network but Answer, which waits for ICE gathering (milliseconds).
type Exchange struct {
	engine  Engine
	library Library
	seats   Seats
	tapes   Tapes

	writing sync.WaitGroup // a goroutine for each recording

	mu    sync.Mutex // taken before an end's own lock, never after it
	rooms map[stamp.ID]*room
	desks map[stamp.AgentID]*seat
}

// New makes an exchange on the engine. Close ends what it records.
func New(e Engine, l Library, s Seats, t Tapes) *Exchange {
	return &Exchange{engine: e, library: l, seats: s, tapes: t, rooms: map[stamp.ID]*room{}, desks: map[stamp.AgentID]*seat{}}
}

// Music lets the leg hear music; nobody hears the leg.
func (x *Exchange) Music(id stamp.ID, leg stamp.LegNo, name string) error {
	clip, err := x.library.Music(name)
	if err != nil {
		return fmt.Errorf("music for call %s: %w", id, err)
	}
	return x.play(id, leg, "", media.Loop(clip), false)
}

// Play lets the leg hear the prompts once, one after another; PlayDone{play}
// is posted when they have ended by themselves. Keys are also looked for in the
// sound itself, for far sides without RFC 4733.
func (x *Exchange) Play(id stamp.ID, leg stamp.LegNo, play int, language string, names []string) error {
	clips, err := x.clips(language, names)
	if err != nil {
		return fmt.Errorf("play to call %s: %w", id, err)
	}
	return x.play(id, leg, strconv.Itoa(play), media.Once(clips...), true)
}

func (x *Exchange) play(id stamp.ID, leg stamp.LegNo, tag string, src media.Source, keys bool) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	l := x.lineLocked(id, leg)
	if l == nil {
		return fmt.Errorf("play to call %s: leg %d: %w", id, leg, ErrNoLeg)
	}
	l.room.drop(leg)
	l.announcing = ""
	l.DetectInband(keys)
	l.TrunkEnd.Play(tag, src)
	return nil
}

func (x *Exchange) lineLocked(id stamp.ID, leg stamp.LegNo) *line {
	if r := x.rooms[id]; r != nil {
		return r.line(leg)
	}
	return nil
}

// Part takes the leg out: a line hears nothing any more, an agent's seat is
// free for another call and its account is posted.
func (x *Exchange) Part(id stamp.ID, leg stamp.LegNo) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.rooms[id]
	if r == nil {
		return
	}
	if l := r.line(leg); l != nil {
		r.drop(leg)
		l.announcing = ""
		l.DetectInband(false)
		l.TrunkEnd.Play("", nil)
		return
	}
	for _, s := range r.seats {
		if s.leg == leg {
			s.leave()
			return
		}
	}
}

// Forget drops everything known of the call. A leg that is not closed yet still
// posts its account when it is.
func (x *Exchange) Forget(id stamp.ID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.rooms[id]
	if r == nil {
		return
	}
	r.ears = nil
	r.lay(nil)
	r.stopAll(stamp.RecordedAll)
	for _, s := range slices.Clone(r.seats) {
		s.leave()
	}
	for _, l := range r.lines {
		l.room = nil
	}
	delete(x.rooms, id)
}
