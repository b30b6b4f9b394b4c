package robot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// setUp bounds what a robot waits for before it is ready.
const setUp = 15 * time.Second

// silence is how long a page waits for a word of the server: two heartbeats.
const silence = 4500 * time.Millisecond

// Robot is one agent at work. Its loop owns everything; timers, the reader and
// errands post to it.
type Robot struct {
	cfg  Config
	link *link

	// owned by work
	phone      *phone
	connecting int       // phones under way
	unseated   time.Time // the server has no connection of ours since then; zero: it has
	cookies    string
	plan       plan
	due        *time.Timer

	ready   func() // called once
	frames  chan wire.Frame
	failed  chan error // of the reader, one for each connection
	done    chan deedDone
	phones  chan newly
	over    chan struct{}
	errands sync.WaitGroup // reader, commands and connections under way
}

// plan is the present call's plan and what of it is still to be done.
type plan struct {
	Plan
	call  string // whose plan it is
	offer string // that rang, if one did
	todo  deeds
}

// Run takes calls until ctx ends or, without Stay, the server goes away. ready,
// if not nil, is called once the robot takes calls for the first time.
func Run(ctx context.Context, c Config, ready func()) error {
	r := &Robot{cfg: c, link: &link{desk: "robot-" + c.Login, next: 1}, due: time.NewTimer(time.Hour), ready: ready,
		frames: make(chan wire.Frame, 64), failed: make(chan error, 1), done: make(chan deedDone), phones: make(chan newly), over: make(chan struct{})}
	if c.Note == nil {
		r.cfg.Note = func(Act) {}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := r.sitDown(ctx, setUp); err != nil {
		return err
	}
	err := r.work(ctx)
	stop()
	close(r.over)
	r.link.lost()
	r.link.forget()
	if r.phone != nil {
		err = errors.Join(err, r.phone.close())
	}
	r.errands.Wait()
	return err
}

// sitDown logs in where there is no login yet, opens the desk within limit,
// begins to read and, unless the server resumed, to connect the sound.
func (r *Robot) sitDown(ctx context.Context, limit time.Duration) error {
	conn, err := r.open(ctx, limit)
	if err != nil {
		return err
	}
	w, err := r.link.greet(conn)
	if err != nil {
		conn.Close()
		if websocket.IsCloseError(err, wire.CloseUnauthorized) {
			r.cookies = ""
		}
		return fmt.Errorf("robot %s: %w", r.cfg.Login, err)
	}
	r.errands.Go(func() { r.reader(conn) })
	r.seated(w.Presence.Seat)
	if w.Resumed {
		r.note("back", wire.Call{}, "")
		r.arm()
		return nil
	}
	r.anew(ctx, w)
	return nil
}

func (r *Robot) open(ctx context.Context, limit time.Duration) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if r.cookies == "" {
		cookies, err := login(ctx, r.cfg)
		if err != nil {
			return nil, err
		}
		r.cookies = cookies
	}
	conn, err := dial(ctx, r.cfg, r.cookies)
	if errors.Is(err, errSession) {
		r.cookies = ""
	}
	return conn, err
}

// anew begins at a server that remembers nothing of this tab.
func (r *Robot) anew(ctx context.Context, w wire.Welcome) {
	if r.plan.todo.phase == "ring" || r.plan.todo.phase == "wrap" {
		r.begin("", "")
	}
	r.arm()
	r.connect(ctx, w.Presence.State)
}

// reader is the only reader of a connection.
func (r *Robot) reader(conn *websocket.Conn) {
	for {
		f, err := r.link.read(conn)
		if err != nil {
			select {
			case r.failed <- err:
			case <-r.over:
			}
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
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case err = <-r.failed:
			err = r.comeBack(ctx, err)
		case <-beat.C:
			err = r.beat()
		case f := <-r.frames:
			err = r.take(ctx, f)
		case n := <-r.phones:
			err = r.connected(ctx, n)
		case <-look.C:
			r.look(ctx)
		case d := <-r.cfg.Hand:
			r.dialByHand(ctx, d)
		case o := <-r.cfg.Orders:
			r.ordered(ctx, o)
		case d := <-r.done:
			r.did(d)
		case <-r.due.C:
			r.deed(ctx)
		}
		if err != nil {
			return fmt.Errorf("robot %s: %w", r.cfg.Login, err)
		}
	}
}

// beat proves life.
func (r *Robot) beat() error {
	err := r.link.beat()
	if !r.cfg.Stay {
		return err
	}
	if err != nil {
		r.link.lost() // the reader tells
	}
	return nil
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
	case wire.TypePresence:
		var p wire.Presence
		if err := json.Unmarshal(f.Body, &p); err != nil {
			return err
		}
		r.seated(p.Seat)
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
