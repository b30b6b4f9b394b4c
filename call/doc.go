// Package call is the heart: one customer's conversation as a pure machine.
//
// Step takes one input with the instant at which it was seen and returns what
// became true (stamps) and what is to be done (effects). It knows no clock, no
// network and no chance: the same inputs give the same stamps. A handler only
// decides; apply alone changes the state, one stamp at a time, so a machine is
// rebuilt from its stamps (Replay) and a crashed call is closed by adding the
// stamps that are missing (Recover).
//
// # Phases
//
//	in: Arrived                               out: Originate
//	     │                                         │
//	 arriving ──200 (or ringing)──▶ waiting     dialing ──busy, no answer──▶ releasing
//	                          Matched │ ▲           │ 200
//	         declined, timed out, … ──┼─┤           ├──agent gone──▶ announcing
//	                              offering          │
//	                           Accept │             │
//	                                  ▼             ▼
//	   waiting ◀──20 s, inbound──  connecting ──seat lost──▶ alone ──seat back──▶ as before
//	                                  │ sound both ways       ▲
//	                                  ▼                       │
//	                                talking ◀──hold──▶ held ──┘
//	                                  │ the agent hangs up
//	                                  ▼
//	                              surveying ──end of the dialogue──▶ releasing
//
//	arriving ──▶ menu ──a key, or none──▶ arriving ──▶ waiting, announcing, another menu, releasing
//	waiting, offering ──too long, deserted, a key──▶ arriving ──▶ as above
//	                              talking, held
//	            Consult ┌──────────────┼───Transfer──┬─────Park───┐
//	                    ▼              │             │            ▼
//	 talking ◀─end─ consulting         │ number  agent, queue  parked ──Retrieve──▶ connecting
//	 connecting ◀─complete─┤ Conference▼             ▼            │ N s
//	             number──▶ outside   outside   offering, waiting ◀┘
//	                       │              ▲          │ nobody: back to who asked, then to the queue
//	                 conferencing ──leaves┘          ▼ connecting
//
//	any of them ── the customer's leg is gone ──────────────▶ over ──last wrap-up──▶ closed
//	any of them ── Abort, silence, the longest length ──▶ releasing ──▶ over
//
// Several agents may take part at once: the part that was opened first has the
// customer, the other is consulted or in the conference. When the first ends the
// other has the customer. An outside party is a leg without a part.
//
// A call in releasing has been let go by us (BYE, CANCEL or a final response
// is on its way) and only waits for the word that the leg is gone. It is over
// at that word and closed when no wrap-up is open any more.
//
// A number may have several ways (Plan.Ways). A try that reached no telephone
// (5xx, silence, no line free) is followed by the next one within dialing: the
// customer's leg stays leg 1, its line is another (dial.route_advanced).
//
// # Time
//
// A state change takes the instant of its input, but never one before the
// call's last stamp; the difference is kept as Late. Observations of media
// keep their true instant. Σ phases from created to closed is the call's whole
// length, to the microsecond.
package call
