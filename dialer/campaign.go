package dialer

import "github.com/callstamp/callstamp/kpi/stamp"

// Mode says who decides when to dial.
type Mode string

// The modes. A line per ready agent is progressive; the others are refused by
// Validate until they are built.
const Progressive Mode = "progressive"

// Campaign is what a manager set, as a run sees it.
type Campaign struct {
	ID       stamp.CampaignID
	Org      stamp.OrgID
	Name     string
	Mode     Mode
	Queue    stamp.QueueID // whose agents work it
	Trunk    stamp.TrunkID
	CallerID string
	MaxLines int // lines in flight at most; the trunk may allow fewer
}

// Lead is one claimed lead: its attempt row exists.
type Lead struct {
	ID      stamp.LeadID
	Attempt stamp.ID
	Party   stamp.PartyID
	Number  string // E.164
	Name    string
}

// Skip is a lead that could not be dialed, with its reason: dnc, hours,
// frequency, consent, invalid.
type Skip struct {
	Lead   stamp.LeadID
	Reason string
}

// Claim is what one claim brought.
type Claim struct {
	Leads   []Lead
	Skipped []Skip
	Left    int // leads that may still be dialed in this run
}
