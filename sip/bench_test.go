package sip

import (
	"context"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// BenchmarkCall is a whole call, INVITE to the 200 of BYE, between two UAs of this process over loopback. cpu-us/call is
// what one side costs the processor.
func BenchmarkCall(b *testing.B) {
	mute := &fakeMedia{}
	trunk := Trunk{ID: "t1", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Host: "127.0.0.1", Prefixes: []string{"+84"}}
	start := func(t Trunk, incoming func(Invite, *Leg)) *UA {
		u, err := New(Config{Listen: []Listen{{"udp", "127.0.0.1:0"}}, T1: testT1, Media: mute, Trunks: []Trunk{t}, Incoming: incoming,
			Guard: GuardConfig{Rate: 1e6}})
		if err != nil {
			b.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- u.Serve(context.Background()) }()
		b.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := u.Close(ctx); err != nil {
				b.Error(err)
			}
			<-served
		})
		return u
	}
	callee := start(trunk, func(_ Invite, l *Leg) {
		l.Bind(stamp.NewID(), 1, func(time.Time, call.Input) {})
		l.Ring()
		l.Answer()
	})
	trunk.Port = int(callee.Addr("udp").Port())
	caller := start(trunk, func(_ Invite, l *Leg) { l.Release(404) })
	gone := make(chan struct{}, 64)
	free := make(chan struct{}, 64) // at most as many at once
	before := cpu(b)
	b.ResetTimer()
	go func() {
		for range b.N {
			free <- struct{}{}
			l, err := caller.Dial(call.Dial{Trunk: "t1", Number: "+84901234567"})
			if err != nil {
				b.Error(err)
				return
			}
			l.Bind(stamp.NewID(), 1, func(_ time.Time, in call.Input) {
				switch in.(type) {
				case call.LegAnswered:
					l.Release(0)
				case call.LegGone:
					gone <- struct{}{}
				}
			})
			l.Invite()
		}
	}()
	for range b.N {
		<-gone
		<-free
	}
	b.StopTimer()
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N)/2, "cpu-us/call")
}

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
