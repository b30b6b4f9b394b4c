// Package switchboard runs the calls: one goroutine per call, with one machine,
// one mailbox and one deadline. It owns nothing else. Sound, signalling, agents,
// screens and the journal hang on the small interfaces of ports.go.
//
//	edge ──Post──▶ mailbox ──▶ machine.Step ──▶ stamps ──▶ Sink.Record      first
//	                  ▲                     └─▶ effects ──▶ leg, voice, …   then, in order
//	                  └── a failed effect, a durable position, the deadline
//
// Owners post to each other and never wait. Only the edge may Ask.
package switchboard
