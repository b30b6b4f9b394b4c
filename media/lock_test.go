package media

import (
	"net/netip"
	"testing"
	"time"
)

var (
	announced = netip.MustParseAddrPort("192.0.2.1:4000")
	behindNAT = netip.MustParseAddrPort("203.0.113.9:31000")
	sprayer   = netip.MustParseAddrPort("198.51.100.66:9")
)

type shot struct {
	from netip.AddrPort
	ssrc uint32
	seq  uint16
	at   time.Duration
	want verdict
}

func TestSourceLock(t *testing.T) {
	ms := time.Millisecond
	for name, c := range map[string]struct {
		shots []shot
		then  netip.AddrPort
	}{
		"the announced address is believed at once": {then: announced, shots: []shot{
			{announced, 1, 10, 0, accepted}, {sprayer, 1, 11, 1 * ms, foreign}, {announced, 1, 11, 20 * ms, accepted}}},
		"another address has to be learned": {then: behindNAT, shots: []shot{
			{behindNAT, 1, 10, 0, learning}, {behindNAT, 1, 11, 20 * ms, learning}, {behindNAT, 1, 12, 40 * ms, learning},
			{behindNAT, 1, 13, 60 * ms, accepted}, {sprayer, 1, 14, 61 * ms, foreign}}},
		"packets of 10 ms need five": {then: behindNAT, shots: []shot{
			{behindNAT, 1, 1, 0, learning}, {behindNAT, 1, 2, 10 * ms, learning}, {behindNAT, 1, 3, 20 * ms, learning},
			{behindNAT, 1, 4, 30 * ms, learning}, {behindNAT, 1, 5, 40 * ms, accepted}}},
		"a sprayer faster than speech is not learned": {shots: []shot{
			{sprayer, 1, 1, 0, learning}, {sprayer, 1, 2, 2 * ms, learning}, {sprayer, 1, 3, 4 * ms, learning},
			{sprayer, 1, 4, 6 * ms, learning}, {sprayer, 1, 5, 8 * ms, learning}}},
		"out of sequence begins again": {shots: []shot{
			{behindNAT, 1, 10, 0, learning}, {behindNAT, 1, 11, 20 * ms, learning}, {behindNAT, 1, 13, 40 * ms, learning},
			{behindNAT, 1, 14, 60 * ms, learning}, {behindNAT, 1, 15, 80 * ms, learning}}},
		"a sprayer between does not disturb the learning": {then: behindNAT, shots: []shot{
			{behindNAT, 1, 10, 0, learning}, {sprayer, 9, 77, 1 * ms, learning}, {behindNAT, 1, 11, 20 * ms, learning},
			{sprayer, 9, 5, 21 * ms, learning}, {behindNAT, 1, 12, 40 * ms, learning}, {behindNAT, 1, 13, 60 * ms, accepted}}},
		"the announced address wins against a learned one": {then: announced, shots: []shot{
			{sprayer, 9, 1, 0, learning}, {sprayer, 9, 2, 20 * ms, learning}, {sprayer, 9, 3, 40 * ms, learning},
			{sprayer, 9, 4, 60 * ms, accepted}, {announced, 1, 50, 70 * ms, accepted}, {sprayer, 9, 5, 80 * ms, foreign}}},
		"another SSRC of the source has to be learned": {then: announced, shots: []shot{
			{announced, 1, 10, 0, accepted}, {announced, 2, 90, 20 * ms, foreign}, {announced, 1, 11, 25 * ms, accepted},
			{announced, 2, 91, 40 * ms, foreign}, {announced, 2, 92, 60 * ms, foreign}, {announced, 2, 93, 80 * ms, accepted},
			{announced, 1, 12, 81 * ms, foreign}}},
	} {
		t.Run(name, func(t *testing.T) {
			var l sourceLock
			l.announce(announced)
			start := time.Now()
			for i, s := range c.shots {
				if got := l.admit(s.from, header{ssrc: s.ssrc, seq: s.seq}, start.Add(s.at)); got != s.want {
					t.Errorf("packet %d: %d, want %d", i, got, s.want)
				}
			}
			if l.source != c.then {
				t.Errorf("locked to %v, want %v", l.source, c.then)
			}
		})
	}
}

func TestOnlyAnotherAddressReleasesTheLock(t *testing.T) {
	var l sourceLock
	now := time.Now()
	if got := l.admit(announced, header{}, now); got != learning {
		t.Errorf("before any SDP: %d", got)
	}
	l.announce(announced)
	l.admit(announced, header{ssrc: 1}, now)
	l.announce(announced) // a session refresh
	if !l.locked() {
		t.Error("the same address released the lock")
	}
	l.announce(behindNAT)
	if l.locked() || l.admit(announced, header{ssrc: 1}, now) != learning {
		t.Error("another address did not release the lock")
	}
}
