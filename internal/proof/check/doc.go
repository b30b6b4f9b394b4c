// Package check is the independent witness of the ledger proof. It shares no
// code with the product: it reads a packet capture with kernel time stamps,
// the ledger that the load wrote before each act, and the database by SQL, and
// says where they disagree.
//
// # Who witnesses what
//
// The capture (SIP and RTP on the trunk's side) witnesses: the INVITE and
// every answer to it; ACK, CANCEL, BYE and its answer; re-INVITEs with their
// direction; the keys that a customer pressed (RFC 4733); and the beginning of
// a talk, as far as it can be seen from outside:
//
//	talk begins = the later of the first packet from the customer and the first
//	packet with the marker bit (or the first at all) to the customer, both
//	after the agent's accept (dialed calls: after the 200)
//
// because a marker bit towards the customer begins another source there, and
// after the accept that source is the agent. The agent's own packets are
// encrypted; nobody outside can read them.
//
// The load's ledger witnesses what happens at a desk: ringing, accept,
// decline, hold, unhold, hang-up, end of wrap-up. A line is fsynced before the
// act and completed by a second line with the instant at which the fsync was
// over, which is the act's instant.
//
// The stamps in the database witness themselves: their hash chain is computed
// anew from the stored bytes, their numbering must have no gap, and every
// record row is told anew from them. Rows, sums and quarter hours must then
// obey the laws among themselves.
//
// A duration may differ from the witnessed one by 20 ms, and one in a hundred
// by 20 ms and what the load itself was stalled near its two ends.
//
// # Faults
//
// The load writes "fault" and "healed" with a name around each fault. A fault
// excuses nothing by itself: calls must not feel it. What it may excuse is said
// by the line "fault":
//
//	us      durations that touch the window may be off by so much
//	refuse  new calls may be turned away (5xx, never rung) without a record
//	blind   desks may miss what happens, and act late: what a desk should have
//	        seen is not asked for, durations told by a desk may be off by a
//	        second and the window
//
// The fault named ServerDead, from the product's death until it is ready again,
// is blind and may refuse; besides, a call that was in progress must end as
// abnormal, estimated, at the last proof of life, closed, its trunk leg let go
// within 35 s; its durations may be off by a second and the window. Nothing else
// may end so. A caller who got any answer has one record. One who got none has
// none, but for the instant between a stamp on disk and the answer: such records
// are counted as unheard. An agent's lines "lost" and "back" make that one desk
// blind, and so do "cut" and "healed", between which its network was dead. A window reaches a second beyond both its ends.
//
// All instants are µs since 1970 UTC, all durations µs.
package check
