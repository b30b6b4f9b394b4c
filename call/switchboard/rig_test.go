package switchboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a switchboard among fakes, in fake time. What the fakes were told
// stands in said, with the time since the start.
type rig struct {
	t     *testing.T
	start time.Time
	board *Switchboard
	fsync time.Duration // how long Durable takes

	mu      sync.Mutex
	said    []string
	stamps  []stamp.Stamp
	sides   []stamp.Side
	waiting []call.Waiting
	moves   []call.Move
	views   map[stamp.AgentID]call.View
	legs    []*fakeLeg
	deaf    bool                   // Mix is not followed by sound
	full    map[stamp.TrunkID]bool // trunks without a free line
	fail    string                 // name of the order that fails
	panics  string                 // name of the order that panics, once
	account time.Duration          // how long media takes to account for a leg
}

// inTime runs a story in a bubble of fake time and drains the board after it.
func inTime(t *testing.T, story func(t *testing.T, r *rig)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		story(t, r)
		done, cancel := context.WithCancel(t.Context())
		cancel()
		r.board.Drain(done)
	})
}

func newRig(t *testing.T) *rig { return newRigOf(t, 2) }

func newRigOf(t *testing.T, boot uint32) *rig {
	r := &rig{t: t, start: time.Now(), fsync: 3 * time.Millisecond, views: map[stamp.AgentID]call.View{}}
	r.board = New(Deps{
		Clock: stamp.NewClock(r.start, boot), Lines: r, Voice: (*fakeVoice)(r), Recorder: (*fakeVoice)(r), Desk: (*fakeDesk)(r), Agents: (*fakeAgents)(r), Sink: (*fakeSink)(r),
		Log: slog.New(slog.DiscardHandler),
	})
	return r
}

// note keeps what a fake was told; the order may be told to fail or to panic.
func (r *rig) note(order, format string, args ...any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, strings.TrimSpace(fmt.Sprintf("%7.3f %s "+format, append([]any{time.Since(r.start).Seconds(), order}, args...)...)))
	if r.panics == order {
		r.panics = ""
		panic(order + " is broken")
	}
	if r.fail == order {
		return errors.New(order + " failed")
	}
	return nil
}

// wait lets the time pass up to so many seconds after the start.
func (r *rig) wait(seconds float64) {
	time.Sleep(time.Until(r.start.Add(time.Duration(seconds * float64(time.Second))))) // fake time
	synctest.Wait()
}

// told returns what was said since the last call of told.
func (r *rig) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := r.said
	r.said = nil
	return said
}

// expect compares what was said since the last time.
func (r *rig) expect(want ...string) {
	r.t.Helper()
	got := r.told()
	for i := range max(len(got), len(want)) {
		g, w := "(nothing)", "(nothing)"
		if i < len(got) {
			g = strings.Join(strings.Fields(got[i]), " ")
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			r.t.Errorf("%d: got %q, want %q", i+1, g, w)
		}
	}
}

// find returns the last stamp of the kind, with its seconds since the start.
func (r *rig) find(kind stamp.Kind) (stamp.Stamp, float64) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.stamps) - 1; i >= 0; i-- {
		if x := r.stamps[i]; x.Kind() == kind {
			return x, float64(x.Mono) / 1e6
		}
	}
	r.t.Fatalf("no stamp %s", kind)
	return stamp.Stamp{}, 0
}

// of returns the call's stamps.
func (r *rig) of(id stamp.ID) []stamp.Stamp {
	r.mu.Lock()
	defer r.mu.Unlock()
	var own []stamp.Stamp
	for _, x := range r.stamps {
		if x.Call == id {
			own = append(own, x)
		}
	}
	return own
}

// at asserts when the last stamp of the kind was.
func (r *rig) at(kind stamp.Kind, seconds float64) stamp.Stamp {
	r.t.Helper()
	x, got := r.find(kind)
	if got != seconds {
		r.t.Errorf("%s at %v, want %v", kind, got, seconds)
	}
	return x
}

func (r *rig) ask(id stamp.ID, in call.Input) error { return r.board.Ask(r.t.Context(), id, in) }

func (r *rig) must(id stamp.ID, in call.Input) {
	r.t.Helper()
	if err := r.ask(id, in); err != nil {
		r.t.Errorf("%T: %v", in, err)
	}
	synctest.Wait()
}

func (r *rig) post(id stamp.ID, in call.Input) bool {
	ok := r.board.Post(id, time.Now(), in)
	synctest.Wait()
	return ok
}

var anna = call.Seat{Agent: "anna", Session: "anna-session"}

func inboundPlan() call.Plan {
	return call.Plan{
		Org: "default", Language: "en", Queue: "sales", Music: "music", AnswerOn: call.OnEntry,
		ShortUS: 5e6, OfferUS: 20e6, WrapUS: 30e6, RingUS: 25e6, NoAudioUS: 5e6, GraceUS: 20e6, SilenceUS: 30e6, MaxUS: 4 * 3600e6,
	}
}

// incoming begins a call and lets it be answered.
func (r *rig) incoming(plan call.Plan) (stamp.ID, *fakeLeg) {
	leg := &fakeLeg{r: r}
	id := r.board.Incoming(time.Now(), leg, plan, call.Arrived{Trunk: "carrier", Party: "p1"}, stamp.Side{Kind: stamp.SideParty, ID: "p1"})
	return id, leg
}

// talking leads a new call into a talk with Anna.
func (r *rig) talking(plan call.Plan) (stamp.ID, *fakeLeg) {
	id, leg := r.incoming(plan)
	r.wait(time.Since(r.start).Seconds() + 1)
	r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
	r.must(id, call.Accept{Offer: "o1"})
	r.wait(time.Since(r.start).Seconds() + 0.1)
	r.told()
	return id, leg
}

// fakeLeg answers at once what it is told, as the network would.
type fakeLeg struct {
	r     *rig
	no    stamp.LegNo
	tell  func(time.Time, call.Input)
	once  sync.Once
	stuck bool // never confirms a release
}

func (l *fakeLeg) Bind(_ stamp.ID, no stamp.LegNo, post func(time.Time, call.Input)) {
	l.no, l.tell = no, post
}

// of names an outside party's leg.
func (l *fakeLeg) of(detail string) string {
	if l.no > stamp.CustomerLeg {
		return strings.TrimSpace(fmt.Sprint(l.no, " ", detail))
	}
	return detail
}
func (l *fakeLeg) Ring()        { _ = l.r.note("ring", "") }
func (l *fakeLeg) Hold(on bool) { _ = l.r.note("hold", "%v", on) }

func (l *fakeLeg) Answer() {
	_ = l.r.note("answer", "")
	l.tell(time.Now(), call.LegAnswered{Leg: 1, Codec: "PCMU"})
}

func (l *fakeLeg) Invite() {
	_ = l.r.note("invite", "%s", l.of(""))
	l.tell(time.Now(), call.LegSent{Leg: l.no})
}

func (l *fakeLeg) Release(code int) {
	_ = l.r.note("release", "%s", l.of(fmt.Sprint(code)))
	if l.tell != nil && !l.stuck {
		l.gone(stamp.System)
	}
}

func (l *fakeLeg) gone(by stamp.Actor) {
	l.once.Do(func() { l.tell(time.Now(), call.LegGone{Leg: l.no, By: by}) })
}

func (r *rig) Dial(d call.Dial) (Line, error) {
	if r.fail == "no line" || r.full[d.Trunk] {
		return nil, errors.Join(r.note("dial", "%s", d.Trunk), ErrNoLine)
	}
	if err := r.note("dial", "%s", d.Trunk); err != nil {
		return nil, err
	}
	l := &fakeLeg{r: r}
	r.mu.Lock()
	r.legs = append(r.legs, l)
	r.mu.Unlock()
	return l, nil
}

// fakeVoice lets both sides be heard 40 ms after a mix and a prompt end
// after 2 s.
type fakeVoice rig

func (v *fakeVoice) Mix(id stamp.ID, ears []call.Ear) error {
	r := (*rig)(v)
	var who []string
	for _, e := range ears {
		who = append(who, strings.TrimSpace(fmt.Sprint(e.Leg, " ", e.Agent)))
	}
	if err := r.note("mix", "%s", strings.Join(who, "+")); err != nil {
		return err
	}
	if !r.deaf {
		time.AfterFunc(40*time.Millisecond, func() {
			for _, e := range ears {
				r.board.Post(id, time.Now(), call.FirstRx{Leg: e.Leg})
			}
		})
	}
	return nil
}

func (v *fakeVoice) Music(_ stamp.ID, leg stamp.LegNo, name string) error {
	return (*rig)(v).note("music", "%d %s", leg, name)
}

func (v *fakeVoice) Play(id stamp.ID, _ stamp.LegNo, play int, language string, prompts []string) error {
	r := (*rig)(v)
	if err := r.note("play", "%d %s %s", play, language, strings.Join(prompts, "+")); err != nil {
		return err
	}
	time.AfterFunc(2*time.Second, func() { r.board.Post(id, time.Now(), call.PlayDone{Play: play}) })
	return nil
}

func (v *fakeVoice) Part(id stamp.ID, leg stamp.LegNo) {
	r := (*rig)(v)
	_ = r.note("part", "%d", leg)
	account := func() { r.board.Post(id, time.Now(), call.Summary{Stats: stamp.MediaSummary{Leg: leg}}) }
	if r.account > 0 {
		time.AfterFunc(r.account, account)
		return
	}
	account()
}

func (v *fakeVoice) Announce(id stamp.ID, play int, language string, prompts []string) error {
	r := (*rig)(v)
	if err := r.note("announce", "%d %s %s", play, language, strings.Join(prompts, "+")); err != nil {
		return err
	}
	time.AfterFunc(2*time.Second, func() { r.board.Post(id, time.Now(), call.PlayDone{Play: play}) })
	return nil
}

func (v *fakeVoice) Record(_ stamp.ID, o call.Record) error {
	return (*rig)(v).note("tape", "%d %s", o.No, o.Kind)
}

func (v *fakeVoice) PauseRecord(_ stamp.ID, no stamp.RecordingNo, on bool) {
	_ = (*rig)(v).note("pause", "%d %v", no, on)
}

func (v *fakeVoice) StopRecord(_ stamp.ID, no stamp.RecordingNo, why stamp.RecordingEnd) {
	_ = (*rig)(v).note("stop-tape", "%d %s", no, why)
}

func (v *fakeVoice) Forget(stamp.ID) { _ = (*rig)(v).note("forget", "") }

type fakeDesk rig

func (d *fakeDesk) Ring(seat call.Seat, offer stamp.ID, until stamp.Instant, v call.View) {
	_ = (*rig)(d).note("desk rings", "%s %s until %.3f %s", seat.Agent, offer, float64(until.Mono)/1e6, v.Phase)
}

func (d *fakeDesk) Unring(seat call.Seat, offer stamp.ID, end stamp.OfferEnd) {
	_ = (*rig)(d).note("desk quiet", "%s %s %s", seat.Agent, offer, end)
}

func (d *fakeDesk) Show(seat call.Seat, v call.View) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.views[seat.Agent] = v
}

func (r *rig) view(agent stamp.AgentID) call.View {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.views[agent]
}

type fakeAgents rig

func (a *fakeAgents) Enqueue(w call.Waiting) {
	_ = (*rig)(a).note("enqueue", "%d %s for %ds", w.Entry, w.Queue, w.OfferUS/1e6)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = append(a.waiting, w)
}

func (a *fakeAgents) Seek(s call.Sought) {
	_ = (*rig)(a).note("seek", "%d %s%s", s.Ask, s.Agent, s.Queue)
}

func (a *fakeAgents) Dequeue(_ stamp.ID, entry stamp.EntryNo) {
	_ = (*rig)(a).note("dequeue", "%d", entry)
}

func (a *fakeAgents) Admit(k call.Knock) { _ = (*rig)(a).note("admit", "%d %s", k.Entry, k.Queue) }

func (a *fakeAgents) Move(m call.Move) {
	_ = (*rig)(a).note("move", "%s %s", m.Seat.Agent, m.To)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.moves = append(a.moves, m)
}

type fakeSink rig

func (s *fakeSink) Record(stamps []stamp.Stamp, sides []stamp.Side) uint64 {
	r := (*rig)(s)
	if len(stamps) > 0 {
		r.mu.Lock()
		panics := strings.HasPrefix(r.panics, "record")
		r.panics = strings.TrimPrefix(r.panics, "record") // "recordrecord": twice
		r.mu.Unlock()
		if panics {
			panic("the sink is broken")
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stamps = append(r.stamps, stamps...)
	r.sides = append(r.sides, sides...)
	return uint64(len(r.stamps))
}

func (s *fakeSink) Durable(_ uint64, post func()) { time.AfterFunc(s.fsync, post) }
