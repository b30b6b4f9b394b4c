package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// targetsOf knows three agents, a queue and a menu.
type targetsOf struct{}

func (targetsOf) Targets() wire.Targets {
	return wire.Targets{
		Agents: []wire.Colleague{{ID: "binh", Name: "Bình"}, {ID: "chi", Name: "Chi"}, {ID: string(me), Name: "Me"}},
		Queues: []wire.Named{{ID: "q1", Name: "Service"}}, Menus: []wire.Named{{ID: "main", Name: "main"}},
	}
}

// Who asks is no target, nor who has logged out.
func TestTargets(t *testing.T) {
	h := open(t, nil)
	for id, state := range map[stamp.AgentID]string{"binh": stamp.StateWrap, "chi": stamp.StateOffline, me: stamp.StateTalking} {
		h.desks.Presence(acd.Presence{Seat: call.Seat{Agent: id}, State: state})
	}
	res := h.request(http.MethodGet, "/api/targets", h.login(RoleAgent), nil)
	defer res.Body.Close()
	var got wire.Targets
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(res.Status, err)
	}
	want := targetsOf{}.Targets()
	want.Agents = []wire.Colleague{{ID: "binh", Name: "Bình", State: stamp.StateWrap}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
