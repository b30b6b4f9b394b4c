package rig

import (
	"context"
	"fmt"
	"slices"
	"sync"
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
	logins := slices.Concat(h.Agents, h.Sellers)
	h.robots.hands = map[string]chan robot.HandDial{}
	ready := make(chan string, len(logins))
	failed := make(chan error, len(logins))
	for i, login := range logins {
		hand := make(chan robot.HandDial)
		h.robots.hands[login] = hand
		c := robot.Config{Hand: hand, Server: h.URL(), Login: login, Password: Password, Decide: h.desks.decide, Stay: true,
			Voice: robot.NewMurmur(uint64(i), 120), Note: h.agent, Bind: h.Address(login)}
		h.robots.wg.Go(func() {
			if err := robot.Run(h.robots.leave, c, func() { ready <- login }); err != nil {
				h.robots.fail(err)
				failed <- err
			}
		})
	}
	limit := time.After(2 * time.Minute)
	for range logins {
		select {
		case <-ready:
		case err := <-failed:
			h.t.Fatal(err)
		case <-limit:
			h.t.Fatal("not all robots are ready within two minutes")
		}
	}
}
