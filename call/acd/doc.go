// Package acd is the agents' side: each agent session's presence machine, the
// queues' waiting calls, the pure matching of the two, and the Floor, the one
// goroutine that owns them.
//
// # Presence
//
//	           Ready                    Move ringing
//	(login) ─────────▶ ready ─────────────────────────▶ ringing
//	                   ▲ │ ▲ Reserve                       │ Move connecting
//	      Ready/SeatUp │ │ └───────▶ reserved ──────────▶ connecting
//	                   │ │ Pause                           │ Move talking
//	   unreachable ◀───┼─┴──────▶ paused                 talking
//	                   │                                   │ Move wrap
//	                   └──────────── Move ready ◀──────── wrap
//
// A page without a microphone, or whose ICE failed, is unreachable too, with the
// word for it as aux. What is asked for while a call has a claim on the agent
// says, when it comes true, since when and by whom: the agent, or a supervisor by
// Force. Assign changes queues and skills while the session lasts.
//
// A call moves its agent by Move, with the call's stamp as cause and instant,
// so an agent's talk is the sum of the agent's segments exactly. While a call
// has a claim on the agent, Pause and Logout are remembered and come true at
// its end. An agent is reachable while the page proves life and its warm
// connection is up; otherwise the state is unreachable, from the last proof
// on, and nothing is offered.
//
// As in package call a step decides and apply evolves: apply is the only code
// that changes a session, so its stamps rebuild it (Replay).
package acd
