package floor_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// Everybody speaks with a tone of their own, so that it can be told who hears
// whom. None is a multiple of another.
var tones = map[string]float64{"customer": 430, "d01": 610, "d02": 790, "d03": 1010, "outside": 1270} //nolint:gochecknoglobals // read-only

// outsider is a number that an agent may bring in.
const outsider = "+84917777777"

// trio is three agents who may call outside, a customer and an outside party.
type trio struct {
	*crew
	orders map[string]chan robot.Order
	ears   map[string]*ear
}

// openTrio opens a house with three desks.
func openTrio(t *testing.T, config map[string]any) *trio {
	t.Helper()
	users := []any{map[string]any{"login": "boss", "name": "The Boss", "password": rig.Password, "role": "manager"}}
	for _, login := range []string{"d01", "d02", "d03"} {
		users = append(users, map[string]any{"login": login, "name": "Desk " + login, "password": rig.Password, "queues": []string{"desks"}, "dial": true})
	}
	c := map[string]any{"organisation.country": "VN", "seed.users": users}
	for k, v := range config {
		c[k] = v
	}
	x := &trio{orders: map[string]chan robot.Order{}, ears: map[string]*ear{}}
	for who := range tones {
		x.ears[who] = &ear{}
	}
	h := rig.Open(t, rig.Options{Desks: 3, Config: c, Phones: func(p *phonenet.Config, _ string) {
		p.Called = func(number string) phonenet.Script {
			return phonenet.Script{Number: number, Ring: 200 * time.Millisecond, Voice: &robot.Tone{Hz: tones["outside"]}, Heard: x.ears["outside"].phone}
		}
	}})
	x.crew = &crew{t: t, h: h, plan: func(string, wire.Ring) robot.Plan {
		return robot.Plan{React: 50 * time.Millisecond, Wrap: 50 * time.Millisecond}
	}}
	var seats []robot.Config
	for _, login := range []string{"d01", "d02", "d03"} {
		x.orders[login] = make(chan robot.Order)
		seats = append(seats, robot.Config{
			Server: h.URL(), Login: login, Password: rig.Password, Stay: true, Voice: &robot.Tone{Hz: tones[login]}, Orders: x.orders[login],
			Decide: func(r wire.Ring) robot.Plan { return x.decide(login, r) }, Note: x.note, Heard: x.ears[login].browser,
		})
	}
	rig.SeatRobots(t, nil, seats...)
	return x
}

// speaks lets a customer call and waits until an agent has the call: who, and
// the call's id.
func (x *trio) speaks(number string) (k *customer, agent, id string) {
	x.t.Helper()
	for _, e := range x.ears {
		e.forget()
	}
	ctx, leave := context.WithCancel(context.Background())
	k = &customer{number: number, began: time.Now(), over: make(chan phonenet.Result, 1), leave: leave}
	go func() {
		r, err := x.h.Net.Place(ctx, phonenet.Script{Number: number, Dialed: "1902", Voice: &robot.Tone{Hz: tones["customer"]}, Heard: x.ears["customer"].phone})
		if err != nil && ctx.Err() == nil {
			x.t.Errorf("%s can't call: %v", number, err)
		}
		k.over <- r
	}()
	x.t.Cleanup(leave)
	rig.Eventually(x.t, "an agent has "+number, func() bool { return len(x.who("connected", number)) > 0 }, nil)
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, a := range x.acts {
		if a.What == "connected" && a.Party == number {
			return k, a.Agent, a.Call
		}
	}
	return k, "", ""
}

// has waits until so many agents have had the customer, one after the other; it
// returns the last.
func (x *trio) has(number string, n int) string {
	x.t.Helper()
	rig.Eventually(x.t, fmt.Sprint("the customer has agent ", n), func() bool { return len(x.who("connected", number)) == n }, nil)
	return x.who("connected", number)[n-1]
}

// others are the agents but this one, in order.
func others(than ...string) []string {
	return slices.DeleteFunc([]string{"d01", "d02", "d03"}, func(s string) bool { return slices.Contains(than, s) })
}

// tells has an agent's page send a message, which must be taken.
func (x *trio) tells(login, typ string, body any) {
	x.t.Helper()
	if err := x.asks(login, typ, body); err != nil {
		x.t.Fatalf("%s: %s: %v", login, typ, err)
	}
}

// asks is the same; the error is what the server says against it.
func (x *trio) asks(login, typ string, body any) error {
	x.t.Helper()
	answer := make(chan error, 1)
	select {
	case x.orders[login] <- robot.Order{Type: typ, Body: body, Answer: answer}:
	case <-time.After(rig.Patience):
		x.t.Fatalf("%s does not listen", login)
	}
	select {
	case err := <-answer:
		return err
	case <-time.After(rig.Patience):
		x.t.Fatalf("%s gets no answer", login)
		return nil
	}
}

// to names somebody for a call.
func to(id, kind, name string) wire.Ask {
	return wire.Ask{Call: id, To: wire.Target{Kind: kind, ID: name}}
}

// hears waits until somebody hears exactly these, of all who speak.
func (x *trio) hears(who string, whom ...string) {
	x.t.Helper()
	rig.Eventually(x.t, fmt.Sprintf("%s hears %v", who, whom), func() bool {
		for other, hz := range tones {
			if x.ears[who].hears(hz) != slices.Contains(whom, other) {
				return false
			}
		}
		return true
	}, func() string { return x.ears[who].tell() })
}

// ear keeps the last half second that somebody heard.
type ear struct {
	mu  sync.Mutex
	pcm []int16
	at  time.Time
}

func (e *ear) phone(payload []byte, pt uint8)   { e.take(phonenet.Decode(payload, pt)) }
func (e *ear) browser(pt uint8, payload []byte) { e.take(phonenet.Decode(payload, pt)) }

func (e *ear) take(pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pcm = append(e.pcm, pcm...); len(e.pcm) > 4000 {
		e.pcm = slices.Clone(e.pcm[len(e.pcm)-4000:])
	}
	e.at = time.Now()
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pcm = nil
}

// hears reports whether the tone is a good part of the last half second: a
// tenth of its energy or more. Who gets no packets any more hears nothing.
func (e *ear) hears(hz float64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.pcm) < 4000 || time.Since(e.at) > time.Second {
		return false
	}
	var re, im, all float64
	for i, s := range e.pcm {
		a := 2 * math.Pi * hz * float64(i) / 8000
		re, im, all = re+float64(s)*math.Cos(a), im+float64(s)*math.Sin(a), all+float64(s)*float64(s)
	}
	n := float64(len(e.pcm))
	return all/n > 300*300 && 2*(re*re+im*im)/n > 0.1*all
}

func (e *ear) tell() string {
	s := "it hears"
	for who, hz := range tones {
		if e.hears(hz) {
			s += " " + who
		}
	}
	return s
}

// parts are the segments of a call as the records have them.
func (x *trio) parts(id string) []map[string]any {
	return x.h.SQL.Rows(`SELECT agent, via, from_segment, talk_us, consult_us, conference_us, connected_at, ended_at, taken_at
		FROM records.segments WHERE call = $1 ORDER BY segment`, id)
}

// sound settles the house and has both checkers look at the books. The robots
// are the test's own, so no witness has written down what their desks saw.
func (x *trio) sound() {
	x.t.Helper()
	x.h.Settle(time.Minute)
	late := rig.Late(time.Second)
	x.h.Check(rig.Allow{Finding: func(f check.Finding) bool { return late(f) || f.Law == check.LawDesk }})
}
