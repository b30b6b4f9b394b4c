package switchboard

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// quick is every neighbour at once, each doing nothing but what keeps a call
// going, at once.
type quick struct{}

func (q *quick) Mix(stamp.ID, []call.Ear) error                          { return nil }
func (q *quick) Music(stamp.ID, stamp.LegNo, string) error               { return nil }
func (q *quick) Play(stamp.ID, stamp.LegNo, int, string, []string) error { return nil }
func (q *quick) Part(stamp.ID, stamp.LegNo)                              {}
func (q *quick) Forget(stamp.ID)                                         {}
func (q *quick) Ring(call.Seat, stamp.ID, stamp.Instant, call.View)      {}
func (q *quick) Unring(call.Seat, stamp.ID, stamp.OfferEnd)              {}
func (q *quick) Show(call.Seat, call.View)                               {}
func (q *quick) Enqueue(call.Waiting)                                    {}
func (q *quick) Seek(call.Sought)                                        {}
func (q *quick) Dequeue(stamp.ID, stamp.EntryNo)                         {}
func (q *quick) Admit(call.Knock)                                        {}
func (q *quick) Move(call.Move)                                          {}
func (q *quick) Record([]stamp.Stamp, []stamp.Side) uint64               { return 1 }
func (q *quick) Durable(_ uint64, post func())                           { post() }
func (q *quick) Dial(call.Dial) (Line, error)                            { return nil, nil } //nolint:nilnil // not dialed here

func quickBoard() *Switchboard {
	q := &quick{}
	return New(Deps{
		Clock: stamp.NewClock(time.Now(), 1), Lines: q, Voice: q, Desk: q, Agents: q, Sink: q, Log: slog.New(slog.DiscardHandler),
	})
}

// quickLeg answers and confirms at once.
type quickLeg struct{ post func(time.Time, call.Input) }

func (l *quickLeg) Bind(_ stamp.ID, _ stamp.LegNo, post func(time.Time, call.Input)) { l.post = post }
func (l *quickLeg) Ring()                                                            {}
func (l *quickLeg) Hold(bool)                                                        {}
func (l *quickLeg) Answer()                                                          { l.post(time.Now(), call.LegAnswered{Leg: 1, Codec: "PCMU"}) }
func (l *quickLeg) Release(int)                                                      { l.post(time.Now(), call.LegGone{Leg: 1, By: stamp.System}) }

// talk begins a call and waits until it is a talk.
func talk(b testing.TB, s *Switchboard) (stamp.ID, *quickLeg) {
	leg := &quickLeg{}
	plan := inboundPlan()
	plan.WrapUS = 0
	id := s.Incoming(time.Now(), leg, plan, call.Arrived{Trunk: "carrier"}, stamp.Side{})
	for s.find(id).status().Phase != stamp.PhaseWaiting { // 200 and journal answer at once
		runtime.Gosched()
	}
	s.Post(id, time.Now(), call.Matched{Offer: "o", Entry: 1, Seat: anna})
	if err := s.Ask(b.Context(), id, call.Accept{Offer: "o"}); err != nil {
		b.Fatal(err)
	}
	s.Post(id, time.Now(), call.FirstRx{Leg: 1})
	s.Post(id, time.Now(), call.FirstRx{Leg: 2})
	return id, leg
}

// BenchmarkCommand is the round trip of an agent's command to a live call,
// among 2,000 other calls.
func BenchmarkCommand(b *testing.B) {
	s := quickBoard()
	var id stamp.ID
	for range 2000 {
		id, _ = talk(b, s)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := s.Ask(b.Context(), id, call.AgentMute{Agent: "anna", On: i%2 == 0}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	drainNow(s)
}

// BenchmarkCalls begins 2,000 calls, commands each and ends them all.
func BenchmarkCalls(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		s := quickBoard()
		var all sync.WaitGroup
		for range 2000 {
			all.Go(func() {
				id, leg := talk(b, s)
				if err := s.Ask(b.Context(), id, call.AgentHold{Agent: "anna", On: true}); err != nil {
					b.Error(err)
				}
				leg.post(time.Now(), call.LegGone{Leg: 1, By: stamp.Customer})
			})
		}
		all.Wait()
		s.Drain(b.Context())
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*2000), "µs/call")
}

func drainNow(s *Switchboard) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.Drain(ctx)
}
