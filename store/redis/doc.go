// Package redis keeps the present: the live counters and the wall of each
// node. It is the only package that speaks to Redis (7 or newer; miniredis
// passes the same tests). Nothing here is the only copy of anything: after a
// flush it is all made again from a Source and the journal.
//
// keys.go lists every key. Each script stands in a .lua file that states its
// KEYS, ARGV and answer, and touches only KEYS.
package redis
