package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// callingCases: the customer calls.
var callingCases = []sipCase{
	{name: "no ACK at all", make: func(s *phonenet.Script, a *robot.Plan) { s.Quirk, a.Talk = phonenet.NoAck, 0 }, want: "answered none 0 network no_ack|abandoned none 0 network no_ack"},
	{name: "ACK lost three times", make: with(phonenet.AckLost), want: "answered none 0 - -"},
	{name: "CANCEL before 1xx", make: with(phonenet.CancelAtOnce), want: "cancelled none 0 customer cancelled|abandoned_short none 0 customer none", acts: []string{"cancel"}},
	{name: "CANCEL crosses 200", make: with(phonenet.CancelAtAnswer), want: "abandoned_short none 0 customer -", acts: []string{"cancel", "answered 200", "bye", "hung_up"}},
	{name: "INVITE repeated after 200", make: with(phonenet.InviteAgain), want: "answered none 0 - -"},
	{name: "INVITE without SDP", make: with(phonenet.Offerless), want: "answered none 0 - -"},
	{name: "BYE glare", make: with(phonenet.ByeGlare), want: "answered none 0 - -", acts: []string{"bye"}},
	{name: "BYE unanswered", make: with(phonenet.ByeUnanswered), want: "answered none 0 - -"},
	{name: "BYE unknown", make: with(phonenet.ByeUnknown), want: "answered none 0 - -"},
	{name: "asked in dialog", make: func(s *phonenet.Script, a *robot.Plan) { with(phonenet.Asks)(s, a); a.Talk = 4 * time.Second },
		want: "answered none 0 - -", acts: everyAsk},
	{name: "re-INVITE glare", make: held(phonenet.OfferGlare), want: "answered none 0 - -", acts: []string{"got_INVITE 200"}},
	{name: "no RTP", make: with(phonenet.Mute), want: "failed none 0 system silence|abandoned none 0 system silence|abandoned_at_offer none 0 system silence", never: "key"},
	{name: "session timer not kept", make: func(s *phonenet.Script, a *robot.Plan) { s.Quirk, a.Talk = phonenet.Unrefreshed, 0 },
		want: "answered none 0 network session_expired"},
}

func sipCalling(t *testing.T, row *rig.Row) {
	runCases(t, row, quirkHouse(t, rig.Seed(t), 14, 0), callingCases, false)
}
