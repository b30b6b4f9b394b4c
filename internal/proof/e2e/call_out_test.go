package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestCampaign lets a manager start a campaign with one lead: the agent is reserved, the customer is called, both hear
// each other, and the attempt stands in the books.
func TestCampaign(t *testing.T) {
	t.Parallel()
	customer := sipp(t, "", "uas", "LAW", "0", "SOUND", voice(t, phone.PCMU, '2', 4*time.Second))
	h := open(t, func(p *plan) { p.Far = fmt.Sprintf("127.0.0.1:%d", customer.Port) })
	h.lead("+84905550001")
	b := rig.Chromium(t)
	lan := h.desk(t, b, "lan")
	lan.GoReady()
	boss := h.logIn(t, b, "boss", "#/wall")
	boss.Await(`document.body.innerText.includes("Spring offers")`)
	boss.Click("Start")
	lan.Await(`callstampDebug.state.call?.direction === "out"`)
	lan.Phase("talking")
	lan.Hears(rig.CustomerHz)
	h.farHears(t, rig.AgentHz)
	lan.Click("End")
	lan.Scene("wrap")
	customer.Wait(t)
	lan.Click("Sale")
	lan.Click("Save and go ready")
	h.checkCampaign(t)
	boss.Await(`document.body.innerText.includes("list is empty") && document.body.innerText.includes("0 of 1 left")`)
}

// lead adds a campaign with one lead, as an import would.
func (h *house) lead(number string) {
	h.SQL.Exec(`INSERT INTO campaigns (organisation_id, id, name, queue_id, trunk_id, caller_id, dial_from, dial_until)
		VALUES ('e2e', 'spring', 'Spring offers', 'service', 'carrier', '+842871000000', '00:00', '24:00')`)
	h.SQL.Exec(`INSERT INTO parties (organisation_id, id, number, name) VALUES ('e2e', 'p-1', $1, 'Bình')`, number)
	h.SQL.Exec(`INSERT INTO leads (organisation_id, id, campaign_id, party_id) VALUES ('e2e', 'l-1', 'spring', 'p-1')`)
}

func (h *house) checkCampaign(t *testing.T) {
	t.Helper()
	call := h.SQL.ClosedCalls(1)[0]
	id := call["call"].(string)
	for column, want := range map[string]any{
		"direction": "out", "campaign": "spring", "lead": "l-1", "outcome": "answered", "agent": "lan", "segment_count": int32(1),
		"offer_count": int32(0), "entry_count": int32(0),
	} {
		if call[column] != want {
			t.Errorf("calls.%s is %v, want %v", column, call[column], want)
		}
	}
	attempt := h.SQL.One(`SELECT * FROM records.dial_attempts WHERE call = $1`, id)
	if attempt["result"] != "connected" || attempt["human_at"].(int64) <= attempt["invited_at"].(int64) || attempt["agent"] != "lan" {
		t.Errorf("the attempt is recorded as %v", attempt)
	}
	rig.Eventually(t, "the attempt is finished in the books", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM attempts WHERE lead_id = 'l-1' AND finished_at IS NOT NULL AND result = 'connected'`) == 1
	}, func() string { return fmt.Sprint(h.SQL.Rows(`SELECT * FROM attempts`)) })
	if lead := h.SQL.One(`SELECT * FROM leads`); lead["state"] != "done" || lead["attempts"] != int32(1) {
		t.Errorf("the lead is %v", lead)
	}
	h.SQL.StampsOf(id).InOrder(t, "call.created", "leg.invite_sent", "leg.ringing", "leg.answered", "dial.human", "segment.opened",
		"segment.connected", "segment.ended", "survey.asked", "survey.responded", "call.released", "call.closed")
	if v := h.SQL.One(`SELECT value FROM records.survey_answers WHERE call = $1`, id)["value"]; v != int32(2) {
		t.Errorf("the customer's 2 was recorded as %v", v)
	}
	h.balanced(t)
}
