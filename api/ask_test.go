package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// guarded lets one number through.
type guarded struct{}

const letThrough = "+84281234567"

func (guarded) DialByHand(context.Context, stamp.AgentID, string) error { return nil }
func (guarded) Outside(_ context.Context, _ stamp.AgentID, number string) (call.Outside, stamp.Side, error) {
	if number != "028 1234567" {
		return call.Outside{}, stamp.Side{}, Refused(errors.New("it is dear"))
	}
	return call.Outside{Party: "p2", Dial: call.Dial{Trunk: "t1", Number: letThrough}}, stamp.Side{Kind: stamp.SideParty, ID: "p2"}, nil
}

// names call everybody by their id.
type names struct{}

func (names) Agent(id stamp.AgentID) wire.Named {
	return wire.Named{ID: string(id), Name: strings.ToUpper(string(id))}
}

// parkOf is a park with one call.
type parkOf struct{}

func (parkOf) Parked() []wire.Parked { return []wire.Parked{{Call: "c9", Since: 7}} }

// Each message is the input that it names; what is asked for reaches the machine.
func TestAskingForSomebody(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	h.talk("c1")
	page.want(wire.TypeCall)
	out := call.Outside{Party: "p2", Dial: call.Dial{Trunk: "t1", Number: letThrough}}
	var want []call.Input
	for _, row := range []struct {
		typ  string
		body any
		want call.Input
	}{
		{wire.TypeConsult, wire.Ask{Call: "c1", To: wire.Target{Kind: "agent", ID: "binh"}}, call.Consult{Agent: me, To: call.Destination{Kind: call.ToAgent, ID: "binh"}}},
		{wire.TypeConsult, wire.Ask{Call: "c1", To: wire.Target{Kind: "number", ID: "028 1234567"}}, call.Consult{Agent: me, To: call.Destination{Kind: call.ToNumber, ID: letThrough}, Outside: out}},
		{wire.TypeTransfer, wire.Ask{Call: "c1", To: wire.Target{Kind: "queue", ID: "support"}}, call.Transfer{Agent: me, To: call.Destination{Kind: call.ToQueue, ID: "support"}}},
		{wire.TypeConsultEnd, wire.CallRef{Call: "c1"}, call.EndConsult{Agent: me}},
		{wire.TypeComplete, wire.CallRef{Call: "c1"}, call.CompleteTransfer{Agent: me}},
		{wire.TypeConference, wire.CallRef{Call: "c1"}, call.Conference{Agent: me}},
		{wire.TypePark, wire.CallRef{Call: "c1"}, call.Park{Agent: me}},
	} {
		if code := page.command(row.typ, row.body); code != "" {
			t.Errorf("%s: %s", row.typ, code)
		}
		want = append(want, row.want)
	}
	if got := h.calls.inputs(); !reflect.DeepEqual(got, want) {
		t.Errorf("asked %#v", got)
	}
	if code := page.command(wire.TypeTransfer, wire.Ask{Call: "c1", To: wire.Target{Kind: "number", ID: "0900"}}); code != string(codeRefused) {
		t.Errorf("a number that is refused: %q", code)
	}
	if code := page.command(wire.TypeRetrieve, wire.CallRef{Call: "c9"}); code != string(codeNotNow) {
		t.Errorf("who is not ready fetches a call: %q", code)
	}
	h.desks.Presence(acd.Presence{Seat: call.Seat{Agent: me}, State: stamp.StateReady})
	page.want(wire.TypePresence)
	if code := page.command(wire.TypeRetrieve, wire.CallRef{Call: "c9"}); code != "" {
		t.Errorf("who is ready: %q", code)
	}
}

func TestThePark(t *testing.T) {
	h := open(t, nil)
	res := h.request(http.MethodGet, "/api/parked", h.login(RoleAgent), nil)
	defer res.Body.Close()
	var list []wire.Parked
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list) != 1 || list[0].Call != "c9" {
		t.Errorf("%v %+v %v", res.Status, list, err)
	}
}

// The picture names who else is in the call, by what each is.
func TestThePictureOfAnAsk(t *testing.T) {
	h := open(t, nil)
	c := h.desks.picture(call.View{
		Role:   "agent",
		Others: []call.Other{{Leg: 3, Role: "consulted", Agent: "binh", State: "up"}, {Leg: 4, Role: "outside", Party: "p1", State: "ringing"}},
		Asking: &call.Asking{Kind: "consult", By: "anna", Target: stamp.Target{To: "queue", Name: "q1"}, Answered: true},
		Failed: &call.AskFailed{Kind: "blind", Target: stamp.Target{To: "agent", Name: "chi"}, Why: stamp.AskBusy},
	})
	if c.Others[0].Who.Name != "BINH" || c.Others[1].Who.Kind != "number" || c.Others[1].Who.Number != (directory{}).Party("p1").Number {
		t.Errorf("%+v", c.Others)
	}
	if c.Asking.By.Name != "ANNA" || c.Asking.Who.Name != (directory{}).Queue("q1").Name || !c.Asking.Answered {
		t.Errorf("%+v", c.Asking)
	}
	if c.Failed.Why != "busy" || c.Failed.Who.Name != "CHI" || c.Role != "agent" {
		t.Errorf("%+v %s", c.Failed, c.Role)
	}
}
