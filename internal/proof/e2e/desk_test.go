package e2e

import (
	"testing"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// logIn opens the house's pages as somebody.
func (h *house) logIn(t *testing.T, b *browser.Browser, login, route string) *rig.Person {
	t.Helper()
	return rig.LogIn(t, b, h.URL(), login, route)
}

// desk logs an agent in.
func (h *house) desk(t *testing.T, b *browser.Browser, login string) *rig.Desk {
	t.Helper()
	return rig.OpenDesk(t, b, h.URL(), login)
}
