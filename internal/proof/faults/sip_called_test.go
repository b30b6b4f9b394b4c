package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// everyAsk is what a dialog must answer to what may be asked in it.
var everyAsk = []string{"got_OPTIONS 200", "got_INFO 200", "got_UPDATE 200", "got_UPDATE 200", "got_INVITE 200", "got_MESSAGE 405", "got_REFER 405"}

// calledCases: the product calls. want: outcome, result, SIP status, who ended
// it, cause of the leg's end.
var calledCases = []sipCase{
	{name: "silent", make: with(phonenet.Deaf), want: "failed failed 408 network trunk_silent"},
	{name: "100 lost, 180 late", make: func(s *phonenet.Script, a *robot.Plan) {
		with(phonenet.NoTrying)(s, a)
		s.Pause = 2500 * time.Millisecond
	},
		want: "answered connected 0 system none"},
	{name: "180 after 8 s", make: func(s *phonenet.Script, a *robot.Plan) { rated(s, a); s.Pause = 8 * time.Second }, want: "answered connected 0 system none"},
	{name: "183 early media", make: func(s *phonenet.Script, a *robot.Plan) { with(phonenet.EarlyMedia)(s, a); s.Ring = time.Second },
		want: "answered connected 0 system none"},
	{name: "no 18x", make: with(phonenet.NoRinging), want: "answered connected 0 system none"},
	{name: "12 provisionals", make: with(phonenet.Storm), want: "answered connected 0 system none"},
	{name: "tag changes", make: with(phonenet.NewTag), want: "answered connected 0 system none"},
	{name: "forked 200", make: with(phonenet.Forked), want: "answered connected 0 system none", acts: []string{"answer 200", "fork_acked", "fork_ended"}},
	{name: "200 without SDP", make: with(phonenet.NoSDP), want: "failed failed 0 system no_codec"},
	{name: "200 with bad SDP", make: with(phonenet.BadSDP), want: "failed failed 0 system no_codec"},
	{name: "200 with other codecs", make: with(phonenet.ForeignCodec), want: "failed failed 0 system no_codec"},
	{name: "ACK lost", make: with(phonenet.AckLost), want: "answered connected 0 system none"},
	{name: "answer crosses CANCEL", make: func(s *phonenet.Script, _ *robot.Plan) { s.Fate, s.Quirk = phonenet.RingOut, phonenet.LateAnswer },
		want: "abandoned abandoned 0 dialer answered_after_cancel", acts: []string{"answer 200", "ended"}},
	{name: "answer after CANCEL", make: func(s *phonenet.Script, _ *robot.Plan) {
		s.Fate, s.Quirk, s.Late = phonenet.RingOut, phonenet.LateAnswer, time.Second
	}, want: "abandoned abandoned 0 dialer answered_after_cancel", acts: []string{"answer 200", "ended"}},
	{name: "BYE glare", make: with(phonenet.ByeGlare), want: "answered connected 0 - -", acts: []string{"bye"}},
	{name: "BYE unanswered", make: with(phonenet.ByeUnanswered), want: "answered connected 0 - -"},
	{name: "BYE unknown", make: with(phonenet.ByeUnknown), want: "answered connected 0 - -"},
	{name: "asked in dialog", make: func(s *phonenet.Script, a *robot.Plan) { with(phonenet.Asks)(s, a); a.Talk = 4 * time.Second },
		want: "answered connected 0 - -", acts: everyAsk},
	{name: "re-INVITE glare", make: held(phonenet.OfferGlare), want: "answered connected 0 - -", acts: []string{"got_INVITE 200"}},
	{name: "no RTP", make: with(phonenet.Mute), want: "failed failed 0 system silence", never: "key"},
	{name: "session timer not kept", make: func(s *phonenet.Script, a *robot.Plan) { s.Quirk, a.Talk = phonenet.Unrefreshed, 0 },
		want: "answered connected 0 network session_expired"},
	{name: "302 elsewhere", make: refusing(302, "Contact: <sip:+84990000000@127.0.0.9:5060>"), want: "failed failed 302 network none"},
	{name: "404", make: refusing(404), want: "invalid invalid 404 network not_found"},
	{name: "408", make: refusing(408), want: "failed failed 408 network timeout"},
	{name: "480", make: refusing(480), want: "no_answer no_answer 480 - unavailable"},
	{name: "486", make: refusing(486), want: "busy busy 486 - busy"},
	{name: "500", make: refusing(500), want: "failed failed 500 network server_error"},
	{name: "503", make: refusing(503), want: "failed failed 503 network unavailable"},
	{name: "603", make: refusing(603), want: "rejected rejected 603 - declined"},
}

func sipCalled(t *testing.T, row *rig.Row) {
	h := quirkHouse(t, rig.Seed(t), 0, 16)
	ringFor(t, h, 10*time.Second)
	runCases(t, row, h, calledCases, true)
}

// ringFor changes how long the campaign lets it ring.
func ringFor(t *testing.T, h *rig.House, limit time.Duration) {
	t.Helper()
	h.SQL.Exec(`UPDATE campaigns SET ring_timeout_us = $1`, limit.Microseconds())
	boss := rig.NewClient(t, h.URL(), "boss")
	for _, verb := range []string{"stop", "start"} {
		if code := boss.Do("POST", "/api/campaigns/spring/"+verb, nil, nil); code != 200 {
			t.Fatalf("%s the campaign: %d", verb, code)
		}
	}
}
