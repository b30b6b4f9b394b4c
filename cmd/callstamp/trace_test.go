package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/callstamp/callstamp/kpi/stamp"
)

var rewriteTraces = flag.Bool("rewrite", false, "write golden files anew")

const tracedCall = stamp.ID("019aa511-29f8-7c4e-9d35-5f0b6c1e2a77")

// moment is one stamp of a call as a machine would make it; at is ms since its INVITE.
type moment struct {
	at    int64
	phase string
	actor stamp.Actor
	fact  stamp.Fact
}

// answeredCall waits, is offered twice, talks with a hold and is rated.
func answeredCall() []moment {
	const offer1, offer2 = stamp.ID("019aa511-5a0e-7b11-8a6e-0c9f3d2b7e15"), stamp.ID("019aa511-6b1f-7b11-8a6e-0c9f3d2b7e16")
	return []moment{
		{0, stamp.PhaseArriving, stamp.Customer, stamp.CallCreated{Direction: stamp.In, Trunk: "viettel", Route: "1900", Party: "p-1"}},
		{0, "", stamp.Customer, stamp.LegInviteReceived{Leg: 1, Trunk: "viettel"}},
		{41, "", stamp.System, stamp.LegAnswered{Leg: 1, Role: "customer", Codec: "PCMA"}},
		{41, stamp.PhaseWaiting, stamp.System, stamp.QueueEntered{Entry: 1, Queue: "q-support", First: true, TargetUS: 20e6}},
		{118, "", stamp.Network, stamp.MediaFirstRx{Leg: 1}},
		{2_310, stamp.PhaseOffering, stamp.System, stamp.OfferCreated{Offer: offer1, Entry: 1, Queue: "q-support", Agent: "u-ha", Session: "s-1", LimitUS: 20e6}},
		{2_360, "", stamp.Agent, stamp.OfferRingStarted{Offer: offer1, Agent: "u-ha"}},
		{22_310, stamp.PhaseWaiting, stamp.System, stamp.OfferEnded{Offer: offer1, Agent: "u-ha", End: stamp.OfferTimedOut, RingUS: 19_950_000}},
		{22_310, stamp.PhaseOffering, stamp.System, stamp.OfferCreated{Offer: offer2, Entry: 1, Queue: "q-support", Agent: "u-bao", Session: "s-2", LimitUS: 20e6}},
		{27_270, stamp.PhaseConnecting, stamp.Agent, stamp.OfferAccepted{Offer: offer2, Agent: "u-bao", RingUS: 4_900_000}},
		{27_270, "", stamp.Agent, stamp.SegmentOpened{Segment: 1, Agent: "u-bao", Session: "s-2", Leg: 2, Offer: offer2, Queue: "q-support"}},
		{27_280, "", stamp.Agent, stamp.LegAnswered{Leg: 2, Role: "agent", Codec: "PCMA", Agent: "u-bao"}},
		{27_600, "", stamp.Network, stamp.MediaFirstRx{Leg: 2}},
		{27_660, "", stamp.System, stamp.QueueExited{Entry: 1, Queue: "q-support", Reason: stamp.ExitConnected, WaitUS: 27_619_000}},
		{27_660, stamp.PhaseTalking, stamp.System, stamp.SegmentConnected{Segment: 1, Agent: "u-bao", WaitUS: 27_619_000}},
		{40_000, stamp.PhaseHeld, stamp.Agent, stamp.HoldStarted{Segment: 1, By: stamp.Agent}},
		{52_000, stamp.PhaseTalking, stamp.Agent, stamp.HoldEnded{Segment: 1, By: stamp.Agent}},
		{90_880, stamp.PhaseSurveying, stamp.Agent, stamp.SegmentEnded{Segment: 1, Agent: "u-bao", By: stamp.Agent, PrePhase: "talking", Connected: true}},
		{90_880, "", stamp.Agent, stamp.LegEnded{Leg: 2, By: stamp.Agent}},
		{90_880, "", stamp.System, stamp.WrapStarted{Segment: 1, Agent: "u-bao", LimitUS: 30e6}},
		{90_880, "", stamp.System, stamp.SurveyOffered{Survey: "csat", Segment: 1, Agent: "u-bao", Language: "vi"}},
		{91_000, "", stamp.System, stamp.SurveyAsked{Segment: 1, Question: "csat", Attempt: 1}},
		{94_500, "", stamp.Customer, stamp.SurveyResponded{Segment: 1, Question: "csat", Value: 5, Scale: 5}},
		{96_000, "", stamp.System, stamp.SurveyEnded{Segment: 1, End: "completed"}},
		{96_010, "", stamp.System, stamp.LegEnded{Leg: 1, By: stamp.System}},
		{96_010, stamp.PhaseOver, stamp.System, stamp.CallReleased{EndedBy: stamp.Agent, PrePhase: "surveying"}},
		{96_011, "", stamp.System, stamp.MediaSummary{Leg: 1, Rx: 4795, Tx: 4790, Lost: 5, JitterUS: 1_250, RTTUS: 21_000, MOS: 4.3}},
		{104_000, "", stamp.Agent, stamp.DispositionSet{Segment: 1, Agent: "u-bao", Code: "solved"}},
		{104_100, "", stamp.Agent, stamp.WrapEnded{Segment: 1, Agent: "u-bao", By: "agent"}},
		{104_100, stamp.PhaseClosed, stamp.System, stamp.CallClosed{Outcome: "answered"}},
	}
}

// cutCall was closed by recovery: nothing of it ended by itself.
func cutCall() []moment {
	return []moment{
		{0, stamp.PhaseDialing, stamp.Dialer, stamp.CallCreated{Direction: stamp.Out, Trunk: "viettel", Campaign: "c-1", Lead: "l-1", Attempt: "a-1"}},
		{1, "", stamp.Dialer, stamp.LegInviteSent{Leg: 1, Trunk: "viettel"}},
		{900, "", stamp.Network, stamp.LegRinging{Leg: 1, Code: 180}},
		{3_000, stamp.PhaseOver, stamp.System, stamp.CallReleased{EndedBy: stamp.System, PrePhase: "dialing", Estimated: true}},
		{3_000, stamp.PhaseClosed, stamp.System, stamp.CallClosed{Outcome: "abnormal"}},
	}
}

func stampsOf(call stamp.ID, story []moment) (stamps []stamp.Stamp) {
	const invite = 1_795_244_220_000_000 // 2026-11-21T07:37:00Z
	for i, s := range story {
		stamps = append(stamps, stamp.Stamp{
			Node: "n-1", Seq: uint64(1000 + i), Subject: stamp.Subject{Kind: stamp.SubjectCall, ID: call}, N: uint64(i + 1), Call: call,
			Instant: stamp.Instant{At: invite + s.at*1000, Mono: s.at * 1000, Boot: 3}, Actor: s.actor, Phase: s.phase, Fact: s.fact,
		})
	}
	return stamps
}

// inText draws a trace: instants in seconds since the call began.
func inText(spans []span) string {
	var b strings.Builder
	second := func(at int64) string { return fmt.Sprintf("%.3f", float64(at-spans[0].start)/1e6) }
	list := func(attrs []attr) string {
		var words []string
		for _, a := range attrs {
			words = append(words, fmt.Sprintf("%s=%v", strings.TrimPrefix(a.key, "callstamp."), a.value))
		}
		return strings.Join(words, " ")
	}
	for i, s := range spans {
		indent := ""
		if i > 0 {
			indent = "  "
		}
		fmt.Fprintf(&b, "%s%x %s  %s to %s", indent, s.id, s.name, second(s.start), second(s.end))
		if s.failed != "" {
			fmt.Fprintf(&b, "  FAILED: %s", s.failed)
		}
		b.WriteString("\n")
		if len(s.attrs) > 0 {
			fmt.Fprintf(&b, "%s    %s\n", indent, list(s.attrs))
		}
		for _, e := range s.events {
			fmt.Fprintf(&b, "%s    at %s %s: %s\n", indent, second(e.at), e.name, list(e.attrs))
		}
	}
	return b.String()
}

// TestTraceIsTheFoldOfItsStamps compares with texts that a person can read.
func TestTraceIsTheFoldOfItsStamps(t *testing.T) {
	for name, story := range map[string][]moment{"answered": answeredCall(), "cut": cutCall()} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "trace", name+".txt")
			got := inText(spansOf(stampsOf(tracedCall, story)))
			if *rewriteTraces {
				fine(t, os.MkdirAll(filepath.Dir(file), 0o755))
				fine(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			fine(t, err)
			if got != string(want) {
				t.Errorf("the trace is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestTraceOfAnyPrefix: a call cut off after any stamp has spans that end, none before it began, all within the call.
func TestTraceOfAnyPrefix(t *testing.T) {
	stamps := stampsOf(tracedCall, answeredCall())
	for n := range stamps {
		spans := spansOf(stamps[:n+1])
		seen := map[spanID]bool{}
		for _, s := range spans {
			if s.end < s.start || s.start < spans[0].start || s.end > spans[0].end {
				t.Errorf("after %d stamps: %s from %d to %d, the call from %d to %d", n+1, s.name, s.start, s.end, spans[0].start, spans[0].end)
			}
			keys := map[string]bool{}
			for _, a := range s.attrs {
				if keys[a.key] {
					t.Errorf("%s says %s twice", s.name, a.key)
				}
				keys[a.key] = true
			}
			if seen[s.id] {
				t.Errorf("after %d stamps: two spans are %x", n+1, s.id)
			}
			seen[s.id] = true
		}
	}
}

// TestTraceSurvivesASetClock: the clock goes back by an hour in the call, and nothing is longer or shorter.
func TestTraceSurvivesASetClock(t *testing.T) {
	plain, set := stampsOf(tracedCall, answeredCall()), stampsOf(tracedCall, answeredCall())
	for i := range set[len(set)/2:] {
		set[len(set)/2+i].At -= 3600e6
	}
	if inText(spansOf(set)) != inText(spansOf(plain)) {
		t.Error("the trace of a call over a clock step is another")
	}
}

func TestTraceIDIsTheCalls(t *testing.T) {
	id, err := traceOf(tracedCall)
	if got := fmt.Sprintf("%x", id); err != nil || got != "019aa51129f87c4e9d355f0b6c1e2a77" {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := traceOf("n1.3"); err == nil {
		t.Error("a node has a trace")
	}
}

// TestTracerNeverWaits: a collector that hangs costs traces, which are counted; what it takes later is whole.
func TestTracerNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		let := make(chan error)
		sent := 0
		tr := newTracer(func(_ context.Context, traces [][]span, ids []traceID) error {
			sent += len(traces)
			return <-let
		}, slog.New(slog.DiscardHandler))
		ended := make(chan struct{})
		go func() { tr.run(t.Context()); close(ended) }()
		const calls = tracesMost + 500
		for i := range calls {
			for _, s := range stampsOf(stamp.ID(fmt.Sprintf("019aa511-29f8-7c4e-9d35-%012x", i)), cutCall()) {
				tr.heed(s) // would block the test if it waited
			}
			if i == 0 {
				synctest.Wait() // the first one is with the collector
			}
		}
		if got := tr.losses.Load(); got != calls-tracesMost-1 {
			t.Errorf("%d dropped", got)
		}
		let <- errors.New("503")
		close(let)
		tr.finish()
		<-ended
		if got, want := tr.exported.Load(), uint64(tracesMost); got != want || sent != tracesMost+1 {
			t.Errorf("%d exported, %d sent, want %d", got, sent, want)
		}
		if len(tr.open) != 0 {
			t.Errorf("%d calls are kept for ever", len(tr.open))
		}
	})
}

// TestTracerTakesOnlyWholeCalls: one whose beginning it has not seen is none, unless an earlier boot's stamps were given.
func TestTracerTakesOnlyWholeCalls(t *testing.T) {
	stamps := stampsOf(tracedCall, answeredCall())
	half := newTracer(nil, slog.Default())
	for _, s := range stamps[5:] {
		half.heed(s)
	}
	if len(half.closed) != 0 || len(half.open) != 0 {
		t.Error("half a call has a trace")
	}
	seeded := newTracer(nil, slog.Default())
	seeded.seed([][]stamp.Stamp{stamps[:5]})
	for _, s := range stamps[5:] {
		seeded.heed(s)
	}
	if got := <-seeded.closed; len(got) != len(stamps) {
		t.Errorf("%d stamps of %d", len(got), len(stamps))
	}
	var none *tracer // nothing is configured
	none.seed(nil)
	none.heed(stamps[0])
	none.run(t.Context())
	none.finish()
}
