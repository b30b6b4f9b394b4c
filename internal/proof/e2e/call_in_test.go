package e2e

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestCallIn is the main job: a telephone rings in, waits with music, an agent in a browser answers, both hear each other,
// the agent hangs up, the customer rates, and everything stands in the records. Once in each law.
func TestCallIn(t *testing.T) {
	for _, row := range []struct {
		law  string
		kind byte
		pt   string
	}{{"PCMA", phone.PCMA, "8"}, {"PCMU", phone.PCMU, "0"}} {
		t.Run(row.law, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			customer := h.sipp(t, "uac", "LAW", row.pt, "SOUND", voice(t, row.kind, '5', 4*time.Second))
			h.farHearsMusic(t)
			lan := h.desk(t, rig.Chromium(t), "lan")
			lan.GoReady()
			lan.Answer()
			lan.Hears(rig.CustomerHz)
			h.farHears(t, rig.AgentHz)
			if codec := lan.Call().Codec; codec != row.law {
				t.Errorf("the page was told to send %q, want %q", codec, row.law)
			}
			lan.Click("End")
			lan.Scene("wrap")
			customer.Wait(t) // the survey, then our BYE
			lan.Click("Resolved")
			lan.Click("Save and go ready")
			lan.Presence("ready")
			h.checkRated(t)
		})
	}
}

// checkRated reads the one answered and rated call.
func (h *house) checkRated(t *testing.T) {
	t.Helper()
	call := h.SQL.ClosedCalls(1)[0]
	id := call["call"].(string)
	for column, want := range map[string]any{
		"direction": "in", "outcome": "answered", "agent": "lan", "queue": "service", "exit": "connected", "missed": false,
		"entry_count": int32(1), "offer_count": int32(1), "segment_count": int32(1), "answer_count": int32(1), "estimated": false,
	} {
		if call[column] != want {
			t.Errorf("calls.%s is %v, want %v", column, call[column], want)
		}
	}
	for _, column := range []string{"wait_us", "talk_us", "survey_us", "wrap_us", "length_us"} {
		if call[column].(int64) <= 0 {
			t.Errorf("calls.%s is %v", column, call[column])
		}
	}
	segment := h.SQL.One(`SELECT * FROM records.segments WHERE call = $1`, id)
	if segment["talk_us"].(int64) <= 0 || segment["disposition"] != "resolved" || segment["by"] != "agent" {
		t.Errorf("segment: %v", segment)
	}
	if offer := h.SQL.One(`SELECT * FROM records.offers WHERE call = $1`, id); offer["end"] != "accepted" || offer["ring_at"].(int64) == 0 {
		t.Errorf("offer: %v", offer)
	}
	answer := h.SQL.One(`SELECT * FROM records.survey_answers WHERE call = $1`, id)
	if answer["value"] != int32(5) || answer["scale"] != int32(5) || answer["end"] != "completed" || answer["satisfied"] != true {
		t.Errorf("survey answer: %v", answer)
	}
	stamps := h.SQL.StampsOf(id)
	stamps.InOrder(t, "call.created", "leg.invite_received", "leg.answered", "queue.entered", "offer.created", "offer.ring_started",
		"offer.accepted", "segment.opened", "segment.connected", "queue.exited", "segment.ended", "wrap.started", "survey.offered",
		"survey.asked", "survey.responded", "survey.ended", "leg.ended", "call.released", "call.closed")
	for i := 1; i < len(stamps); i++ {
		if stamps[i].N != stamps[i-1].N+1 || stamps[i].Seq <= stamps[i-1].Seq {
			t.Errorf("stamp %v after %v", stamps[i], stamps[i-1])
		}
	}
	h.balanced(t)
}
