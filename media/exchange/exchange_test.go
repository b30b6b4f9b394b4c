package exchange_test

import (
	"errors"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/exchange"
)

func TestBridgeCarriesSoundBothWays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	eventually(t, "both are received", func() bool { return l.end.Stats().Received > 5 })
	if ins, _ := of[call.FirstRx](&l.box); len(ins) != 0 || l.count()+anna.count() != 0 {
		t.Errorf("before the bridge: %+v, %d and %d packets relayed", ins, l.count(), anna.count())
	}
	bridged := h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	anna.awaitTone(t, 440)
	awaitFirsts(t, l, 1, bridged)
}

// Every bridge awaits its own first packets, also one that follows at once.
func TestEveryBridgeHasItsOwnFirstPackets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	for n := 1; n <= 10; n++ {
		awaitFirsts(t, l, n, h.bridge(t, l, "anna"))
	}
	// Ended before a packet came: it has none, and the next one's are its own.
	for range 50 {
		bridged := h.bridge(t, l, "anna")
		if err := h.Music(l.id, 1, "music"); err != nil {
			t.Fatal(err)
		}
		ended := time.Now()
		before := l.end.Stats().Received
		eventually(t, "a packet after the end", func() bool { return l.end.Stats().Received > before })
		for _, leg := range []stamp.LegNo{1, 2} {
			for _, at := range firsts(&l.box, leg)[10:] {
				if at.After(bridged) && at.After(ended) {
					t.Fatalf("a first packet of leg %d, %v after its bridge had ended", leg, at.Sub(ended))
				}
			}
		}
	}
}

func TestHoldAndResume(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	h.bridge(t, l, "anna")
	anna.awaitTone(t, 440)
	if err := h.Music(l.id, 1, "music"); err != nil {
		t.Fatal(err)
	}
	l.forget()
	l.awaitTone(t, musicHz)
	l.forget()
	anna.forget()
	l.awaitTone(t, musicHz)
	l.never(t, 1000)
	if n := anna.count(); n > 1 {
		t.Errorf("the agent heard %d packets of a customer on hold", n)
	}
	bridged := h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	anna.awaitTone(t, 440)
	awaitFirsts(t, l, 2, bridged)
	if ins, _ := of[call.PlayDone](&l.box); len(ins) != 0 {
		t.Errorf("music that was stopped told its end: %+v", ins)
	}
}

func TestPromptsAndKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l := h.call(t, "c1")
	if err := h.Play(l.id, 1, 5, "en", []string{"csat", "scale"}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	l.awaitTone(t, promptHz)
	pressInband(t, l.write)
	eventually(t, "the end of the prompts", func() bool { ins, _ := of[call.PlayDone](&l.box); return len(ins) == 1 })
	done, at := of[call.PlayDone](&l.box)
	if done[0].Play != 5 || at[0].Sub(began) < 500*time.Millisecond {
		t.Errorf("%+v after %v", done[0], at[0].Sub(began))
	}
	keys, _ := of[call.Digit](&l.box)
	if len(keys) != 1 || keys[0].Leg != 1 || keys[0].Digit != '5' || keys[0].For < 80*time.Millisecond {
		t.Errorf("the key that was heard: %+v", keys)
	}
	press(t, l.write, 101, 4)
	eventually(t, "the key that was signalled", func() bool { ins, _ := of[call.Digit](&l.box); return len(ins) == 2 })
	keys, _ = of[call.Digit](&l.box)
	if keys[1] != (call.Digit{Leg: 1, Digit: '4', For: 80 * time.Millisecond}) {
		t.Errorf("%+v", keys[1])
	}
	// A prompt that is cut off, by another one or by music, has not ended.
	for _, order := range []func() error{
		func() error { return h.Play(l.id, 1, 6, "en", []string{"long"}) },
		func() error { return h.Play(l.id, 1, -7, "en", []string{"thanks"}) },
		func() error { return h.Music(l.id, 1, "music") },
	} {
		if err := order(); err != nil {
			t.Fatal(err)
		}
	}
	l.awaitTone(t, musicHz)
	if err := h.Play(l.id, 1, -8, "en", []string{"thanks"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its end", func() bool { return len(must(of[call.PlayDone](&l.box))) == 2 })
	if done := must(of[call.PlayDone](&l.box)); done[1].Play != -8 {
		t.Errorf("a prompt that was cut off told its end: %+v", done)
	}
}

func must[I any](ins []I, _ []time.Time) []I { return ins }

func TestAgentsKeysAreHeard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	h.bridge(t, l, "anna")
	press(t, anna.write, 126, 11)
	eventually(t, "the key", func() bool { return len(must(of[call.Digit](&l.box))) == 1 })
	if in := must(of[call.Digit](&l.box))[0]; in.Leg != 2 || in.Digit != '#' {
		t.Errorf("%+v", in)
	}
}

func TestOrdersThatCantBeCarriedOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l := h.call(t, "c1")
	for name, c := range map[string]struct{ err, want error }{
		"bridge an unknown call": {h.Mix("c9", pair(1, 2, "anna")), exchange.ErrNoLeg},
		"bridge an unknown leg":  {h.Mix(l.id, pair(3, 2, "anna")), exchange.ErrNoLeg},
		"music for nobody":       {h.Music("c9", 1, "music"), exchange.ErrNoLeg},
		"play to nobody":         {h.Play("c9", 1, 1, "en", []string{"csat"}), exchange.ErrNoLeg},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if h.Music(l.id, 1, missing) == nil || h.Play(l.id, 1, 1, "en", []string{"csat", missing}) == nil {
		t.Error("a sound that isn't there was played")
	}
	h.Part("c9", 1)
	h.Part(l.id, 7)
	h.Forget("c9")
	h.Leave("nobody")
	if _, err := h.Answer("anna", "nonsense"); !errors.Is(err, media.ErrOffer) {
		t.Errorf("nonsense: %v", err)
	}
}

func TestSilenceIsToldWithItsAge(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *media.Config) { c.SilentAfter, c.GoneAfter = 200*time.Millisecond, 500*time.Millisecond })
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	quiet := speak(t, 440, l.write)
	h.bridge(t, l, "anna")
	l.end.Expect(true) // as sip does
	anna.awaitTone(t, 440)
	quiet()
	ofLeg := func(leg stamp.LegNo) (ages []int64) {
		for _, in := range must(of[call.Silent](&l.box)) {
			if in.Leg == leg {
				ages = append(ages, in.AgoUS)
			}
		}
		return ages
	}
	for _, leg := range []stamp.LegNo{1, 2} {
		eventually(t, "both ages of silence", func() bool { return len(ofLeg(leg)) == 2 })
		if ages := ofLeg(leg); ages[0] != 200_000 || ages[1] != 500_000 {
			t.Errorf("leg %d: %v", leg, ages)
		}
	}
	speak(t, 440, l.write)
	eventually(t, "sound again", func() bool { return len(must(of[call.Resumed](&l.box))) == 1 })
	if in := must(of[call.Resumed](&l.box))[0]; in.Leg != 1 {
		t.Errorf("%+v", in)
	}
}
