package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// Page is one tab.
type Page struct {
	ctx  context.Context //nolint:containedctx // chromedp's handle of the tab
	stop context.CancelFunc

	mu   sync.Mutex
	said []string
}

// Close closes the tab, as a person does who has had enough. Twice is allowed.
func (p *Page) Close() { p.stop() }

// Said is what the page wrote to its console, with its exceptions.
func (p *Page) Said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.said)
}

// within limits one command of the page.
func (p *Page) within(limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, limit)
}

// command bounds what Chromium answers at once.
const command = 10 * time.Second

// Open goes to the address and returns when it is loaded.
func (p *Page) Open(url string) error {
	ctx, cancel := p.within(command)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	return nil
}

// Reload loads the page anew, as F5 does, and returns when it is loaded.
func (p *Page) Reload() error {
	ctx, cancel := p.within(command)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	return nil
}

// Eval runs an expression in the page; a promise is waited for.
func Eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := p.within(command)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		return v, fmt.Errorf("evaluate %s: %w", short(expression), err)
	}
	return v, nil
}

func short(expression string) string {
	line, _, more := strings.Cut(strings.TrimSpace(expression), "\n")
	if more {
		line += " …"
	}
	return line
}

// Until waits until the expression is true. A page that is being loaded is asked again.
func (p *Page) Until(expression string, limit time.Duration) error {
	ctx, cancel := p.within(limit)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	var last error
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if ok && err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if last != nil {
				return fmt.Errorf("wait %s until %s: %w", limit, short(expression), last)
			}
			return fmt.Errorf("wait until %s: not within %s", short(expression), limit)
		}
	}
}

// Press clicks, with the mouse, the first button or link that shows the text, once it can be clicked.
func (p *Page) Press(text string, limit time.Duration) error {
	ctx, cancel := p.within(limit)
	defer cancel()
	q := chromedp.Search(fmt.Sprintf(`//*[self::button or self::a][contains(normalize-space(.), "%s")][not(@disabled)]`, text))
	if err := chromedp.Do(ctx, chromedp.Click(q, chromedp.NodeVisible)); err != nil {
		return fmt.Errorf("press %q: %w", text, err)
	}
	return nil
}

// Type writes into the field that the CSS selector finds.
func (p *Page) Type(field, text string) error {
	ctx, cancel := p.within(command)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(field), text, chromedp.NodeVisible)); err != nil {
		return fmt.Errorf("type into %s: %w", field, err)
	}
	return nil
}

// Chord presses Ctrl, Shift and the letter together, wherever the focus is.
func (p *Page) Chord(letter string) error {
	ctx, cancel := p.within(command)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(letter, chromedp.KeyModifiers(chromedp.ModifierCtrl, chromedp.ModifierShift))); err != nil {
		return fmt.Errorf("press Ctrl Shift %s: %w", letter, err)
	}
	return nil
}

// Text is what the page shows.
func (p *Page) Text() (string, error) { return Eval[string](p, "document.body.innerText") }

// Picture is the page as PNG.
func (p *Page) Picture() ([]byte, error) {
	ctx, cancel := p.within(command)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}
