package faults_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// frozen stops the process for five seconds, as a machine does that is moved,
// and lets it go on.
func frozen(t *testing.T, row *rig.Row) {
	h, l := loaded(t, nil)
	before := time.Now()
	l.For(calm)
	healed := h.Fault("server stopped", rig.Excuse{Slack: 6 * time.Second, Blind: true})
	stopped := time.Now()
	h.Server.Signal(t, syscall.SIGSTOP)
	l.For(5 * time.Second)
	h.Server.Signal(t, syscall.SIGCONT)
	on := time.Now()
	rig.Within(t, 5*time.Second, "the server is ready again", h.Server.Ready, nil)
	row.Figure("ready again after %.0f ms", ms(time.Since(on)))
	l.For(2 * time.Second) // desks that gave it up come back
	healed()
	mended := time.Now()
	l.For(calm)
	ended := time.Now()
	l.Stop()
	h.Settle(2 * time.Minute)
	setUps(t, h, row, before, stopped, mended, ended, true)
	if n := h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'clock.step'`); n != 0 {
		t.Errorf("%d steps of a clock that nobody has set", n)
	}
	// Offers and their reservations end at one instant then, in any order, and a
	// line's own time limit comes before the refusal that waited in the socket.
	judged(t, h, row, rig.Allow{Log: []string{"reservation outlived its offer"}, Finding: func(f check.Finding) bool {
		return rig.Late(late)(f) || f.Law == check.LawLeg && strings.HasSuffix(f.Got, "408")
	}})
}

// drained ends the server while calls come in: what is in progress finishes or
// is ended in order, what comes is turned away, and the next start takes over.
func drained(t *testing.T, row *rig.Row) {
	const drain = 8 * time.Second
	h, l := loaded(t, func(o *rig.Options) { o.Config = map[string]any{"drain.timeout": drain.String()} })
	l.For(calm)
	healed := h.Fault("drain", rig.Excuse{Refuse: true, Blind: true})
	open := h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE released_at = 0`)
	server, told := h.Server, make(chan time.Time, 1)
	go func() {
		if rig.Await(10*time.Second, func() bool { _, body := server.Get("/readyz"); return strings.Contains(body, "draining") }) {
			told <- time.Now()
		}
		close(told)
	}()
	asked := time.Now()
	h.StopWell(drain + 20*time.Second)
	gone := time.Now()
	said, heard := <-told
	if !heard {
		t.Error("/readyz did not say that the server drains")
	}
	calls := h.Calls()
	row.Figure("%d calls in progress, process gone with 0 after %.1f s", open, gone.Sub(asked).Seconds())
	row.Figure("refused meanwhile %v", rig.Refused(calls, asked, gone))
	h.Restart()
	healed()
	l.For(calm)
	l.Stop()
	h.Settle(2 * time.Minute)
	invites := 0
	for _, c := range h.Calls() {
		if c.Out && c.Invite.After(said) && c.Invite.Before(gone) {
			invites++
		}
	}
	if invites > 0 {
		t.Errorf("%d calls were made to customers while it drained", invites)
	}
	if cut := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE estimated OR outcome = 'abnormal'`); cut != 0 {
		t.Errorf("%d calls ended without order", cut)
	}
	ended := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE ended_by = 'system' AND released_at BETWEEN $1 AND $2`, asked.UnixMicro(), gone.UnixMicro())
	row.Figure("%d ended at the drain's end", ended)
	judged(t, h, row, rig.Allow{})
}
