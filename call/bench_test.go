package call

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// BenchmarkCall is one inbound call from INVITE to closed, 19 steps with 26
// stamps: divide by 19 for a step.
func BenchmarkCall(b *testing.B) {
	inputs := []Input{
		Arrived{Trunk: "carrier", Party: "p"}, LegAnswered{1, "PCMU"},
		Matched{Offer: "o1", Entry: 1, Seat: Seat{"anna", "s"}}, DeskRings{"o1"}, Accept{"o1"}, FirstRx{1}, FirstRx{2},
		AgentMute{"anna", true}, AgentMute{"anna", false}, AgentHold{"anna", true}, AgentHold{"anna", false},
		AgentHangup{"anna"}, Summary{stamp.MediaSummary{Leg: 2}}, Asked{"csat", 1, "csat", AboutLast}, Responded{"csat", 5, 5, stamp.AnswerGood}, DialogueEnded{"completed"},
		LegGone{Leg: 1, By: stamp.System}, Dispose{"anna", 1, "sold"}, EndWrap{"anna", 1, "agent"},
	}
	plan := testPlan()
	plan.Survey = "csat"
	b.ReportAllocs()
	for range b.N {
		m := New("c", plan)
		for i, in := range inputs {
			if _, _, err := m.Step(instant(float64(i)), in); err != nil {
				b.Fatal(err)
			}
		}
		if !m.Closed() {
			b.Fatal("the call is not closed")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(inputs)), "ns/step")
}

// BenchmarkStep is the commonest step: an observation in a talk.
func BenchmarkStep(b *testing.B) {
	m := New("c", testPlan())
	for i, in := range []Input{Arrived{}, LegAnswered{1, "PCMU"}, Matched{Offer: "o1", Entry: 1, Seat: Seat{"anna", "s"}}, Accept{"o1"}, FirstRx{1}, FirstRx{2}} {
		if _, _, err := m.Step(instant(float64(i)), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for i := range b.N {
		if _, _, err := m.Step(instant(10), AgentMute{"anna", i%2 == 0}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkView(b *testing.B) {
	m := New("c", testPlan())
	for i, in := range []Input{Arrived{}, LegAnswered{1, "PCMU"}, Matched{Offer: "o1", Entry: 1, Seat: Seat{"anna", "s"}}, Accept{"o1"}, FirstRx{1}, FirstRx{2}} {
		if _, _, err := m.Step(instant(float64(i)), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for range b.N {
		_ = m.View("anna")
	}
}
