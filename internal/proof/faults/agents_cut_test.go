package faults_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// talking seats so many people in one Chromium and brings each into a call.
func talking(t *testing.T, h *rig.House, n int) (desks []*person, customers []*customer) {
	t.Helper()
	b := rig.Chromium(t)
	for i := range n {
		desks = append(desks, sit(t, h, b, fmt.Sprintf("d%02d", i+1)))
	}
	for i := range n { // the one who has been idle longest gets the call
		c := calls(t, h, fmt.Sprintf("+84920000%03d", i+1), 0)
		desks[i].answer(c)
		customers = append(customers, c)
	}
	return desks, customers
}

func logins(people []*person) (names []string) {
	for _, p := range people {
		names = append(names, p.Login)
	}
	return names
}

// cutFigures are the times of cuts: from the cut to the music, from the heal to
// sound at either side and to the open socket.
type cutFigures struct{ music, heard, hears, socket []time.Duration }

// deskCuts cuts everything of Chromium for 10 s.
func deskCuts(t *testing.T, seed uint64, row *rig.Row) {
	const desks, rounds = 3, 4
	h := deskHouse(t, seed, desks, nil)
	w := wall(t, h)
	people, customers := talking(t, h, desks)
	l := h.Load(aside())
	var f cutFigures
	for range rounds {
		cut := time.Now()
		w.desks(true, true, logins(people)...)
		rig.Pass(cutLength)
		w.heal(logins(people)...)
		f.after(t, people, customers, cut, time.Now())
	}
	l.Stop()
	f.end(t, h, row, people, customers, rounds)
}

// soundCuts cuts Chromium's sound for 8 s; the page can tell the server, and
// does: it makes a new connection.
func soundCuts(t *testing.T, seed uint64, row *rig.Row) {
	const rounds, length = 2, 8 * time.Second
	h := deskHouse(t, seed, 1, nil)
	w := wall(t, h)
	people, customers := talking(t, h, 1)
	l := h.Load(aside())
	var f cutFigures
	for range rounds {
		cut := time.Now()
		w.desks(false, true, logins(people)...)
		people[0].stays(`callstampDebug.state.link === "open"`, length)
		w.heal(logins(people)...)
		f.after(t, people, customers, cut, time.Now())
	}
	l.Stop()
	f.end(t, h, row, people, customers, rounds)
}

// stays checks that an expression holds all the time.
func (p *person) stays(expression string, d time.Duration) {
	p.t.Helper()
	if err := p.Until("!("+expression+")", d); err == nil {
		p.t.Errorf("%s: no longer", expression)
	}
}

// after waits until everybody is heard again after a heal.
func (f *cutFigures) after(t *testing.T, people []*person, customers []*customer, cut, healed time.Time) {
	t.Helper()
	for i, c := range customers {
		music, ok := c.music(cut)
		if !ok || music.After(healed) {
			t.Errorf("%s heard no music in the cut", c.number)
		} else {
			f.music = append(f.music, music.Sub(cut))
		}
		rig.Eventually(t, c.number+" hears the agent again", c.hears, nil)
		for _, p := range c.since(healed) {
			if p.isAgent() {
				f.heard = append(f.heard, p.at.Sub(healed))
				break
			}
		}
		rig.Eventually(t, people[i].Login+" hears the customer again", people[i].hears, nil)
		f.hears = append(f.hears, time.Since(healed))
		people[i].Await(`callstampDebug.state.link === "open" && callstampDebug.state.call.phase === "talking"`)
		f.socket = append(f.socket, time.Since(healed))
	}
	rig.Pass(3 * time.Second) // whatever still comes of it comes now
	for _, c := range customers {
		if !c.hears() {
			t.Errorf("%s does not hear the agent 3 s later", c.number)
		}
	}
}

// end ends the calls and judges.
func (f *cutFigures) end(t *testing.T, h *rig.House, row *rig.Row, people []*person, customers []*customer, rounds int) {
	t.Helper()
	for i, p := range people {
		p.done(customers[i])
	}
	h.Settle(2 * time.Minute)
	var gaps []time.Duration
	for _, c := range customers {
		gaps = append(gaps, c.check(rounds)...)
	}
	row.Figure("after the cut: music at the customer's %s; after the heal: agent heard %s, customer heard %s, socket open %s; gap in the record %s",
		spread(f.music), spread(f.heard), spread(f.hears), spread(f.socket), spread(gaps))
	for what, d := range map[string][]time.Duration{"the agent is heard": f.heard, "the customer is heard": f.hears} {
		if len(d) == 0 || p95(d) > backWithin {
			t.Errorf("after the heal %s within %s, want %s", what, spread(d), backWithin)
		}
	}
	if len(f.music) == 0 || p95(f.music) > musicWithin {
		t.Errorf("music within %s, want %s", spread(f.music), musicWithin)
	}
	row.Take(h.Check(aFew()))
}

// socketCut cuts Chromium's socket alone: the call must not feel it.
func socketCut(t *testing.T, seed uint64, row *rig.Row) {
	h := deskHouse(t, seed, 1, nil)
	w := wall(t, h)
	people, customers := talking(t, h, 1)
	p, c := people[0], customers[0]
	l := h.Load(aside())
	cut := time.Now()
	w.desks(true, false, p.Login)
	rig.Pass(cutLength)
	w.heal(p.Login)
	healed := time.Now()
	p.Await(`callstampDebug.state.link === "open"`)
	open := time.Since(healed)
	rig.Pass(2 * time.Second)
	others := c.undisturbed(cut)
	if others > 0 || !p.hears() {
		t.Errorf("%d pieces of 60 ms were not the agent's", others)
	}
	row.Figure("socket open %.2f s after the heal; %d pieces of sound of %d disturbed", open.Seconds(), others, len(c.since(cut)))
	if open > backWithin {
		t.Errorf("the socket is open %s after the heal, want %s", open, backWithin)
	}
	l.Stop()
	p.done(c)
	h.Settle(2 * time.Minute)
	c.check(0)
	row.Take(h.Check(aFew()))
}
