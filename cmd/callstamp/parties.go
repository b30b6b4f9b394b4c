package main

import (
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// parties remembers who is at the other end of the calls that are open, and
// for a while after: desks draw a call once more when it is closed.
type parties struct {
	mu   sync.Mutex
	by   map[stamp.PartyID]*party
	of   map[stamp.ID][]stamp.PartyID // open calls: the customer, outside parties
	idle []idle                       // who may be forgotten, the oldest first
}

type party struct {
	wire.Party
	calls int       // open
	at    time.Time // when it was last put, or lost a call
}

type idle struct {
	id stamp.PartyID
	at time.Time
}

const (
	// keepParty is how long a party without a call is remembered.
	keepParty = time.Minute
	// maxParties bounds the memory, should calls never close: a day of a large
	// floor. Desks show no number of those who are forgotten.
	maxParties = 100_000
)

// put remembers a party, as a rule just before its call begins.
func (p *parties) put(id stamp.PartyID, w wire.Party) { p.keep(id, w, 0, time.Now()) }

// hold remembers the party of a call that began in an earlier boot: until this
// one ends.
func (p *parties) hold(id stamp.PartyID, w wire.Party) { p.keep(id, w, 1, time.Now()) }

func (p *parties) keep(id stamp.PartyID, w wire.Party, calls int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil || len(p.by) >= maxParties {
		p.by, p.of, p.idle = map[stamp.PartyID]*party{}, map[stamp.ID][]stamp.PartyID{}, nil
	}
	k := p.by[id]
	if k == nil {
		k = &party{}
		p.by[id] = k
	}
	k.Party, k.at = w, now
	k.calls += calls
	p.idle = append(p.idle, idle{id, now})
}

func (p *parties) get(id stamp.PartyID) wire.Party {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k := p.by[id]; k != nil {
		return k.Party
	}
	return wire.Party{}
}

// atCall is the customer of an open call: who was known of it first.
func (p *parties) atCall(call stamp.ID) wire.Party {
	p.mu.Lock()
	defer p.mu.Unlock()
	if all := p.of[call]; len(all) > 0 && p.by[all[0]] != nil {
		return p.by[all[0]].Party
	}
	return wire.Party{}
}

// heed follows the calls: who has one stays.
func (p *parties) heed(stamps []stamp.Stamp) {
	for _, s := range stamps {
		switch f := s.Fact.(type) {
		case stamp.CallCreated:
			p.begun(s.Subject.ID, f.Party)
		case stamp.ConsultStarted:
			p.begun(s.Subject.ID, f.Target.Party)
		case stamp.TransferStarted:
			p.begun(s.Subject.ID, f.Target.Party)
		case stamp.CallClosed:
			p.closed(s.Subject.ID, time.Now())
		}
	}
}

func (p *parties) begun(call stamp.ID, id stamp.PartyID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k := p.by[id]; k != nil {
		k.calls++
	}
	if p.of != nil { // nobody was ever put
		p.of[call] = append(p.of[call], id)
	}
}

func (p *parties) closed(call stamp.ID, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.of[call] {
		if k := p.by[id]; k != nil {
			k.calls--
			k.at = now
			p.idle = append(p.idle, idle{id, now})
		}
	}
	delete(p.of, call)
	p.forgetLocked(now)
}

func (p *parties) forgetLocked(now time.Time) {
	n := 0
	for ; n < len(p.idle) && now.Sub(p.idle[n].at) > keepParty; n++ {
		id := p.idle[n].id
		if k := p.by[id]; k != nil && k.calls == 0 && now.Sub(k.at) > keepParty {
			delete(p.by, id)
		}
	}
	p.idle = slices.Delete(p.idle, 0, n)
}
