package exchange_test

import (
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// gaps is the order in which the call heard of its agents' connections.
func gaps(b *box) (words []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.all {
		switch in := h.in.(type) {
		case call.SeatLost:
			words = append(words, string(in.Agent)+" lost")
		case call.SeatBack:
			words = append(words, string(in.Agent)+" back")
		}
	}
	return words
}

func awaitGaps(t testing.TB, l *line, want ...string) {
	t.Helper()
	eventually(t, "seats of the call", func() bool { return len(gaps(&l.box)) >= len(want) })
	if got := gaps(&l.box); !slices.Equal(got, want) {
		t.Fatalf("the call heard %v, want %v", got, want)
	}
}

// A page that is reloaded takes the agent's seat in the middle of a call.
func TestReloadedPageTakesTheSeat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, old := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, old.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	anna := h.seat(t, "anna")
	awaitGaps(t, l, "anna lost", "anna back")
	if got := h.seats.all(); !slices.Equal(got, []string{"anna up", "anna down", "anna up"}) {
		t.Errorf("the Floor heard %v", got)
	}
	speak(t, 700, anna.write)
	if n := anna.count(); n != 0 {
		t.Errorf("%d packets before the machine bridged again", n)
	}
	bridged := h.bridge(t, l, "anna")
	l.awaitTone(t, 700)
	anna.awaitTone(t, 440)
	awaitFirsts(t, l, 2, bridged)
	l.forget()
	l.awaitTone(t, 700)
	l.never(t, 1000)
	awaitGaps(t, l, "anna lost", "anna back")
}

// A session that begins is told how its seat is, after all that was told before.
func TestReportOfASeat(t *testing.T) {
	t.Parallel()
	h := newHouse(t, soon)
	h.Report("anna")
	h.seat(t, "anna")
	h.Report("anna")
	if want := []string{"anna down", "anna up", "anna up"}; !slices.Equal(h.seats.all(), want) {
		t.Errorf("told %q, want %q", h.seats.all(), want)
	}
}

// A network that goes away and comes back keeps the connection.
func TestNetworkComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, soon)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	anna.wire.cut.Store(true)
	awaitGaps(t, l, "anna lost")
	if h.Seated("anna") {
		t.Error("seated without a network")
	}
	if err := h.Music(l.id, 1, "music"); err != nil {
		t.Fatal(err)
	}
	l.forget()
	l.awaitTone(t, musicHz)
	anna.wire.cut.Store(false)
	awaitGaps(t, l, "anna lost", "anna back")
	if n := len(firsts(&l.box, 2)); n != 1 {
		t.Errorf("%d first packets of the agent without a bridge", n)
	}
	bridged := h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	anna.forget()
	anna.awaitTone(t, 440)
	awaitFirsts(t, l, 2, bridged)
}

// A network that is cut is noticed by the missing sound, long before ICE, and as
// of the last packet; when it heals, the next packet brings the agent back.
func TestNetworkIsCutAndHeals(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // ICE alone would take 7 s
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	cut := time.Now()
	anna.wire.cut.Store(true)
	awaitGaps(t, l, "anna lost")
	told := time.Since(cut)
	if _, at := of[call.SeatLost](&l.box); at[0].Sub(cut).Abs() > 500*time.Millisecond || told > 5*time.Second {
		t.Errorf("the gap begins %v after the cut, told after %v", at[0].Sub(cut), told)
	}
	healed := time.Now()
	anna.wire.cut.Store(false)
	awaitGaps(t, l, "anna lost", "anna back")
	if d := time.Since(healed); d > time.Second {
		t.Errorf("back %v after the network", d)
	}
	l.forget()
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
}

// A page that is closed for good is lost as soon as it is doubted and silent; one
// that still speaks is not.
func TestDoubt(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // ICE alone would take 7 s
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	quiet := speak(t, 1000, anna.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	h.Doubt("anna")
	h.Doubt("nobody")
	<-time.After(2 * time.Second) // a doubt is judged after one
	awaitGaps(t, l)
	quiet()
	gone := time.Now()
	h.Doubt("anna")
	awaitGaps(t, l, "anna lost")
	if d := time.Since(gone); d > 5*time.Second {
		t.Errorf("noticed after %v", d)
	}
	if h.Seated("anna") {
		t.Error("a silent page is still seated")
	}
	h.seat(t, "anna")
	awaitGaps(t, l, "anna lost", "anna back")
}

// An agent whose page comes only after the call has been given to her.
func TestPageComesAfterTheCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l := h.call(t, "c1")
	h.bridge(t, l, "anna")
	awaitGaps(t, l, "anna lost")
	h.seat(t, "anna")
	awaitGaps(t, l, "anna lost", "anna back")
	h.bridge(t, l, "anna")
}

func TestBadOfferKeepsTheConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	h.bridge(t, l, "anna")
	if _, err := h.Answer("anna", "nonsense"); err == nil {
		t.Fatal("nonsense was answered")
	}
	anna.awaitTone(t, 440)
	awaitGaps(t, l)
}

// The page is closed, the agent logs out: once each.
func TestAgentLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for id, end := range map[stamp.ID]func(p *page){
		"closed":  func(p *page) { p.pc.Close() },
		"leaves":  func(*page) { h.Leave("anna") },
		"leaves2": func(*page) { h.Leave("anna"); h.Leave("anna") },
	} {
		l, anna := h.call(t, id), h.seat(t, "anna")
		h.bridge(t, l, "anna")
		end(anna)
		awaitGaps(t, l, "anna lost")
		if h.Seated("anna") {
			t.Errorf("%s: still seated", id)
		}
		h.Part(id, 2)
		if n := len(must(of[call.Summary](&l.box))); n != 1 {
			t.Errorf("%s: %d accounts of the agent's leg", id, n)
		}
	}
	eventually(t, "no browser is left", func() bool { return h.engine.Stats().Ends == 3 }) // the trunks
	if got := h.seats.all(); !slices.Equal(got, []string{"anna up", "anna down", "anna up", "anna down", "anna up", "anna down"}) {
		t.Errorf("the Floor heard %v", got)
	}
}

// Anna goes from one call to another: nobody hears what is not theirs, nothing
// that another call muted stays muted, and each call has her account.
func TestNobodyHearsAnotherCall(t *testing.T) {
	t.Parallel()
	for name, parted := range map[string]bool{"parted": true, "taken away": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			a, b, anna := h.call(t, "a"), h.call(t, "b"), h.seat(t, "anna")
			speak(t, 440, a.write)
			speak(t, 600, b.write)
			speak(t, 1000, anna.write)
			h.bridge(t, a, "anna")
			a.awaitTone(t, 1000)
			anna.awaitTone(t, 440)
			anna.never(t, 600)
			if b.count() != 0 {
				t.Errorf("b heard %d packets", b.count())
			}
			h.engine.webs[0].Mute(true)
			if parted {
				h.Part("a", 2)
			}
			h.bridge(t, b, "anna")
			b.awaitTone(t, 1000)
			a.forget()
			anna.forget()
			anna.awaitTone(t, 600)
			anna.never(t, 440)
			if a.count() > 1 {
				t.Errorf("a heard %d packets of an agent who is gone", a.count())
			}
			sums := must(of[call.Summary](&a.box))
			if len(sums) != 1 || sums[0].Stats.Leg != 2 || sums[0].Stats.Rx == 0 || sums[0].Stats.Tx == 0 || len(must(of[call.Summary](&b.box))) != 0 {
				t.Errorf("accounts: %+v", sums)
			}
		})
	}
}

// The second agent of a call that has lost the first.
func TestAnotherAgentTakesTheCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna, binh := h.call(t, "c1"), h.seat(t, "anna"), h.seat(t, "binh")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	speak(t, 700, binh.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	h.Part(l.id, 2)
	if err := h.Mix(l.id, pair(1, 3, "binh")); err != nil {
		t.Fatal(err)
	}
	l.awaitTone(t, 700)
	anna.forget()
	l.forget()
	binh.awaitTone(t, 440)
	l.awaitTone(t, 700)
	l.never(t, 1000)
	if anna.count() > 1 {
		t.Errorf("Anna still heard %d packets", anna.count())
	}
	if sums := must(of[call.Summary](&l.box)); len(sums) != 1 || sums[0].Stats.Leg != 2 {
		t.Errorf("accounts: %+v", sums)
	}
}
