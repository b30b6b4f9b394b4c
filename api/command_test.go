package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Each command becomes one input of the call's or the agent's machine.
func TestCommandsBecomeInputs(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  string
		body any
		want call.Input
	}{
		"ringing":   {wire.TypeRinging, wire.OfferRef{Offer: "o1"}, call.DeskRings{Offer: "o1"}},
		"accept":    {wire.TypeAccept, wire.OfferRef{Offer: "o1"}, call.Accept{Offer: "o1"}},
		"decline":   {wire.TypeDecline, wire.OfferRef{Offer: "o1"}, call.Decline{Offer: "o1"}},
		"no mic":    {wire.TypeMediaFail, wire.MediaFail{Offer: "o1", Reason: "no_microphone"}, call.OfferFailed{Offer: "o1", End: stamp.OfferNoMicrophone}},
		"no ICE":    {wire.TypeMediaFail, wire.MediaFail{Offer: "o1", Reason: "ice_failed"}, call.OfferFailed{Offer: "o1", End: stamp.OfferICEFailed}},
		"hold":      {wire.TypeHold, wire.Switch{Call: "c1", On: true}, call.AgentHold{Agent: me, On: true}},
		"resume":    {wire.TypeHold, wire.Switch{Call: "c1"}, call.AgentHold{Agent: me}},
		"record":    {wire.TypeRecord, wire.Switch{Call: "c1", On: true}, call.AgentRecord{Agent: me, On: true}},
		"rec_pause": {wire.TypeRecPause, wire.Switch{Call: "c1", On: true}, call.AgentRecordPause{Agent: me, On: true}},
		"mute":      {wire.TypeMute, wire.Switch{Call: "c1", On: true}, call.AgentMute{Agent: me, On: true}},
		"hang up":   {wire.TypeHangup, wire.CallRef{Call: "c1"}, call.AgentHangup{Agent: me}},
		"dispose":   {wire.TypeDispose, wire.Dispose{Call: "c1", Code: "resolved"}, call.Dispose{Agent: me, Segment: 1, Code: "resolved"}},
		"more":      {wire.TypeWrapExtend, wire.CallRef{Call: "c1"}, call.ExtendWrap{Agent: me, Segment: 1, ByUS: 30_000_000}},
		"wrap end":  {wire.TypeWrapEnd, wire.WrapEnd{Call: "c1", Then: "ready"}, call.EndWrap{Agent: me, Segment: 1, By: "agent"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, nil)
			page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
			h.talk("c1")
			page.want(wire.TypeCall)
			h.desks.Ring(call.Seat{Agent: me}, "o1", stamp.Instant{At: 9}, call.View{Call: "c2"})
			page.want(wire.TypeRing)
			if code := page.command(tt.typ, tt.body); code != "" {
				t.Fatal(code)
			}
			if got := h.calls.inputs(); !reflect.DeepEqual(got, []call.Input{tt.want}) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

func TestCommandsAboutPresence(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	for _, c := range []struct {
		typ  string
		body any
	}{
		{wire.TypeReady, nil}, {wire.TypePause, wire.Pause{Reason: "lunch"}}, {wire.TypeLogout, nil},
	} {
		if code := page.command(c.typ, c.body); code != "" {
			t.Fatalf("%s: %s", c.typ, code)
		}
	}
	want := []acd.Input{acd.Seat{Up: true}, acd.Ready{}, acd.Pause{Reason: "lunch", Unpaid: true}, acd.Logout{By: "agent"}}
	if !reflect.DeepEqual(h.floor.told, want) {
		t.Errorf("told %#v, want %#v", h.floor.told, want)
	}
}

// What is not the agent's, not possible or not known is refused by its code.
func TestRefusedCommands(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	h.talk("busy")
	page.want(wire.TypeCall)
	for _, tt := range []struct {
		typ  string
		body any
		code code
	}{
		{wire.TypeHold, wire.Switch{Call: "another", On: true}, codeNotYours},
		{wire.TypeMute, wire.Switch{Call: "another", On: true}, codeNotYours},
		{wire.TypeHangup, wire.CallRef{Call: "another"}, codeNotYours},
		{wire.TypeDispose, wire.Dispose{Call: "another", Code: "resolved"}, codeNotYours},
		{wire.TypeNote, wire.Note{Call: "another", Text: "x"}, codeNotYours},
		{wire.TypeWrapExtend, wire.CallRef{Call: "another"}, codeNotYours},
		{wire.TypeHangup, wire.CallRef{Call: "busy"}, codeNotNow},
		{wire.TypeDispose, wire.Dispose{Call: "busy", Code: "made up"}, codeUnknown},
		{wire.TypePause, wire.Pause{Reason: "to call Lê Chi, +84900000001"}, codeUnknown},
		{wire.TypeWrapEnd, wire.WrapEnd{Call: "busy", Then: "nap"}, codeUnknown},
		{wire.TypeNote, wire.Note{Call: "busy", Text: strings.Repeat("a", maxNote+1)}, codeTooLong},
		{wire.TypeAccept, wire.OfferRef{Offer: "nobody's"}, codeGone},
		{wire.TypeDecline, wire.OfferRef{Offer: "nobody's"}, codeGone},
		{wire.TypeMediaOffer, wire.SDP{SDP: "bad"}, codeMedia},
		{wire.TypeHold, map[string]int{"call": 1}, codeBadFrame},
		{wire.TypeHold, nil, codeBadFrame},
		{"dance", nil, codeBadFrame},
	} {
		if got := page.command(tt.typ, tt.body); got != string(tt.code) {
			t.Errorf("%s %v: %q, want %q", tt.typ, tt.body, got, tt.code)
		}
	}
	if len(h.floor.told) > 0 {
		t.Errorf("the floor was told %#v", h.floor.told)
	}
	if got := h.calls.inputs(); !reflect.DeepEqual(got, []call.Input{call.AgentHangup{Agent: me}}) {
		t.Errorf("the calls were asked %#v", got)
	}
}

func TestMediaAnswer(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	f := frame(wire.TypeMediaOffer, wire.SDP{SDP: "v=0"})
	f.ID = 1
	page.write(f)
	var sdp wire.SDP
	if a := page.want(wire.TypeMediaAnswer); decode(a.Body, &sdp) != nil || sdp.SDP != "answer to v=0" || a.ID != 1 {
		t.Errorf("%+v %+v", a, sdp)
	}
}

// The first text of a segment is stamped, every text is stored under the same
// id, and a page that comes back has it again.
func TestNoteIsSaved(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.talk("c1")
	page.want(wire.TypeCall)
	for _, text := range []string{"wants a", "wants a blue one"} {
		if code := page.command(wire.TypeNote, wire.Note{Call: "c1", Segment: 1, Text: text}); code != "" {
			t.Fatal(code)
		}
	}
	notes := h.journal.notes()
	if len(notes) != 2 || notes[0].ID != notes[1].ID || notes[0].Kind != stamp.SideNote || notes[0].Org != "acme" || notes[0].ID == "" {
		t.Fatalf("%+v", notes)
	}
	if !strings.Contains(string(notes[1].Data), "wants a blue one") || !json.Valid(notes[1].Data) {
		t.Errorf("stored as %s", notes[1].Data)
	}
	want := []call.Input{call.SaveNote{Agent: me, Segment: 1, Note: stamp.NoteID(notes[0].ID)}}
	if got := h.calls.inputs(); !reflect.DeepEqual(got, want) {
		t.Errorf("asked %#v, want %#v", got, want)
	}
	again, _ := h.sit(agent, wire.Hello{Desk: "d2", TakeOver: true})
	again.want(wire.TypeCall)
	h.talk("c1")
	var c wire.Call
	if err := decode(again.want(wire.TypeCall).Body, &c); err != nil || c.Note != "wants a blue one" {
		t.Errorf("the page that came back has %q, %v", c.Note, err)
	}
}

// The text of a note from before the server's restart is shown once it is read;
// what the agent has typed since stands.
func TestNoteIsRecalled(t *testing.T) {
	h := open(t, nil)
	view := call.View{Call: "c1", Phase: stamp.PhaseOver, Segment: 1, Wrap: true, Note: "n1"}
	h.desks.Show(call.Seat{Agent: me}, view)
	h.desks.Recall(me, "c1", 1, "another", "somebody else's")
	h.desks.Recall(me, "c1", 1, "n1", "wants a blue one")
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	note := func() string {
		t.Helper()
		var c wire.Call
		if err := decode(page.want(wire.TypeCall).Body, &c); err != nil {
			t.Fatal(err)
		}
		return c.Note
	}
	if got := note(); got != "wants a blue one" {
		t.Errorf("the page has %q", got)
	}
	if code := page.command(wire.TypeNote, wire.Note{Call: "c1", Segment: 1, Text: "a red one"}); code != "" {
		t.Fatal(code)
	}
	if saved := h.journal.notes(); len(saved) != 1 || saved[0].ID != "n1" {
		t.Errorf("saved under another id: %+v", saved)
	}
	h.desks.Recall(me, "c1", 1, "n1", "wants a blue one")
	h.desks.Show(call.Seat{Agent: me}, view)
	if got := note(); got != "a red one" {
		t.Errorf("then it has %q", got)
	}
}

// A command that is sent again after a reconnect is answered again and not
// carried out twice.
func TestCommandSentAgain(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.talk("c1")
	seen := page.want(wire.TypeCall).Seq
	if code := page.command(wire.TypeHold, wire.Switch{Call: "c1", On: true}); code != "" {
		t.Fatal(code)
	}
	_ = page.conn.Close()
	back, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen})
	if !w.Resumed || w.NextID != 2 {
		t.Errorf("welcomed with %+v", w)
	}
	for range 2 {
		f := frame(wire.TypeHold, wire.Switch{Call: "c1", On: true})
		f.ID = 1
		back.write(f)
		if code := back.answer(1); code != "" {
			t.Errorf("answered by %s", code)
		}
	}
	if n := len(h.calls.inputs()); n != 1 {
		t.Errorf("carried out %d times", n)
	}
}

// One that is still at work when the page comes back is not an error either:
// its one answer reaches the new page.
func TestCommandAtWorkWhenThePageComesBack(t *testing.T) {
	h, agent, seen := leftAtWork(t)
	back, _ := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen})
	back.write(numbered(1))
	back.write(frame(wire.TypeHeartbeat, wire.Heartbeat{}))
	back.want(wire.TypeHeartbeatAck) // so the repeated command was taken, and passed over
	close(h.calls.hold)
	if code := back.answer(1); code != "" {
		t.Errorf("answered by %s", code)
	}
	if n := len(h.calls.inputs()); n != 1 {
		t.Errorf("carried out %d times", n)
	}
}

func TestCommandOutOfOrderEndsThePage(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	for _, id := range []uint64{0, 2, 1 << 63} {
		page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
		f := frame(wire.TypeReady, nil)
		f.ID = id
		page.write(f)
		if code := page.answer(id); code != string(codeBadFrame) {
			t.Errorf("command %d: %s", id, code)
		}
		if code := page.closed(); code != wire.CloseProtocol {
			t.Errorf("command %d: closed with %d", id, code)
		}
	}
}

// until polls for what another goroutine is about to do.
func (h *house) until(what string, done func() bool) {
	h.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			h.Fatalf("never: %s", what)
		}
	}
}

// Every type of frame that a page may send is a command, hello and heartbeat
// apart.
func TestEveryCommandIsKnown(t *testing.T) {
	known := []string{
		wire.TypeReady, wire.TypePause, wire.TypeLogout, wire.TypeMediaOffer, wire.TypeMediaFail, wire.TypeRinging, wire.TypeAccept,
		wire.TypeDecline, wire.TypeHold, wire.TypeMute, wire.TypeRecord, wire.TypeRecPause, wire.TypeHangup, wire.TypeDial, wire.TypeDispose, wire.TypeNote, wire.TypeWrapExtend, wire.TypeWrapEnd,
		wire.TypeConsult, wire.TypeConsultEnd, wire.TypeComplete, wire.TypeTransfer, wire.TypeConference, wire.TypePark, wire.TypeRetrieve,
	}
	for _, typ := range known {
		if commands[typ] == nil {
			t.Errorf("%s is no command", typ)
		}
	}
	for typ := range commands {
		if !slices.Contains(known, typ) {
			t.Errorf("%s is not in the protocol", typ)
		}
	}
}
