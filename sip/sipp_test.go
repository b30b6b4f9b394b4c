package sip

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

func TestPlainCallIn(t *testing.T) {
	r := newRig(t, 9)
	phone := siptest.Start(t, "testdata/uac.xml", r.udp(), 20*time.Second)
	in := r.next()
	if in.Trunk != "t1" || in.Called != "1900" || in.Caller != "+84901234567" || in.CallerName != "An" {
		t.Errorf("invite: %+v", in.Invite)
	}
	in.Ring()
	in.Answer()
	phone.Wait(t)
	in.tells(t, "rang 180; answered PCMA; gone by customer q850 16")
}

func TestPlainCallOut(t *testing.T) {
	phone := siptest.Start(t, "testdata/uas.xml", "", 20*time.Second)
	r := newRig(t, phone.Port)
	leg, rec := r.dialOut(0)
	rec.has(t, "answered PCMU")
	leg.Release(0)
	phone.Wait(t)
	rec.tells(t, "sent; rang 180; answered PCMU; gone by system  0")
}
