// Package replay proves that what stamps come to does not depend on how they
// are delivered. A day is lived by the product's own machines (switchboard and
// floor, in fake time, with a crash in it); its journal is then brought to the
// real followers in every disorder that delivery allows, and the tables must
// come out the same.
//
// # What delivery may do
//
// The journal promises one thing: a node's stamps come in the order of Seq.
// Everything else may happen and must not be seen in the tables:
//
//   - a batch ends anywhere, also inside a step of a machine
//   - a batch comes again, whole or in part, because its confirmation was lost
//   - a batch comes too early: it is refused, has no effect, and comes again
//   - the follower dies in the middle of a transaction or script and another
//     takes over from the store's position
//   - two nodes' journals come in any order among each other
//
// Then every table is the same to the byte: Delivery.
//
// # What writing may do
//
// Which Seq a stamp gets is decided when it is written. Owners race: stamps of
// different subjects may be written in any order, and any of them late, even
// after its quarter hour was cut. A subject's own stamps keep their order, since
// one goroutine writes them. Such a journal is another journal: its Seq are
// others, and what was known at a cut is less. But every record, and every
// figure once nothing is under way any more, must be the same: Writing.
// Not shuffled are the node's own stamps, which are written where they stand.
package replay
