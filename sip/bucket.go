package sip

import (
	"net/netip"
	"sync"
	"time"
)

// buckets limit messages per source: IPv4 by address, IPv6 by /64, since one subscriber has a whole /64.
type buckets struct {
	rate  float64 // messages a second
	burst float64

	mu      sync.Mutex
	sources map[netip.Addr]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// maxSources bounds the memory. Only allowed sources get here, so it is reached by a wide prefix at most.
const maxSources = 4096

func newBuckets(rate, burst float64) *buckets {
	return &buckets{rate: rate, burst: burst, sources: map[netip.Addr]bucket{}}
}

// take claims one message of the source.
func (b *buckets) take(a netip.Addr, now time.Time) bool {
	if a.Is6() && !a.Is4In6() {
		p, _ := a.Prefix(64) // a valid address has one
		a = p.Addr()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	have, ok := b.sources[a]
	if !ok {
		b.roomLocked(now)
		have = bucket{tokens: b.burst, at: now}
	}
	have.tokens = min(b.burst, have.tokens+b.rate*now.Sub(have.at).Seconds())
	have.at = now
	allowed := have.tokens >= 1
	if allowed {
		have.tokens--
	}
	b.sources[a] = have
	return allowed
}

// roomLocked forgets sources whose bucket is full again: they are as good as new. If none is, the newcomers of a flood
// push out whom the map yields first.
func (b *buckets) roomLocked(now time.Time) {
	if len(b.sources) < maxSources {
		return
	}
	for a, have := range b.sources {
		if have.tokens+b.rate*now.Sub(have.at).Seconds() >= b.burst {
			delete(b.sources, a)
		}
	}
	for a := range b.sources {
		if len(b.sources) < maxSources {
			return
		}
		delete(b.sources, a)
	}
}
