package robot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// setUp bounds what a robot waits for before it is ready.
const setUp = 15 * time.Second

// Robot is one agent at work. Its loop owns everything; timers and the reader
// post to it.
type Robot struct {
	cfg   Config
	link  *link
	phone *phone

	// owned by work
	plan plan
	due  *time.Timer

	frames  chan wire.Frame
	failed  chan error
	over    chan struct{}
	errands sync.WaitGroup // reader and commands under way
}

// plan is the present call's plan and what of it is still to be done.
type plan struct {
	Plan
	todo deeds
}

// Run takes calls until ctx ends or the server goes away. ready, if not nil,
// is called once the robot takes calls.
func Run(ctx context.Context, c Config, ready func()) error {
	r := &Robot{cfg: c, due: time.NewTimer(time.Hour), frames: make(chan wire.Frame, 64),
		failed: make(chan error, 1), over: make(chan struct{})}
	if c.Note == nil {
		r.cfg.Note = func(Act) {}
	}
	if err := r.sitDown(ctx); err != nil {
		return err
	}
	if ready != nil {
		ready()
	}
	work, stop := context.WithCancel(ctx)
	err := r.work(work)
	stop()
	close(r.over)
	err = errors.Join(err, r.link.conn.Close(), r.phone.close())
	r.errands.Wait()
	return err
}

// sitDown logs in, brings up the warm connection and goes ready.
func (r *Robot) sitDown(ctx context.Context) error {
	l, _, err := dial(ctx, r.cfg, "robot-"+r.cfg.Login)
	if err != nil {
		return err
	}
	r.link = l
	r.errands.Go(r.reader)
	p, offer, err := newPhone(r.cfg.Voice, r.cfg.Heard)
	if err != nil {
		return errors.Join(err, l.conn.Close())
	}
	r.phone = p
	ctx, cancel := context.WithTimeout(ctx, setUp)
	defer cancel()
	err = r.connect(ctx, offer)
	if err == nil {
		_, err = l.ask(ctx, wire.TypeReady, nil)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("robot %s: %w", r.cfg.Login, err), l.conn.Close(), p.close())
	}
	return nil
}

func (r *Robot) connect(ctx context.Context, offer string) error {
	f, err := r.link.ask(ctx, wire.TypeMediaOffer, wire.SDP{SDP: offer})
	if err != nil {
		return err
	}
	var answer wire.SDP
	if err := json.Unmarshal(f.Body, &answer); err != nil {
		return fmt.Errorf("read media answer: %w", err)
	}
	return r.phone.answered(answer.SDP, setUp)
}

// reader is the only reader of the socket.
func (r *Robot) reader() {
	for {
		f, err := r.link.read()
		if err != nil {
			r.failed <- err
			return
		}
		select {
		case r.frames <- f:
		case <-r.over:
			return
		}
	}
}

func (r *Robot) work(ctx context.Context) error {
	beat := time.NewTicker(2 * time.Second)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case err = <-r.failed:
			return fmt.Errorf("robot %s lost its desk: %w", r.cfg.Login, err)
		case <-beat.C:
			err = r.link.write(wire.TypeHeartbeat, 0, wire.Heartbeat{ClientAt: time.Now().UnixMicro(), Mic: true})
		case f := <-r.frames:
			err = r.take(ctx, f)
		case <-r.due.C:
			err = r.deed(ctx)
		}
		if err != nil {
			return fmt.Errorf("robot %s: %w", r.cfg.Login, err)
		}
	}
}

// take follows one message of the server.
func (r *Robot) take(ctx context.Context, f wire.Frame) error {
	switch f.Type {
	case wire.TypeRing:
		var ring wire.Ring
		if err := json.Unmarshal(f.Body, &ring); err != nil {
			return err
		}
		r.rung(ctx, ring)
	case wire.TypeCall:
		var c wire.Call
		if err := json.Unmarshal(f.Body, &c); err != nil {
			return err
		}
		r.changed(c)
	case wire.TypeUnring:
		var u wire.Unring
		if err := json.Unmarshal(f.Body, &u); err != nil {
			return err
		}
		r.note("unring", wire.Call{}, u.Offer)
		r.stopRinging()
	}
	return nil
}

// note tells what is about to be done, or what was perceived.
func (r *Robot) note(what string, c wire.Call, offer string) {
	r.cfg.Note(Act{At: time.Now(), Agent: r.cfg.Login, What: what, Call: c.Call, Offer: offer, Party: c.Party.Number})
}
