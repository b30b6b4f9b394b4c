// Package kpi turns stamps into what people read: records of calls, counters
// of quarter hours, and the catalogue of figures made of them.
//
//	stamps ─┬→ Folder → records ─→ Intervals ─┐
//	        │                                 ├→ Compare, Evaluate
//	        └→ Live   → deltas  ─→ counters ──┘
//
// Folder and Live read the same stamps on two ways that share no arithmetic:
// Folder keeps whole records and Intervals computes a bucket's figures from
// them, Live bumps counters as stamps pass. That both come to the same numbers
// is what "callstamp check" proves, so neither may borrow from the other.
//
// Both are pure: no clock, no chance, no configuration. The same stamps give
// the same bytes on any day. All instants are µs since 1970 UTC, all durations
// whole µs; an instant of 0 means "not yet" or "never".
package kpi
