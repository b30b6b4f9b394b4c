package phonenet

import (
	"context"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// phone is one customer in one call.
type phone struct {
	net     *Network
	script  Script
	inbound bool // towards the product
	id      string
	sound   *sound
	ctx     context.Context //nolint:containedctx // the call's life; ends with over
	end     context.CancelFunc

	mu      sync.Mutex
	far     sip.Uri    // the product's contact
	local   sip.Header // From in our requests
	remote  sip.Header // To in our requests
	cseq    uint32
	up      bool
	gaveUp  bool // CANCEL is out
	missed  bool // our CANCEL was answered with 481
	voiced  bool // an agent has been heard
	asked   bool // the survey has been heard; it is answered once
	pressed int  // of the script's presses
	quit    *time.Timer
	version int // of our SDP
	laws    []int
	acks    map[uint32]chan struct{} // to our 200s, by number; closed when here
	fork    string                   // To tag of the branch that Forked made up
	once    sync.Once
	gone    chan struct{}
	how     string
	code    int
}

func (n *Network) newPhone(ctx context.Context, s Script, inbound bool, id string) (*phone, error) {
	snd, err := openSound(n.here.IP.String(), n.cfg.Wire)
	if err != nil {
		return nil, err
	}
	p := &phone{net: n, script: s, inbound: inbound, id: id, sound: snd, gone: make(chan struct{}), version: 1}
	p.ctx, p.end = context.WithCancel(ctx)
	snd.cues, snd.raw, snd.heard = n.cfg.Cues, s.Heard, p.hears
	snd.limit, snd.lost = n.cfg.Lost, func() { time.AfterFunc(0, p.hangUp) }
	n.add(id, p)
	return p, nil
}

func (p *phone) note(what string, code int) {
	p.net.cfg.Note(Act{At: time.Now(), Number: p.script.Number, Dialed: p.script.Dialed, Inbound: p.inbound, What: what, Code: code, CallID: p.id})
}

// connected starts the sound once both sides have agreed.
func (p *phone) connected(m media) {
	p.mu.Lock()
	p.up = true
	p.mu.Unlock()
	p.sound.setFar(m)
	if p.script.Quirk == Mute {
		p.sound.hear()
	} else {
		p.sound.start(p.script.Voice)
	}
	if p.script.Quirk == Asks {
		p.net.errand(p.asks)
	}
	if p.script.Patience > 0 {
		p.hangUpIn(p.script.Patience)
	}
}

// hangUpIn replaces what was planned before; 0 plans nothing.
func (p *phone) hangUpIn(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quit != nil {
		p.quit.Stop()
	}
	p.quit = nil
	if d > 0 {
		p.quit = time.AfterFunc(d, p.hangUp)
	}
}

// hears follows the sources that the customer is played.
func (p *phone) hears(what string, _ time.Time) {
	p.note("hears_"+what, 0)
	p.mu.Lock()
	first := what == "voice" && !p.voiced
	p.voiced = p.voiced || first
	voiced := p.voiced
	asks := what == "survey" && !p.asked
	p.asked = p.asked || asks
	var press Press
	if n := p.pressed; n < len(p.script.Presses) && p.script.Presses[n].On == what {
		press = p.script.Presses[n]
		p.pressed++
	}
	p.mu.Unlock()
	if press.Key != 0 {
		time.AfterFunc(press.After, func() {
			p.pressKey(press.Key)
			if press.Next != 0 {
				p.pressKey(press.Next)
			}
		})
	}
	switch {
	case first:
		p.hangUpIn(p.script.Talk)
	case what == "music" && voiced && p.script.OnHold > 0:
		p.hangUpIn(p.script.OnHold)
	case asks && p.script.Key != 0:
		p.hangUpIn(0)
		time.AfterFunc(p.script.KeyAfter, func() { p.pressKey(p.script.Key) })
	}
}

func (p *phone) pressKey(key byte) {
	if p.ctx.Err() == nil {
		p.note("key", 0)
		p.sound.press(key)
	}
}

// hangUp sends BYE, once.
func (p *phone) hangUp() {
	p.mu.Lock()
	if !p.up || p.ctx.Err() != nil {
		p.mu.Unlock()
		return
	}
	p.up = false
	r := p.inDialogLocked(sip.BYE)
	p.mu.Unlock()
	p.note("bye", 0)
	p.net.errand(func(ctx context.Context) {
		_, _ = p.net.client.Do(ctx, r) // a product that is gone can't answer
		p.over("hung_up", 0)
	})
}

// over ends the phone; the first word counts.
func (p *phone) over(how string, code int) {
	p.once.Do(func() {
		p.hangUpIn(0)
		p.mu.Lock()
		p.up, p.how, p.code = false, how, code
		p.mu.Unlock()
		p.note(how, code)
		p.end()
		p.net.drop(p.id)
		go func() { p.sound.close(); close(p.gone) }() // hears may be on the listener's stack
	})
}
