package sip

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

// scenarioLimit is when a SIPp run gives up.
const scenarioLimit = 20 * time.Second

func TestPlainCallIn(t *testing.T) {
	r := newRig(t, 9)
	phone := siptest.Start(t, "testdata/uac.xml", r.udp(), scenarioLimit)
	in := r.next()
	if in.Trunk != "t1" || in.Called != "1900" || in.Caller != "+84901234567" || in.CallerName != "An" {
		t.Errorf("invite: %+v", in.Invite)
	}
	in.Ring()
	in.Answer()
	phone.Wait(t)
	in.tells(t, "rang 180; answered PCMA; gone by customer q850 16")
}

// TestCallsIn plays what a caller may do; the conversation rings and answers unless the row says otherwise.
func TestCallsIn(t *testing.T) {
	for _, row := range []struct {
		scenario string
		then     func(t *testing.T, a *arrival)
		story    string // "" : no call may come in
	}{
		{"uac_cancel", func(_ *testing.T, a *arrival) { a.Ring() }, "rang 180; gone by customer cancelled sip 487 cancelled"},
		{"uac_reject", nil, ""},
		{"uac_no_codec", nil, ""},
		{"uac_lost_ack", answerIt, "rang 180; answered PCMA; gone by network sip 408 no_ack"},
		{"uac_offerless", answerIt, "rang 180; answered; gone by customer  0"},
		{"uac_hold", answerIt, "rang 180; answered PCMA; held; resumed; held; resumed; held; resumed; gone by customer  0"},
		{"uac_held_by_us", func(t *testing.T, a *arrival) {
			answerIt(t, a)
			a.listens(t, true)
			a.Hold(true)
			a.listens(t, false)
			a.Hold(false)
			a.listens(t, true)
			a.Release(0)
		}, "rang 180; answered PCMA; gone by system  0"},
	} {
		t.Run(row.scenario, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 9)
			phone := siptest.Start(t, "testdata/"+row.scenario+".xml", r.udp(), scenarioLimit)
			if row.story == "" {
				phone.Wait(t)
				eventually(t, func() bool { return r.Legs() == 0 }, func() string { return "a leg is left" })
				if len(r.incoming) != 0 {
					t.Error("a call came in")
				}
				return
			}
			a := r.next()
			row.then(t, a)
			phone.Wait(t)
			a.tells(t, row.story)
			if sent := strings.Count(phone.Messages(), "SIP/2.0 200 OK"); row.scenario == "uac_lost_ack" && (sent < 9 || sent > 13) {
				t.Errorf("the 200 was seen %d times; T1, 2·T1 … T2 up to 64·T1 makes 11, and ours to the BYE", sent)
			}
		})
	}
}

func answerIt(_ *testing.T, a *arrival) {
	a.Ring()
	a.Answer()
}

func TestPlainCallOut(t *testing.T) {
	phone := siptest.Start(t, "testdata/uas.xml", "", scenarioLimit)
	r := newRig(t, phone.Port)
	leg, rec := r.dialOut(0)
	rec.has(t, "answered PCMU")
	leg.Release(0)
	phone.Wait(t)
	rec.tells(t, "sent; rang 180; answered PCMU; gone by system  0")
}

// TestCallsOut plays what the far side may do to our INVITE. We hang up after the word of column after.
func TestCallsOut(t *testing.T) {
	ringing := strings.Repeat("rang 180; rang 183; ", 7) + "rang 180; "
	for _, row := range []struct {
		scenario string
		after    string
		ring     time.Duration
		story    string
	}{
		{scenario: "uas_cancel", after: "rang 180", story: "sent; rang 180; rejected 487; gone by system cancelled sip 487 cancelled"},
		{scenario: "uas_cancel", ring: 200 * time.Millisecond, story: "sent; rang 180; rejected 408; gone by system cancelled sip 408 ring_limit"},
		{scenario: "uas_cancel_crossed", after: "rang 180", story: "sent; rang 180; answered PCMU; gone by system sip 200 answered_after_cancel"},
		{scenario: "uas_provisionals", after: "answered PCMU", story: "sent; " + ringing + "answered PCMU; gone by system  0"},
		{scenario: "uas_early", after: "answered PCMU", story: "sent; rang 183 early; answered PCMU; gone by system  0"},
		{scenario: "uas_busy", story: "sent; rejected 486; gone by customer sip 486 busy"},
		{scenario: "uas_declined", story: "sent; rejected 302; gone by network sip 302"},
		{scenario: "uas_401", after: "answered PCMU", story: "sent; rang 180; answered PCMU; gone by system  0"},
		{scenario: "uas_407", after: "answered PCMU", story: "sent; rang 180; answered PCMU; gone by system  0"},
	} {
		t.Run(row.scenario+row.ring.String(), func(t *testing.T) {
			t.Parallel()
			phone := siptest.Start(t, "testdata/"+row.scenario+".xml", "", scenarioLimit)
			r := newRig(t, phone.Port, withTrunk(func(t *Trunk) { t.User, t.Password = "user", "secret" }))
			leg, rec := r.dialOut(row.ring)
			if row.after != "" {
				rec.has(t, row.after)
				leg.Release(0)
			}
			phone.Wait(t)
			rec.tells(t, row.story)
		})
	}
}

// TestLoss loses one packet in four, each way, and expects the same stories.
func TestLoss(t *testing.T) {
	const seed = 1900
	lossy := func() func(bool, []byte) bool {
		var mu sync.Mutex
		dice := rand.New(rand.NewPCG(seed, 0))
		return func(bool, []byte) bool {
			mu.Lock()
			defer mu.Unlock()
			return dice.IntN(4) != 0
		}
	}
	t.Run("in", func(t *testing.T) {
		t.Parallel()
		r := newLossyRig(t, 9, lossy())
		phone := siptest.Start(t, "testdata/uac_loss.xml", r.udp(), scenarioLimit)
		in := r.next()
		in.Ring()
		in.Answer()
		phone.Wait(t)
		in.tells(t, "rang 180; answered PCMA; gone by customer  0")
	})
	t.Run("out", func(t *testing.T) {
		t.Parallel()
		phone := siptest.Start(t, "testdata/uas_loss.xml", "", scenarioLimit)
		r := newLossyRig(t, phone.Port, lossy())
		leg, rec := r.dialOut(0)
		rec.has(t, "answered PCMU")
		leg.Release(0)
		phone.Wait(t)
		eventually(t, func() bool { return strings.HasSuffix(rec.story(), "answered PCMU; gone by system  0") }, rec.story)
	})
}
