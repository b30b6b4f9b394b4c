// Package load is what a load keeps of its own deeds, for the checker: the
// ledger that is on disk before each act, the capture of the trunk's side with
// the kernel's time, and a ticking witness of its own stalls.
package load
