// Package sip is the telephone exchange's side of a call: trunks, the door that guards them, and one Leg per dialog.
//
//	socket → guard (who, how much, well-formed) → parser → transactions → UA ──► Leg (mailbox, one goroutine) ──► call.Input
//	         ours                                  └────── sipgo ──────┘         ours
//
// A Leg is one dialog. Whatever happens to it (a request, a response, an order of the conversation, a deadline) passes
// through its mailbox, so its state needs no lock:
//
//	in:   arrived ─Ring→ ringing ─Answer→ answered ─ACK→ up ─BYE→ over
//	         └────────────┴─ CANCEL, Release → over └─ 64·T1 without ACK → BYE → over
//	out:  idle ─Invite→ inviting ─200→ up ─BYE→ over
//	                       ├─ ≥ 300, time-out → over
//	                       └─ Release, ring limit → cancelling ─ 487, 64·T1 → over; 200 → ACK, BYE → over
//
// What comes of it is posted as call.Input with the instant at which it was seen; LegGone is the last, once.
package sip
