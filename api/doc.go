// Package api is the edge towards people: HTTP with its OpenAPI document, the
// agent's WebSocket, the live stream, login. It decides nothing about a call:
// a command becomes an input of the call's or the agent's machine, whose
// verdict goes back to the page.
//
//	page ── frame ──▶ reader ── Ask ──▶ conversation or Floor
//	page ◀─ frame ─── writer ◀─ post ── Desks ◀── Ring, Unring, Show, Presence
package api
