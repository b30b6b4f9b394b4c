package phonenet

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

const brief = 600 * time.Millisecond

// Each quirk shows on the other side, and the calls end all the same.
func TestQuirks(t *testing.T) {
	for name, c := range map[string]struct {
		called, caller Script
		want           Result
		acts           string
	}{
		"no ringing":  {Script{Quirk: NoRinging, Talk: brief}, Script{}, Result{"ended", 0}, "out answer,in answered,in ended"},
		"early media": {Script{Quirk: EarlyMedia, Ring: brief, Talk: brief}, Script{}, Result{"ended", 0}, "in progress,out answer,in answered"},
		"storm":       {Script{Quirk: Storm, Ring: brief / 2, Talk: brief}, Script{}, Result{"ended", 0}, "in progress,in answered"},
		"new tag":     {Script{Quirk: NewTag, Ring: brief / 2, Talk: brief}, Script{}, Result{"ended", 0}, "in progress,in answered"},
		"lost ack":    {Script{Quirk: AckLost, Talk: brief}, Script{}, Result{"ended", 0}, "in answered,in ended"},
		"bye glare": {Script{Quirk: ByeGlare}, Script{Talk: brief}, Result{}, // whoever's is answered first
			"in bye,out bye"},
		"bye unknown":    {Script{Quirk: ByeUnknown}, Script{Talk: brief}, Result{"hung_up", 0}, "in bye,out ended"},
		"asks":           {Script{Quirk: Asks, Talk: 2 * time.Second}, Script{}, Result{"ended", 0}, "out got_OPTIONS,out got_INFO,out got_UPDATE,out got_UPDATE,out got_INVITE,out got_MESSAGE,out got_REFER"},
		"refuse":         {Script{Fate: Refuse, Code: 503, Headers: []string{"Retry-After: 2"}}, Script{}, Result{"refused", 503}, "out refuse,in refused"},
		"no sdp":         {Script{Quirk: NoSDP}, Script{}, Result{"cut", 0}, "out answer,in cut"},
		"foreign codec":  {Script{Quirk: ForeignCodec}, Script{}, Result{"cut", 0}, "out answer,in cut"},
		"late answer":    {Script{Fate: RingOut, Quirk: LateAnswer, Late: brief}, Script{Patience: brief}, Result{"hung_up", 0}, "in cancel,out answer,in answered,in bye"},
		"slow to say":    {Script{Fate: RingOut, Quirk: NoTrying, Pause: brief}, Script{Patience: brief / 4}, Result{"refused", 487}, "in progress,in cancel"},
		"cancel, answer": {Script{}, Script{Quirk: CancelAtAnswer}, Result{"hung_up", 0}, "in cancel,in answered,in bye"},
		"invite again":   {Script{Talk: brief}, Script{Quirk: InviteAgain}, Result{"ended", 0}, "in answered,in ended"},
		"mute":           {Script{Quirk: Mute}, Script{Patience: 3 * brief}, Result{"hung_up", 0}, "in answered,out hears_voice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.called.Voice, c.caller.Voice = &sine{hz: 440}, &sine{hz: 700}
			n, d := pair(t, c.called)
			if got := place(t, n, c.caller); got != c.want && c.want != (Result{}) {
				t.Errorf("got %+v, want %+v; %q", got, c.want, d.acts)
			}
			d.has(t, strings.Split(c.acts, ",")...)
		})
	}
}

// Nobody hears of a deaf customer, who counts as a call for a while.
func TestDeaf(t *testing.T) {
	n, d := pair(t, Script{Quirk: Deaf})
	ctx, cancel := context.WithCancel(t.Context())
	placed := make(chan error, 1)
	go func() {
		_, err := n.Place(ctx, Script{Number: "84900000001", Dialed: "1900"})
		placed <- err
	}()
	d.has(t, "out called", "out cut")
	if missing := d.missing([]string{"in progress"}); missing == "" {
		t.Error("something was answered")
	}
	cancel()
	if err := <-placed; err != nil {
		t.Error(err)
	}
}

// What a rule takes never passes; other calls are not touched.
func TestWireLoses(t *testing.T) {
	w := newWire(nil)
	w.lose("a", AckLost.loses())
	message := func(id, method string) []byte {
		return fmt.Appendf(nil, "%s sip:x SIP/2.0\r\nCall-ID: %s\r\nCSeq: 1 %s\r\n\r\n", method, id, method)
	}
	var lost []bool
	for range lostAcks + 1 {
		lost = append(lost, w.lost(message("a", "ACK"), false))
	}
	if lost[0] != true || lost[lostAcks-1] != true || lost[lostAcks] != false {
		t.Errorf("lost %v, want the first %d", lost, lostAcks)
	}
	if w.lost(message("b", "ACK"), false) || w.lost(message("a", "BYE"), false) {
		t.Error("lost what was not to be lost")
	}
}

// All requests go to Target, Contact shows what stands between, and sound goes
// through what Wire put there.
func TestBehindSomething(t *testing.T) {
	n, d := pair(t, Script{Voice: &sine{hz: 440}, Talk: brief})
	n.cfg.Contact = "127.0.0.9:5999" // nobody is there: the callee must answer to Target's way
	var wrapped atomic.Int32
	n.cfg.Wire = func(c *net.UDPConn) Socket { wrapped.Add(1); return c }
	if got := n.contact(); got.Address.Host != "127.0.0.9" || got.Address.Port != 5999 {
		t.Errorf("contact %v", got)
	}
	if r := n.request(sip.BYE, sip.Uri{Scheme: "sip", Host: "127.0.0.7"}); r.Destination() != n.cfg.Target {
		t.Errorf("a request goes to %s, not to %s", r.Destination(), n.cfg.Target)
	}
	place(t, n, Script{Voice: &sine{hz: 700}, Talk: brief / 2})
	d.has(t, "in hears_voice", "in bye")
	if wrapped.Load() != 1 {
		t.Errorf("%d sockets wrapped", wrapped.Load())
	}
}

// A phone whose far side has vanished hangs up by itself.
func TestLostFarSide(t *testing.T) {
	n, d := pair(t, Script{Quirk: Mute})
	n.cfg.Lost = brief
	place(t, n, Script{Voice: &sine{hz: 700}})
	d.has(t, "in answered", "in bye", "out ended")
}

// A CANCEL that was answered, and nothing after it: the call ends by itself,
// before the late 200 that would have ended it otherwise.
func TestForgottenCancel(t *testing.T) {
	t.Parallel()
	n, d := pair(t, Script{Fate: RingOut, Quirk: LateAnswer, Late: 64*t1 + 15*time.Second})
	ctx, cancel := context.WithTimeout(t.Context(), 3*64*t1)
	defer cancel()
	got, err := n.Place(ctx, Script{Number: "84900000001", Dialed: "1900", Patience: brief})
	if want := (Result{"cut", 0}); err != nil || got != want {
		t.Errorf("got %+v (%v), want %+v; %q", got, err, want, d.acts)
	}
	d.has(t, "in cancel", "in cut")
}

// A BYE with another tag than the answer's is for another dialog of the Call-ID,
// and does not end the call.
func TestByeOfAnotherDialog(t *testing.T) {
	t.Parallel()
	n, d := pair(t, Script{Voice: &sine{hz: 440}, Talk: 3 * brief})
	done := make(chan Result, 1)
	go func() {
		r, _ := n.Place(t.Context(), Script{Number: "84900000001", Dialed: "1900", Voice: &sine{hz: 700}})
		done <- r
	}()
	d.has(t, "in answered")
	n.mu.Lock()
	id := ""
	for id = range n.calls {
	}
	n.mu.Unlock()
	bye := n.request(sip.BYE, sip.Uri{Scheme: "sip", User: "net", Host: n.here.IP.String(), Port: n.here.Port})
	bye.SetDestination(n.Addr())
	from := &sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: "1900", Host: "127.0.0.1"}, Params: sip.NewParams()}
	from.Params.Add("tag", "another")
	bye.AppendHeader(from)
	bye.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: "84900000001", Host: "127.0.0.1"}})
	bye.AppendHeader(sip.NewHeader("Call-ID", id))
	bye.AppendHeader(&sip.CSeqHeader{SeqNo: 7, MethodName: sip.BYE})
	res, err := n.client.Do(t.Context(), bye)
	if err != nil || res.StatusCode != 481 {
		t.Errorf("answered %v (%v), want 481", res, err)
	}
	if got := <-done; got != (Result{"ended", 0}) {
		t.Errorf("got %+v, want the end that the callee made; %q", got, d.acts)
	}
	d.has(t, "out hears_voice", "in ended")
}
