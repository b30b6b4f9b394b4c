package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
	"github.com/callstamp/callstamp/sip/siptest"
)

// callLimit is when a telephone gives up.
const callLimit = 60 * time.Second

// sipp runs a scenario against the server, with its words put in.
func (h *house) sipp(t *testing.T, scenario string, words ...string) *siptest.SIPp {
	t.Helper()
	return sipp(t, h.SIPAddr(), scenario, words...)
}

// sipp runs a scenario against the address, as the called side where that is "".
func sipp(t *testing.T, to, scenario string, words ...string) *siptest.SIPp {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", scenario+".xml"))
	must(t, err)
	file := filepath.Join(t.TempDir(), scenario+".xml")
	must(t, os.WriteFile(file, []byte(strings.NewReplacer(words...).Replace(string(text))), 0o600))
	return siptest.Start(t, file, to, callLimit)
}

// voice makes a capture for SIPp: the customer's tone, and the key every so often.
func voice(t *testing.T, kind byte, key byte, every time.Duration) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "voice.pcap")
	f, err := os.Create(file)
	must(t, err)
	must(t, phone.WritePCAP(f, phone.NewStream(kind, 101, rig.CustomerHz), callLimit, key, every))
	must(t, f.Close())
	return file
}

// farHears waits until the telephones' side gets the tone in the payload: in the newest 0.4 s of what was sent since.
func (h *house) farHears(t *testing.T, hz float64) {
	t.Helper()
	since := time.Now()
	rig.Eventually(t, fmt.Sprintf("%.0f Hz in the payload towards the telephone", hz),
		func() bool { return h.toneToFar(since, hz) > 0.8 }, func() string { return h.soundToFar(since) })
}

func (h *house) toneToFar(since time.Time, hz float64) float64 {
	return wiretap.Tone(h.newest(since, h.toFar), 8000, hz)
}

// newest is the last 0.4 s of sound, nothing while there is less.
func (h *house) newest(since time.Time, which func(wiretap.Packet) bool) []float64 {
	const window = 3200
	s := wiretap.Samples(h.tap.Packets(since, which))
	if len(s) < window {
		return nil
	}
	return s[len(s)-window:]
}

func (h *house) soundToFar(since time.Time) string {
	s := h.newest(since, h.toFar)
	return fmt.Sprintf("power %.5f, share of the customer's tone %.3f, of the agent's %.3f in the newest of %d packets", wiretap.Power(s),
		wiretap.Tone(s, 8000, rig.CustomerHz), wiretap.Tone(s, 8000, rig.AgentHz), len(h.tap.Packets(since, h.toFar)))
}

// farHearsMusic waits until something sounds towards the telephone that is not the agent.
func (h *house) farHearsMusic(t *testing.T) {
	t.Helper()
	since := time.Now()
	rig.Eventually(t, "music in the payload towards the telephone", func() bool {
		s := h.newest(since, h.toFar)
		return wiretap.Power(s) > 1e-4 && wiretap.Tone(s, 8000, rig.AgentHz) < 0.2
	}, func() string { return h.soundToFar(since) })
}

// farHearsNothing checks that no packet goes to a telephone that wants none, for as long as 20 would have gone.
func (h *house) farHearsNothing(t *testing.T) {
	t.Helper()
	since := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	sound := func() int { return len(wiretap.Samples(h.tap.Packets(since, h.toFar))) }
	if h.tap.Until(ctx, func() bool { return sound() > 0 }) == nil {
		t.Errorf("%d samples went to a telephone that wants none", sound())
	}
}

// toStranger chooses what goes to the address that no trunk lists.
func (h *house) toStranger(p wiretap.Packet) bool { return p.To.Addr().String() == "127.0.0.9" }
