// Package media carries the voice of a call: RTP to and from trunks, SRTP to and from browsers, and everything that is
// played, pressed and measured on the way.
//
//	trunk ── UDP ──► trunkEnd ─┐ Attach  ┌─► webEnd ── SRTP (pion) ──► browser
//	                           ▼         │
//	                        WriteRTP ────┘        one Packet, rewritten in place, no copy, no channel
//
// An End is one party's connection. What it receives goes to the Sink it is attached to; what is written to it goes to
// its far side as one continuous RTP stream, however often the sources behind it change. Bridge attaches two ends to
// each other, Park plays music to one. An end with nothing attached stays up, counts and drops.
//
// More than two meet in a Mixer: each end is attached to a place in it, which has the only jitter buffer, and every 20 ms
// gets the sum of those whom it hears. To an end a mixer is one more source that is relayed.
//
// # Who runs what
//
// Every trunk has one goroutine for RTP and one for RTCP; every browser has those of pion and one reader. One wheel per
// Engine paces all sources, keys, reports and time-outs. One courier per Engine delivers all events, so a slow owner
// delays other owners' events but never a packet.
//
// # Who owns a buffer
//
// Packet.B belongs to the goroutine that received it. It is valid until WriteRTP or Heard returns; a Sink may change
// it in place, a Tap may not. Whoever needs it longer copies it.
//
// # Locks
//
// Every end has one mutex and no end holds it while calling another end. A Mixer's comes before an end's.
package media
