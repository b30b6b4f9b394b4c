package rig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/robot"
)

// robots are the agents at their desks.
type robots struct {
	leave  context.Context //nolint:containedctx // ends when everybody goes home
	cut    context.CancelFunc
	seated bool
	hands  map[string]chan robot.HandDial // by login
	wg     sync.WaitGroup
	mu     sync.Mutex
	failed []error
}

func (r *robots) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, err)
}

// Address is the robot's in the network; "" where all have the same.
func (h *House) Address(login string) string {
	i := slices.Index(slices.Concat(h.Agents, h.Sellers), login)
	if i < 0 || !h.opt.Spread {
		return ""
	}
	return fmt.Sprintf("127.0.1.%d", i+1)
}

// Seat seats every robot and waits until all are ready. They come back by
// themselves whenever they lose their desks. Load seats them, too.
func (h *House) Seat() {
	h.t.Helper()
	if h.robots.seated {
		return
	}
	h.robots.seated = true
	h.robots.hands = map[string]chan robot.HandDial{}
	var all []robot.Config
	for i, login := range slices.Concat(h.Agents, h.Sellers) {
		hand := make(chan robot.HandDial)
		h.robots.hands[login] = hand
		all = append(all, robot.Config{Hand: hand, Server: h.URL(), Login: login, Password: Password, Decide: h.desks.decide, Stay: true,
			Voice: robot.NewMurmur(uint64(i), 120), Note: h.agent, Bind: h.Address(login)})
	}
	seat(h.robots.leave, h.t, &h.robots.wg, all, h.robots.fail)
}

// SeatRobots seats robots of the test's own and waits until all are ready; they
// leave when the test ends. An error that ends one before fails the test,
// unless it is excused (nil: none is).
func SeatRobots(t testing.TB, excused func(error) bool, all ...robot.Config) {
	t.Helper()
	var seats robots
	seats.leave, seats.cut = context.WithCancel(context.Background())
	t.Cleanup(func() {
		seats.cut()
		seats.wg.Wait()
		for _, err := range seats.failed {
			if !errors.Is(err, context.Canceled) && (excused == nil || !excused(err)) {
				t.Error(err)
			}
		}
	})
	seat(seats.leave, t, &seats.wg, all, seats.fail)
}

// seatLimit is how long it may take until all are ready: each connects its
// sound.
const seatLimit = 2 * time.Minute

// seat runs the robots until ctx ends and waits until all are ready; fail is
// told what ended one before.
func seat(ctx context.Context, t testing.TB, running *sync.WaitGroup, all []robot.Config, fail func(error)) {
	t.Helper()
	ready, failed := make(chan struct{}, len(all)), make(chan error, len(all))
	for _, c := range all {
		running.Go(func() {
			if err := robot.Run(ctx, c, func() { ready <- struct{}{} }); err != nil {
				err = fmt.Errorf("robot %s: %w", c.Login, err)
				fail(err)
				failed <- err
			}
		})
	}
	limit := time.After(seatLimit)
	for range all {
		select {
		case <-ready:
		case err := <-failed:
			t.Fatal(err)
		case <-limit:
			t.Fatalf("not all robots are ready within %s", seatLimit)
		}
	}
}
