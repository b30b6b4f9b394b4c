package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/phone"
)

// What people speak; none is a multiple of the other, nor a tone of the keypad.
const (
	CustomerHz = 440
	AgentHz    = 1000
)

// Chromium is a browser whose microphone has the agents' tone.
func Chromium(t testing.TB) *browser.Browser {
	t.Helper()
	return ChromiumOf(t, AgentHz)
}

// ChromiumOf is a browser whose microphone has a tone of its own, so that two agents can be told apart.
func ChromiumOf(t testing.TB, hz int) *browser.Browser {
	t.Helper()
	wav := filepath.Join(t.TempDir(), "agent.wav")
	must(t, os.WriteFile(wav, phone.WAV(48000, hz, 10), 0o600))
	b, err := browser.Start(context.Background(), wav) // t's own context ends before the cleanups run
	must(t, err)
	t.Cleanup(b.Close)
	return b
}

// Person is somebody at the product's pages, with a browser profile of their
// own.
type Person struct {
	*browser.Page
	Login string
	t     testing.TB
}

// LogIn opens the pages of the server at url as somebody, at a route ("#/wall").
// The pages show tests the phone and the picture of the desk, and do not clean
// the sound.
func LogIn(t testing.TB, b *browser.Browser, url, login, route string) *Person {
	t.Helper()
	page, err := b.Person()
	must(t, err)
	p := &Person{page, login, t}
	t.Cleanup(func() {
		if t.Failed() {
			p.tell()
		}
	})
	must(t, p.Open(url+"/?debug=1&rawaudio=1"+route))
	must(t, p.Type("input[name=login]", login))
	must(t, p.Type("input[name=password]", Password))
	p.Click("Log in")
	return p
}

// tell says what there was to see.
func (p *Person) tell() {
	text, err := p.Text()
	state, err2 := browser.Eval[string](p.Page, `JSON.stringify(window.callstampDebug?.state ?? "no desk")`)
	p.t.Logf("%s's page: %s\nstate: %s\nconsole: %s\n%v", p.Login, text, state, strings.Join(p.Said(), "\n"), errors.Join(err, err2))
}

// Click presses the button or link with the text, once it can be pressed.
func (p *Person) Click(text string) {
	p.t.Helper()
	must(p.t, p.Press(text, Patience))
}

// Chord presses Ctrl Shift and a letter.
func (p *Person) Chord(letter string) {
	p.t.Helper()
	must(p.t, p.Page.Chord(letter))
}

// Await waits until the expression is true in the page.
func (p *Person) Await(expression string) {
	p.t.Helper()
	must(p.t, p.Until(expression, Patience))
}

// Shows waits until the page shows the text.
func (p *Person) Shows(text string) {
	p.t.Helper()
	p.Await(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// GoTo follows a link within the pages.
func (p *Person) GoTo(hash string) {
	p.t.Helper()
	_, err := browser.Eval[string](p.Page, fmt.Sprintf(`(location.hash = %q)`, hash))
	must(p.t, err)
}
