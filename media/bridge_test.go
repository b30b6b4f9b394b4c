package media_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/media"
)

// Eight calls at once, a tone each: nobody hears another call's.
func TestCallsDoNotMix(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	type call struct {
		up, down float64 // Hz
		customer *phone
		agent    *browser
	}
	var calls []call
	for i := range 8 {
		law := media.Law(i % 2)
		trunk, customer, _ := trunkTo(t, e, media.NewFormat(law, 101))
		web, agent, _ := webTo(t, e)
		c := call{up: float64(400 + 90*i), down: float64(1400 + 90*i), customer: customer, agent: agent}
		speak(t, law, c.up, uint32(i), customer.write)
		speak(t, media.PCMU, c.down, 0, agent.write)
		media.Bridge(trunk, web)
		calls = append(calls, c)
	}
	for _, c := range calls {
		c.customer.awaitTone(t, c.down)
		c.agent.awaitTone(t, c.up)
		c.customer.continuous(t)
		c.agent.continuous(t)
	}
}

func TestBridgeCarriesTonesBothWays(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, trunkLog := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, agent, webLog := webTo(t, e)
	speak(t, media.PCMU, 440, 7, customer.write)
	speak(t, media.PCMU, 1000, 0, agent.write)
	trunkLog.await(t, media.FirstReceived, 1)
	webLog.await(t, media.FirstReceived, 1)
	if n := len(customer.heard()) + len(agent.heard()); n != 0 {
		t.Errorf("%d packets relayed before the bridge", n)
	}

	bridged := time.Now()
	media.Bridge(trunk, web)
	customer.awaitTone(t, 1000)
	agent.awaitTone(t, 440)
	for name, log := range map[string]*diary{"trunk": trunkLog, "web": webLog} {
		if ev := log.await(t, media.FirstReceived, 2); ev.At.Before(bridged) {
			t.Errorf("%s: first packet of the bridge is older than the bridge", name)
		}
		if ev := log.await(t, media.FirstSent, 1); ev.At.Before(bridged) {
			t.Errorf("%s: first packet sent before the bridge", name)
		}
		if n := len(log.all(media.Up)); n != 1 {
			t.Errorf("%s: up %d times", name, n)
		}
	}
	customer.continuous(t)
	agent.continuous(t)
	if s := web.Stats(); s.Lost != 0 || s.Unattached == 0 || s.Sent == 0 || s.MOS() < 4 {
		t.Errorf("web: %+v", s)
	}
}
