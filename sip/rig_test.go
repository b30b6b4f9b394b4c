package sip

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// testT1 makes 64·T1 1.92 s. It is the same for all tests: the library beneath has one per process.
const testT1 = 30 * time.Millisecond

// patience is how long a test waits for what should come at once.
const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a UA on loopback with one trunk, whose far side is at port far.
type rig struct {
	*UA
	t        *testing.T
	incoming chan *arrival
	media    *fakeMedia

	mu      sync.Mutex
	dialogs [][]byte
}

// arrival is a call that came in, with what was posted for it.
type arrival struct {
	Invite
	*Leg
	*recorder
	media *fakeMedia
}

// listens waits until packets are expected, or not, from the caller.
func (a *arrival) listens(t *testing.T, want bool) {
	t.Helper()
	eventually(t, func() bool { _, expects := a.media.last(); return expects == want }, func() string { return "media is told nothing" })
}

type option func(*Config)

func withTrunk(change func(*Trunk)) option { return func(c *Config) { change(&c.Trunks[0]) } }

func newRig(t *testing.T, far int, options ...option) *rig {
	return newLossyRig(t, far, nil, options...)
}

func newLossyRig(t *testing.T, far int, alter func(bool, []byte) bool, options ...option) *rig {
	t.Helper()
	r := &rig{t: t, incoming: make(chan *arrival, 64), media: &fakeMedia{}}
	cfg := Config{
		Listen: []Listen{{"udp", "127.0.0.1:0"}, {"tcp", "127.0.0.1:0"}}, T1: testT1, Media: r.media, Exchange: r.media,
		Trunks: []Trunk{{ID: "t1", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Host: "127.0.0.1", Port: far,
			Prefixes: []string{"+84"}, CallerIDs: []string{"+842871000000"}, SignalHold: true}},
		Incoming: r.adopt,
		OnDialog: func(_ stamp.ID, _ stamp.LegNo, data []byte, durable func()) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.dialogs = append(r.dialogs, data)
			if durable != nil {
				durable()
			}
		},
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	for _, o := range options {
		o(&cfg)
	}
	ua, err := newUA(cfg, alter)
	if err != nil {
		t.Fatal(err)
	}
	r.UA = ua
	served := make(chan error, 1)
	go func() { served <- ua.Serve(context.Background()) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := ua.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if n := ua.Counts().Panics; n != 0 {
			t.Errorf("%d panics", n)
		}
		if open := r.media.open(); open != 0 {
			t.Errorf("%d RTP ports left open", open)
		}
		for _, s := range ua.Trunks() {
			if s.Calls != 0 {
				t.Errorf("trunk counts %d calls after the last one", s.Calls)
			}
		}
	})
	return r
}

func (r *rig) adopt(in Invite, l *Leg) {
	if in.Called == "404" {
		l.Release(404)
		return
	}
	rec := &recorder{}
	a := &arrival{in, l, rec, r.media}
	l.Bind(stamp.NewID(), 1, rec.post)
	r.incoming <- a
}

// next waits for a call.
func (r *rig) next() *arrival {
	r.t.Helper()
	select {
	case a := <-r.incoming:
		return a
	case <-time.After(patience):
		r.t.Fatal("no call came in")
		return nil
	}
}

// dialOut makes a bound leg to a Vietnamese number and sends its INVITE.
func (r *rig) dialOut(ring time.Duration) (*Leg, *recorder) {
	r.t.Helper()
	l, err := r.Dial(call.Dial{Trunk: "t1", Number: "+84901234567", RingUS: ring.Microseconds()})
	if err != nil {
		r.t.Fatal(err)
	}
	rec := &recorder{}
	l.Bind(stamp.NewID(), 1, rec.post)
	l.Invite()
	return l, rec
}

// udp is where the UA listens.
func (r *rig) udp() string { return r.Addr("udp").String() }

// recorder keeps what was posted to a call.
type recorder struct {
	mu  sync.Mutex
	ins []call.Input
	at  []time.Time
}

func (r *recorder) post(at time.Time, in call.Input) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ins, r.at = append(r.ins, in), append(r.at, at)
}

// story is what was posted, in words.
func (r *recorder) story() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var words []string
	for _, in := range r.ins {
		words = append(words, tell(in))
	}
	return strings.Join(words, "; ")
}

func tell(in call.Input) string {
	switch in := in.(type) {
	case call.LegSent:
		return "sent"
	case call.LegRang:
		return fmt.Sprintf("rang %d%s", in.Code, map[bool]string{true: " early"}[in.Early])
	case call.LegAnswered:
		return strings.TrimSpace("answered " + in.Codec)
	case call.LegRejected:
		return fmt.Sprintf("rejected %d", in.Code)
	case call.RemoteHold:
		return map[bool]string{true: "held", false: "resumed"}[in.On]
	case call.Digit:
		return fmt.Sprintf("digit %c %v", in.Digit, in.For)
	case call.LegGone:
		return strings.TrimSpace(fmt.Sprintf("gone by %s%s %s %d %s", in.By, map[bool]string{true: " cancelled"}[in.Cancelled],
			in.Cause.Proto, in.Cause.Code, in.Cause.Text))
	}
	return fmt.Sprintf("%T", in)
}

// tells waits until the whole story is want.
func (r *recorder) tells(t *testing.T, want string) {
	t.Helper()
	eventually(t, func() bool { return r.story() == want }, func() string { return fmt.Sprintf("story: %s\n want: %s", r.story(), want) })
}

// has waits until the story holds the word.
func (r *recorder) has(t *testing.T, word string) {
	t.Helper()
	eventually(t, func() bool { return slices.Contains(strings.Split(r.story(), "; "), word) },
		func() string { return fmt.Sprintf("story: %s\nwants: %s", r.story(), word) })
}

func eventually(t *testing.T, is func() bool, otherwise func() string) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) { // polls with a deadline
		if time.Now().After(end) {
			t.Fatal(otherwise())
		}
	}
}

// fakeMedia is an engine whose ends carry nothing and remember what they were told.
type fakeMedia struct {
	mu   sync.Mutex
	ends []*fakeEnd
	fail bool
	port uint16
}

type fakeEnd struct {
	media.TrunkEnd // whatever a leg has no business with: nil
	m              *fakeMedia
	port           uint16
	remotes        []media.Remote
	expects        bool
	closed         bool
	id             stamp.ID
}

func (m *fakeMedia) NewTrunk(media.TrunkConfig) (media.TrunkEnd, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail {
		return nil, media.ErrNoPorts
	}
	m.port += 2
	e := &fakeEnd{m: m, port: 20000 + m.port}
	m.ends = append(m.ends, e)
	return e, nil
}

func (m *fakeMedia) AddTrunk(id stamp.ID, _ stamp.LegNo, end media.TrunkEnd, _ func(time.Time, call.Input)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	end.(*fakeEnd).id = id
}

func (m *fakeMedia) open() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.ends {
		if !e.closed {
			n++
		}
	}
	return n
}

// last is what the newest end was told last.
func (m *fakeMedia) last() (media.Remote, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.ends) == 0 {
		return media.Remote{}, false
	}
	e := m.ends[len(m.ends)-1]
	if len(e.remotes) == 0 {
		return media.Remote{}, e.expects
	}
	return e.remotes[len(e.remotes)-1], e.expects
}

func (e *fakeEnd) LocalAddr() netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), e.port)
}

func (e *fakeEnd) SetRemote(r media.Remote) {
	e.m.mu.Lock()
	defer e.m.mu.Unlock()
	e.remotes = append(e.remotes, r)
}

func (e *fakeEnd) Expect(packets bool) {
	e.m.mu.Lock()
	defer e.m.mu.Unlock()
	e.expects = packets
}

func (e *fakeEnd) Close(error) {
	e.m.mu.Lock()
	defer e.m.mu.Unlock()
	e.closed = true
}

func dialTo(trunk, number, from string) call.Dial {
	return call.Dial{Trunk: stamp.TrunkID(trunk), Number: number, CallerID: from}
}

// newDice is random numbers that can be had again.
func newDice(t *testing.T, seed uint64) *rand.Rand {
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
