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

// talking seats lan at a desk and lets a customer call whom lan answers.
func (h *house) talking(t *testing.T) (lan *rig.Desk, customer *handset) {
	t.Helper()
	lan = h.desk(t, rig.Chromium(t), "lan")
	lan.GoReady()
	customer = h.pickUp(t)
	customer.dial("1900")
	lan.Answer()
	return lan, customer
}

// desk logs an agent in.
func (h *house) desk(t *testing.T, b *browser.Browser, login string) *rig.Desk {
	t.Helper()
	return rig.OpenDesk(t, b, h.URL(), login)
}
