// Package ledger is a node's append-only journal of stamps.
//
//	Append ─ under one lock: Seq, bytes, hash ─→ pending
//	                                               │ one writer goroutine, a group at most every SyncEvery
//	                                               ▼
//	                                   write → fsync → Durable(seq) ─┬→ Notify callbacks, in order
//	                                                                 └→ readers → followers → stores
//
// A journal is a directory:
//
//	lock          held by flock while a process writes
//	node          the node's id, made with the directory
//	boot          how often the directory was opened, from 1
//	reserve.1/.2  preallocated bytes that are given back on a full disk
//	00000001.seg  segments, in the order of their numbers
//
// A segment begins with a header (header.go) and goes on with frames
// (frame.go). Each process start begins a segment of its own, so no process
// ever writes to a file that another one may have left half written. A
// segment names the one it follows and how many of its bytes count: what a
// failed fsync left behind is thereby dead, whatever the disk made of it.
//
// A frame says how much of its segment was fsynced when it was written. Damage
// below such a mark is a fault that Open reports by file and offset; damage
// behind the last one is a torn tail, which nobody was ever told about, and is
// cut off. Close leaves a mark behind everything.
package ledger
