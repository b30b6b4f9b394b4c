package stamp

// Facts of the dialer. Those about a campaign run belong to the campaign's
// subject, those about one line to the call's.

// CampaignStarted begins a run.
type CampaignStarted struct {
	Campaign CampaignID `json:"campaign"`
	Mode     string     `json:"mode"` // manual, preview, progressive, ratio, predictive
}

// CampaignStopped ends a run.
type CampaignStopped struct {
	Campaign CampaignID `json:"campaign"`
	Reason   string     `json:"reason"` // manager, drained, hours, system
}

// DialPacing is a decision with its inputs and its reason in one sentence.
type DialPacing struct {
	Campaign CampaignID `json:"campaign"`
	Ready    int        `json:"ready"`   // agents ready for the campaign
	Lines    int        `json:"lines"`   // lines in flight
	Dial     int        `json:"dial"`    // lines to open now
	Because  string     `json:"because"` // e.g. "2 ready agents, 1 line ringing"
}

// DialLeadSkipped: a lead could not be dialed.
type DialLeadSkipped struct {
	Campaign CampaignID `json:"campaign"`
	Lead     LeadID     `json:"lead"`
	Reason   string     `json:"reason"` // dnc, hours, frequency, consent, invalid …
}

// DialAttemptStarted: the claim is in Postgres and the line is about to open.
type DialAttemptStarted struct {
	Campaign CampaignID `json:"campaign"`
	Lead     LeadID     `json:"lead"`
	Attempt  ID         `json:"attempt"`
	Agent    AgentID    `json:"agent,omitempty"`   // reserved (progressive)
	Session  ID         `json:"session,omitempty"` // the reserved agent's session
}

// DialReassigned: the agent for whom the line is dialed has gone before the
// customer's answer, and another one takes the line, or nobody.
type DialReassigned struct {
	Attempt ID      `json:"attempt"`
	Lost    AgentID `json:"lost"`
	Agent   AgentID `json:"agent,omitempty"`   // reserved instead; "" = the line is given up
	Session ID      `json:"session,omitempty"` // that agent's
}

// DialHuman: the line was answered by a person, as far as the dialer can tell.
type DialHuman struct {
	Attempt ID `json:"attempt"`
}

// DialAbandoned: an answered customer found no agent within 2 s.
type DialAbandoned struct {
	Attempt   ID   `json:"attempt"`
	Announced bool `json:"announced"` // the identifying message was played
}

// DialRouteAdvanced: a try ended without a telephone having been reached, and
// the next way to the number is taken. The customer's leg is the same one; its
// next leg.invite_sent follows.
type DialRouteAdvanced struct {
	Attempt ID      `json:"attempt"`
	Try     int     `json:"try"` // that begins: 2, 3 …
	From    TrunkID `json:"from"`
	To      TrunkID `json:"to"`             // may be the same trunk, by another of its addresses
	Code    int     `json:"code,omitempty"` // SIP status that ended the last try, silence as 408; 0: no line was free
}

// DialResult is the attempt's outcome.
type DialResult struct {
	Attempt ID     `json:"attempt"`
	Result  string `json:"result"` // connected, busy, no_answer, rejected, invalid, failed, cancelled, abandoned
	Code    int    `json:"code,omitempty"`
	Refused string `json:"refused,omitempty"` // the guard let nothing be dialed, and why: a word of package dialer/guard
}

// Kind implements Fact.
func (CampaignStarted) Kind() Kind { return "campaign.started" }

// Kind implements Fact.
func (CampaignStopped) Kind() Kind { return "campaign.stopped" }

// Kind implements Fact.
func (DialPacing) Kind() Kind { return "dial.pacing" }

// Kind implements Fact.
func (DialLeadSkipped) Kind() Kind { return "dial.lead_skipped" }

// Kind implements Fact.
func (DialAttemptStarted) Kind() Kind { return "dial.attempt_started" }

// Kind implements Fact.
func (DialReassigned) Kind() Kind { return "dial.reassigned" }

// Kind implements Fact.
func (DialHuman) Kind() Kind { return "dial.human" }

// Kind implements Fact.
func (DialAbandoned) Kind() Kind { return "dial.abandoned" }

// Kind implements Fact.
func (DialRouteAdvanced) Kind() Kind { return "dial.route_advanced" }

// Kind implements Fact.
func (DialResult) Kind() Kind { return "dial.result" }
