package exchange

import (
	"fmt"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// Tapes gives what recordings are written to. Open must not wait for a disk for
// long: the call's other orders wait meanwhile. Its error is why there is no
// recording.
type Tapes interface {
	Open(r Recording) (Tape, error)
}

// Recording says what a tape is of.
type Recording struct {
	Call     stamp.ID
	No       stamp.RecordingNo
	Kind     stamp.RecordingKind
	Law      media.Law
	Channels int
	Began    time.Time
}

// Tape takes the sound of one recording, in its law, channels interleaved. Only
// the recording's own goroutine calls it. After Close nothing follows; Close also
// follows an error of Write.
type Tape interface {
	Write(sound []byte) (int, error)
	Close(why stamp.RecordingEnd, gaps []Gap)
}

// Gap is a part of a recording that was paused, counted in its own time.
type Gap struct{ From, To time.Duration }

// recording is one at work.
type recording struct {
	x     *Exchange
	call  stamp.ID
	order call.Record
	post  Post
	spool *spool

	// under Exchange.mu
	rec    *media.Recorder
	gaps   []Gap // the last may be open: To is 0
	paused bool
	limit  *time.Timer // nil: none
}

// Record begins to record (switchboard.Recorder). RecordEnded is posted only if
// it ends before StopRecord. The error is the tapes', or ErrNoLeg.
func (x *Exchange) Record(id stamp.ID, order call.Record) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.rooms[id]
	leg := max(order.Leg, stamp.CustomerLeg)
	if r == nil || r.line(leg) == nil {
		return fmt.Errorf("record call %s: leg %d: %w", id, leg, ErrNoLeg)
	}
	what := Recording{Call: id, No: order.No, Kind: order.Kind, Law: r.line(leg).Format().Prefer, Channels: 2, Began: time.Now()}
	if order.Leg != 0 {
		what.Channels = 1
	}
	tape, err := x.tapes.Open(what)
	if err != nil {
		return fmt.Errorf("record call %s: %w", id, err)
	}
	t := &recording{x: x, call: id, order: order, post: r.post, spool: newSpool(tape, what.Channels)}
	t.rec = x.engine.Record(what.Law, what.Channels, t.spool)
	if order.MaxUS > 0 {
		t.limit = time.AfterFunc(time.Duration(order.MaxUS)*time.Microsecond, func() { t.over(stamp.RecordedTooLong) })
	}
	r.tapes = append(r.tapes, t)
	t.hear(r, r.parties())
	x.writing.Go(func() {
		if t.spool.run() {
			t.over(stamp.RecordedDiskFull)
			t.spool.finish()
		}
	})
	return nil
}

// PauseRecord records silence, or sound again. A recording that is over hears
// nothing of it.
func (x *Exchange) PauseRecord(id stamp.ID, no stamp.RecordingNo, on bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if t := x.tapeLocked(id, no); t != nil && t.paused != on {
		t.pause(on)
	}
}

func (t *recording) pause(on bool) {
	at := t.rec.Pause(on)
	t.paused = on
	if on {
		t.gaps = append(t.gaps, Gap{From: at})
	} else {
		t.gaps[len(t.gaps)-1].To = at
	}
}

// StopRecord ends a recording; its tape is closed soon after.
func (x *Exchange) StopRecord(id stamp.ID, no stamp.RecordingNo, why stamp.RecordingEnd) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if t := x.tapeLocked(id, no); t != nil {
		t.stop(x.rooms[id], why)
	}
}

func (x *Exchange) tapeLocked(id stamp.ID, no stamp.RecordingNo) *recording {
	if r := x.rooms[id]; r != nil {
		for _, t := range r.tapes {
			if t.order.No == no {
				return t
			}
		}
	}
	return nil
}

// stop ends the hearing and lets the tape be closed.
func (t *recording) stop(r *room, why stamp.RecordingEnd) {
	r.tapes = slices.DeleteFunc(r.tapes, func(other *recording) bool { return other == t })
	if t.limit != nil {
		t.limit.Stop()
	}
	length := t.rec.Stop()
	if t.paused {
		t.gaps[len(t.gaps)-1].To = length
	}
	t.spool.end(why, t.gaps)
}

// over ends a recording that can't or must not go on, and tells the call.
func (t *recording) over(why stamp.RecordingEnd) {
	t.x.mu.Lock()
	defer t.x.mu.Unlock()
	r := t.x.rooms[t.call]
	if r == nil || !slices.Contains(r.tapes, t) {
		return // ended meanwhile
	}
	t.stop(r, why)
	t.post(time.Now(), call.RecordEnded{No: t.order.No, Why: why})
}

// hear lets the recorder hear those of the picture that belong on its channels.
func (t *recording) hear(r *room, all []party) {
	if t.order.Leg != 0 {
		var ends []media.End
		if l := r.line(t.order.Leg); l != nil {
			ends = []media.End{l.TrunkEnd}
		}
		t.rec.Hear(ends)
		return
	}
	var left, right []media.End
	for _, p := range all {
		if p.leg != stamp.CustomerLeg {
			continue
		}
		if len(p.heard) > 0 {
			left = append(left, p.end)
		}
		for _, i := range p.hears {
			right = append(right, all[i].end)
		}
	}
	t.rec.Hear(left, right)
}

// stopAll ends all recordings of the call.
func (r *room) stopAll(why stamp.RecordingEnd) {
	for _, t := range slices.Clone(r.tapes) {
		t.stop(r, why)
	}
}

// Close ends what is still being recorded and waits until all tapes are closed.
// Nothing may be recorded after it.
func (x *Exchange) Close() {
	x.mu.Lock()
	for _, r := range x.rooms {
		r.stopAll(stamp.RecordedAll)
	}
	x.mu.Unlock()
	x.writing.Wait()
}
