package floor_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// crew are agents at the queue "desks", whose plan a test makes itself.
type crew struct {
	t *testing.T
	h *rig.House

	mu   sync.Mutex
	plan func(login string, ring wire.Ring) robot.Plan
	acts []robot.Act
}

// brief is a plan that takes a call at once and is done with it soon.
func brief(string, wire.Ring) robot.Plan {
	return robot.Plan{React: 100 * time.Millisecond, Talk: 600 * time.Millisecond, Wrap: 50 * time.Millisecond}
}

// seatCrew seats the house's desks and waits until all are ready.
func seatCrew(t *testing.T, h *rig.House, logins ...string) *crew {
	t.Helper()
	c := &crew{t: t, h: h, plan: brief}
	var seats []robot.Config
	for i, login := range logins {
		seats = append(seats, robot.Config{
			Server: h.URL(), Login: login, Password: rig.Password, Stay: true, Voice: robot.NewMurmur(uint64(i), 120),
			Decide: func(r wire.Ring) robot.Plan { return c.decide(login, r) }, Note: c.note,
		})
	}
	rig.SeatRobots(t, nil, seats...)
	return c
}

func (c *crew) decide(login string, r wire.Ring) robot.Plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.plan(login, r)
}

func (c *crew) note(a robot.Act) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acts = append(c.acts, a)
}

func (c *crew) does(plan func(login string, ring wire.Ring) robot.Plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plan = plan
}

// who are the agents who did or saw it for the customer, in order.
func (c *crew) who(what, number string) (logins []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.acts {
		if a.What == what && a.Party == number {
			logins = append(logins, a.Agent)
		}
	}
	return logins
}

// when is when somebody first did or saw it for the customer.
func (c *crew) when(what, number string) (at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.acts {
		if a.What == what && a.Party == number && at.IsZero() {
			at = a.At
		}
	}
	return at
}

// customer is one call to the queue "desks".
type customer struct {
	number string
	began  time.Time
	over   chan phonenet.Result
	leave  context.CancelFunc
}

// calls lets a customer call; the call is over with the test at the latest.
func (c *crew) calls(number string) *customer {
	c.t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	k := &customer{number: number, began: time.Now(), over: make(chan phonenet.Result, 1), leave: leave}
	go func() {
		r, err := c.h.Net.Place(ctx, phonenet.Script{Number: number, Dialed: "1902", Voice: robot.NewMurmur(9, 180)})
		if err != nil && ctx.Err() == nil {
			c.t.Errorf("%s can't call: %v", number, err)
		}
		k.over <- r
	}()
	c.t.Cleanup(leave)
	return k
}

// ends waits until the customer's call is over.
func (k *customer) ends(t *testing.T) {
	t.Helper()
	select {
	case <-k.over:
	case <-time.After(rig.Patience):
		t.Fatalf("%s is still in the call", k.number)
	}
}

// served lets a customer call and waits until one agent has talked and is done;
// it returns that agent.
func (c *crew) served(number string) string {
	c.t.Helper()
	k := c.calls(number)
	rig.Eventually(c.t, "somebody is done with "+number, func() bool { return len(c.who("done", number)) > 0 }, nil)
	k.ends(c.t)
	return c.who("done", number)[0]
}

// rings waits until exactly these are rung for the customer.
func (c *crew) rings(number string, logins ...string) {
	c.t.Helper()
	slices.Sort(logins)
	rung := func() []string { w := c.who("ringing", number); slices.Sort(w); return w }
	rig.Eventually(c.t, strings.Join(logins, " ")+" rung for "+number, func() bool { return slices.Equal(rung(), logins) },
		func() string { return strings.Join(rung(), " ") })
}

// boss is a manager's session.
type boss struct {
	t *testing.T
	*rig.Client
}

func manager(t *testing.T, h *rig.House) boss { return boss{t, rig.NewClient(t, h.URL(), "boss")} }

// takesEffect is how long after its answer a change of configuration may need
// until it holds for the next call.
const takesEffect = 500 * time.Millisecond

// does sends a request that must succeed, and waits until it holds.
func (b boss) does(method, path string, body any) {
	b.t.Helper()
	defer rig.Pass(takesEffect)
	var problem struct{ Detail string }
	if code := b.Do(method, path, body, nil); code < 200 || code > 299 {
		b.Do(method, path, body, &problem)
		b.t.Fatalf("%s %s: %d %s", method, path, code, problem.Detail)
	}
}

// routing changes the routing of the queue "desks".
func (b boss) routing(change func(*wire.QueueRouting)) {
	b.t.Helper()
	var all []wire.QueueRouting
	if code := b.Do("GET", "/api/queues", nil, &all); code != 200 {
		b.t.Fatalf("list queues: %d", code)
	}
	i := slices.IndexFunc(all, func(q wire.QueueRouting) bool { return q.Queue.ID == "desks" })
	change(&all[i])
	b.does("PUT", "/api/queues/desks/routing", all[i])
}

// servedWith is served where the agent's wrap-up ends by itself.
func (c *crew) servedWith(number string) string {
	c.t.Helper()
	k := c.calls(number)
	rig.Eventually(c.t, "somebody talks with "+number, func() bool { return len(c.who("connected", number)) > 0 }, nil)
	k.ends(c.t)
	return c.who("connected", number)[0]
}

// call is the id of the customer's call, as a desk saw it.
func (c *crew) call(number string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.acts {
		if a.Party == number && a.Call != "" {
			return a.Call
		}
	}
	return ""
}
