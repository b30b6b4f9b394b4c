package phonenet

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type sine struct{ hz, phase float64 }

func (s *sine) Frame(dst []int16) {
	for i := range dst {
		dst[i] = int16(9000 * math.Sin(s.phase))
		s.phase += 2 * math.Pi * s.hz / 8000
	}
}

// diary collects what two networks do.
type diary struct {
	mu   sync.Mutex
	acts []string
}

func (d *diary) note(a Act) {
	d.mu.Lock()
	defer d.mu.Unlock()
	side := "out "
	if a.Inbound {
		side = "in "
	}
	d.acts = append(d.acts, side+a.What)
}

// has waits until the acts have come in this order; the other side may write a
// moment after this one has returned.
func (d *diary) has(t *testing.T, want ...string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		missing := d.missing(want)
		if missing == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%q does not come in order in %q", missing, d.acts)
		}
	}
}

func (d *diary) missing(want []string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := 0
	for _, w := range want {
		i := slices.Index(d.acts[at:], w)
		if i < 0 {
			return w
		}
		at += i + 1
	}
	return ""
}

// pair is two networks; what one places the other is called with.
func pair(t *testing.T, called Script) (*Network, *diary) {
	t.Helper()
	d := &diary{}
	callee, err := Open(Config{Listen: "127.0.0.1:0", Called: func(string) Script { return called }, Note: d.note})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := Open(Config{Listen: "127.0.0.1:0", Target: callee.Addr(), Note: d.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caller.Close(); err != nil {
			t.Error(err)
		}
		if err := callee.Close(); err != nil {
			t.Error(err)
		}
	})
	return caller, d
}

func place(t *testing.T, n *Network, s Script) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s.Number, s.Dialed = "84900000001", "1900"
	r, err := n.Place(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFates(t *testing.T) {
	for name, c := range map[string]struct {
		called Script
		caller Script
		want   Result
		acts   string
	}{
		"the called one hangs up": {
			Script{Ring: 50 * time.Millisecond, Talk: 800 * time.Millisecond, Voice: &sine{hz: 440}}, Script{Voice: &sine{hz: 700}},
			Result{"ended", 0}, "in invite,out called,out ring,out answer,in answered,out hears_voice,out bye,in ended",
		},
		"the caller hangs up": {
			Script{Voice: &sine{hz: 440}}, Script{Talk: 500 * time.Millisecond, Voice: &sine{hz: 700}},
			Result{"hung_up", 0}, "in invite,out answer,in answered,in hears_voice,in bye,out ended",
		},
		"busy":         {Script{Fate: Busy}, Script{}, Result{"refused", 486}, "in invite,out refuse,in refused"},
		"rejected":     {Script{Fate: Reject}, Script{}, Result{"refused", 603}, "in invite,out refuse"},
		"unknown":      {Script{Fate: Unknown}, Script{}, Result{"refused", 404}, "in invite,out refuse"},
		"announcement": {Script{Fate: Intercp, Ring: 100 * time.Millisecond}, Script{}, Result{"refused", 480}, "in invite,out refuse"},
		"rings out": {
			Script{Fate: RingOut}, Script{Patience: 200 * time.Millisecond}, Result{"refused", 487},
			"in invite,out ring,in cancel,out cancelled,in refused",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, d := pair(t, c.called)
			if got := place(t, n, c.caller); got != c.want {
				t.Fatalf("got %+v, want %+v; %q", got, c.want, d.acts)
			}
			d.has(t, strings.Split(c.acts, ",")...)
		})
	}
}

// A tone is heard as itself; a source that begins like a cue is named by it,
// and the survey's key reaches the other side.
func TestCuesAndKeys(t *testing.T) {
	cue := make([]int16, cueFrames*frame)
	(&sine{hz: 620}).Frame(cue)
	n, d := pair(t, Script{Voice: &sine{hz: 620}, Talk: 3 * time.Second})
	n.cfg.Cues = map[string][]int16{"survey": cue}
	place(t, n, Script{Key: '4', KeyAfter: 100 * time.Millisecond, Voice: &sine{hz: 300}})
	d.has(t, "in hears_survey", "in key")
}

func TestSimilar(t *testing.T) {
	a, b := make([]int16, 4800), make([]int16, 4800)
	(&sine{hz: 500}).Frame(a)
	(&sine{hz: 700}).Frame(b)
	if s := similar(a, a); s < 0.999 {
		t.Errorf("the same: %f", s)
	}
	if s := similar(a, b); s > 0.2 {
		t.Errorf("others: %f", s)
	}
	if s := similar(a, make([]int16, 4800)); s != 0 {
		t.Errorf("silence: %f", s)
	}
}

func FuzzSDP(f *testing.F) {
	f.Add([]byte("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = parseSDP(b) })
}

// A customer who is told to go says so: the other side hears a BYE, or a CANCEL
// before the answer.
func TestCallerIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		called Script
		after  string
		want   string
	}{
		"in talk":        {Script{Voice: &sine{hz: 440}}, "in hears_voice", "out ended"},
		"while it rings": {Script{Fate: RingOut}, "out ring", "out cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			n, d := pair(t, c.called)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() {
				_, err := n.Place(ctx, Script{Number: "84900000001", Dialed: "1900"})
				done <- err
			}()
			d.has(t, c.after)
			cancel()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			d.has(t, c.want)
		})
	}
}
