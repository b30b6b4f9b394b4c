// Package wire holds the messages between Callstamp and what talks to it: the
// agent's WebSocket (desk.go), the live stream and the pages' JSON (live.go,
// report.go). Types only; docs/protocol.md describes them, and golden JSON in
// api/testdata/wire is read by this side and by the browser's.
//
// Instants are µs since 1970-01-01 UTC on the server's clock, durations are
// whole µs, both as JSON numbers. A page learns the server's clock from
// HeartbeatAck and counts by itself.
package wire

// Protocol is the version of the agent's WebSocket protocol. A server refuses
// another major version with close code 4406.
const Protocol = 1
