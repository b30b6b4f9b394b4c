package sip

import "github.com/emiago/sipgo/sip"

// theirRefer declines: the far side wants the call to go to somebody else (RFC
// 3515), at our expense and past the guard that stands before every number. No
// trunk is allowed that.
func (l *Leg) theirRefer(r inbound) {
	respond(r.tx, r.req, 603, reason(603),
		sip.NewHeader("Reason", `SIP;cause=603;text="Transfers from outside are not taken"`)) // RFC 3326
}
