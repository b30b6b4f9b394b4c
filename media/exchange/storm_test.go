package exchange_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

var seed = flag.Uint64("seed", 0, "of the storm; 0 = a new one, which is printed")

// storm is 50 calls and 20 agents, everybody ordering at once.
type storm struct {
	*house
	t      *testing.T
	lines  []*line
	parts  []sync.Mutex  // of each line: its conversation
	legs   []stamp.LegNo // the newest of each line
	agents []map[stamp.LegNo]stamp.AgentID
}

// TestStorm orders everything at once, sensible or not, and asks: does anything
// hang, race or leak, does every leg have at most one account, does a call hear
// of a seat's fates in turn?
func TestStorm(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed=%d", *seed)
	s := &storm{house: newHouse(t, soon), t: t, parts: make([]sync.Mutex, 50), legs: make([]stamp.LegNo, 50), agents: make([]map[stamp.LegNo]stamp.AgentID, 50)}
	for i := range 50 {
		s.lines = append(s.lines, s.call(t, stamp.ID(fmt.Sprintf("c%d", i))))
		s.legs[i], s.agents[i] = 1, map[stamp.LegNo]stamp.AgentID{}
		if i%5 == 0 {
			speak(t, 400, s.lines[i].write)
		}
	}
	for i := range 20 {
		p := s.seat(t, agentNo(i))
		if i%4 == 0 {
			speak(t, 1000, p.write)
		}
	}
	var all sync.WaitGroup
	for i := range uint64(10) {
		r := rand.New(rand.NewPCG(*seed, i))
		all.Go(func() {
			for range 300 {
				s.converse(r, r.IntN(50))
			}
		})
	}
	for i := range 4 {
		all.Go(func() { s.reload(agentNo(i)) })
	}
	all.Wait()
	for i, l := range s.lines {
		l.end.Close(nil)
		if i%2 == 0 {
			s.Forget(l.id)
		}
		s.Part(l.id, 1)
		for leg := stamp.LegNo(2); leg <= s.legs[i]; leg++ {
			s.Part(l.id, leg)
		}
		s.Forget(l.id)
		s.check(i)
	}
	for i := range 20 {
		s.Leave(agentNo(i))
	}
	eventually(t, "no end is left", func() bool { return s.engine.Stats().Ends == 0 })
}

func agentNo(i int) stamp.AgentID { return stamp.AgentID(fmt.Sprintf("agent%d", i)) }

// converse is one order of a call's conversation; like there, one at a time.
func (s *storm) converse(r *rand.Rand, i int) {
	s.parts[i].Lock()
	defer s.parts[i].Unlock()
	l := s.lines[i]
	var err error
	switch r.IntN(12) {
	case 0, 1, 2:
		s.legs[i]++
		agent := agentNo(r.IntN(20))
		s.agents[i][s.legs[i]] = agent
		err = s.Mix(l.id, pair(1, s.legs[i], agent))
	case 10, 11:
		err = s.Mix(l.id, s.crowd(r, i))
	case 3, 4:
		err = s.Music(l.id, 1, "music")
	case 5:
		err = s.Play(l.id, 1, r.IntN(9), "en", []string{"csat"})
	case 6, 7:
		s.Part(l.id, s.legs[i])
	case 8:
		s.Part(l.id, 1)
	case 9:
		s.Forget(l.id)
		s.AddTrunk(l.id, 1, l.end, l.post)
	}
	if err != nil {
		s.t.Errorf("call %d: %v", i, err)
	}
}

// crowd lets the customer and two agents hear each other.
func (s *storm) crowd(r *rand.Rand, i int) []call.Ear {
	ears := []call.Ear{{Leg: 1, Hears: []stamp.LegNo{s.legs[i] + 1, s.legs[i] + 2}}}
	first := r.IntN(20)
	for k, agent := range []stamp.AgentID{agentNo(first), agentNo((first + 1 + r.IntN(18)) % 20)} {
		s.legs[i]++
		s.agents[i][s.legs[i]] = agent
		ears = append(ears, call.Ear{Leg: s.legs[i], Agent: agent, Hears: []stamp.LegNo{1, ears[0].Hears[1-k]}})
	}
	return ears
}

// reload brings an agent one page after another, and sometimes none.
func (s *storm) reload(agent stamp.AgentID) {
	for n := range 6 {
		p := open(s.t)
		if err := s.sit(agent, p); err != nil && !errors.Is(err, media.ErrClosed) {
			s.t.Errorf("%s: %v", agent, err)
		}
		if n%2 == 0 {
			eventually(s.t, "seated", func() bool { return s.Seated(agent) })
		}
		if n%3 == 2 {
			s.Leave(agent)
		}
	}
}

// check reads what a call was told.
func (s *storm) check(i int) {
	b := &s.lines[i].box
	accounts := map[stamp.LegNo]int{}
	for _, in := range must(of[call.Summary](b)) {
		accounts[in.Stats.Leg]++
	}
	for leg := stamp.LegNo(1); leg <= s.legs[i]; leg++ {
		if accounts[leg] != 1 {
			s.t.Errorf("call %d: %d accounts of leg %d", i, accounts[leg], leg)
		}
	}
	s.inTurn(i, b)
}

// inTurn: within an agent's part of the call, which the account of its leg ends,
// the seat is lost before it is back and back before it is lost again.
func (s *storm) inTurn(i int, b *box) {
	last := map[stamp.AgentID]string{}
	fate := func(agent stamp.AgentID, word string) {
		if last[agent] == word {
			s.t.Errorf("call %d: %s is %s twice", i, agent, word)
		}
		last[agent] = word
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.all {
		switch in := h.in.(type) {
		case call.SeatLost:
			fate(in.Agent, "lost")
		case call.SeatBack:
			fate(in.Agent, "back")
		case call.Summary:
			last[s.agents[i][in.Stats.Leg]] = ""
		}
	}
}
