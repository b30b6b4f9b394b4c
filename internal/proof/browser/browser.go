// Package browser drives a real Chromium for tests that judge the product from outside: it opens pages, presses what a
// person would press, and hears what a page's audio stream plays. It knows nothing of the product.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrMissing says that no Chromium is installed.
var ErrMissing = errors.New("no Chromium found (Debian: chromium)")

// Browser is one Chromium with an empty profile.
type Browser struct {
	root context.Context //nolint:containedctx // chromedp's handle of the process
	stop []context.CancelFunc
	cmd  *exec.Cmd
}

// Start runs a Chromium whose microphone plays the WAV file (48 kHz, mono, 16 bit) over and over. The microphone is
// granted to every page, and pages may play sound without a click.
func Start(ctx context.Context, microphone string) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	o := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1400, 900),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("allow-loopback-in-peer-connection", true), // there may be no other network
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", microphone),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
	)
	b := &Browser{}
	o = append(o, chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
		b.cmd = cmd
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it dies with the test's process
	}))
	alloc, stopAlloc := chromedp.NewExecAllocator(ctx, o...)
	// Events newer than the library are none of ours.
	root, stopRoot := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	b.root, b.stop = root, []context.CancelFunc{stopRoot, stopAlloc}
	if err := chromedp.Do(root, chromedp.Navigate("about:blank")); err != nil {
		b.Close()
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	return b, nil
}

func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}

// Kill ends Chromium as the system does that is out of memory: no page is told.
func (b *Browser) Kill() error {
	if err := b.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill Chromium: %w", err)
	}
	return nil
}

// Close ends Chromium and waits until it is gone with its profile.
func (b *Browser) Close() {
	for _, stop := range b.stop {
		stop()
	}
}

// Person opens a page with cookies and storage of its own: another person at another desk.
func (b *Browser) Person() (*Page, error) {
	p := &Page{}
	ctx, stop := chromedp.NewContext(b.root, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx, p.stop = ctx, stop
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		stop()
		return nil, fmt.Errorf("open page: %w", err)
	}
	b.stop = append([]context.CancelFunc{p.Close}, b.stop...)
	return p, nil
}

// listen keeps what the page says on its console and what it fails with.
func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		line := []string{string(e.Type) + ":"}
		for _, a := range e.Args {
			line = append(line, string(a.Value)+a.Description)
		}
		p.said = append(p.said, strings.Join(line, " "))
	case *runtime.EventExceptionThrown:
		line := "exception: " + e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			line += " " + thrown.Description
		}
		p.said = append(p.said, line)
	}
}

// look is how often a page is asked again whether something has become so.
const look = 50 * time.Millisecond
