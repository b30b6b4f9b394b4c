// Package stamp is the vocabulary of facts: what a stamp is, which kinds
// there are, and how one is written as bytes.
//
// A stamp is one immutable fact about one subject. Three pure machines return
// stamps (call.Machine, acd.Machine, dialer.Machine) and the process stamps
// itself; nothing else does. The way of a stamp goes in one direction only:
//
//	Step → Sink.Record → journal (Seq, hash) ─┬→ live follower   → Redis     (now)
//	                                          └→ ledger follower → Postgres  (true)
//
// All instants and durations are whole microseconds. An instant is truncated
// once, when the clock is read, so differences of instants add up exactly:
// the sum of a call's phases is its length, to the microsecond.
//
// A stamp holds no personal data. Numbers, names and notes stand in party and
// note rows which a stamp names by an opaque id.
package stamp
