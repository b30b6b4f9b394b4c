package wire

import "encoding/json"

// KPI is one catalogue entry as pages show it (GET /api/kpis).
type KPI struct {
	ID        string            `json:"id"`
	Names     map[string]string `json:"names"`
	Formula   string            `json:"formula"` // in symbols
	Words     string            `json:"words"`   // in words
	Unit      string            `json:"unit"`
	Direction string            `json:"direction"` // up, down, band
	Source    string            `json:"source"`    // measured, answered, entered, fact, derived
	Version   int               `json:"version"`
}

// Report is the answer of GET /api/kpi: values of KPIs over a range, grouped.
type Report struct {
	From   int64       `json:"from"`
	To     int64       `json:"to"`
	Zone   string      `json:"zone"`
	AsOf   int64       `json:"as_of"` // age: the last stamp folded
	Group  string      `json:"group"` // none, queue, agent, campaign, interval, hour, day
	Rows   []ReportRow `json:"rows"`
	Total  []Figure    `json:"total"`
	Ledger Ledger      `json:"ledger"`
}

// ReportRow is one group.
type ReportRow struct {
	Key     string   `json:"key"`
	Name    string   `json:"name"`
	Figures []Figure `json:"figures"`
}

// Ledger is the sum that must hold, printed beside every report.
type Ledger struct {
	Entered  int64          `json:"entered"`
	Exits    map[string]int `json:"exits"` // by reason
	Waiting  int64          `json:"waiting"`
	Balanced bool           `json:"balanced"`
	Open     int64          `json:"open"` // calls of the range not closed yet
	Gap      string         `json:"gap,omitempty"`
}

// CallRow is one call in a list (GET /api/calls, GET /api/kpi/{id}/calls).
type CallRow struct {
	ID        string   `json:"id"`
	Direction string   `json:"direction"`
	Created   int64    `json:"created"`
	Released  int64    `json:"released,omitempty"`
	Queue     string   `json:"queue,omitempty"`
	Campaign  string   `json:"campaign,omitempty"`
	Agent     string   `json:"agent,omitempty"`
	Party     string   `json:"party,omitempty"` // masked by role
	Outcome   string   `json:"outcome,omitempty"`
	WaitUS    int64    `json:"wait_us"`
	TalkUS    int64    `json:"talk_us"`
	HoldUS    int64    `json:"hold_us"`
	WrapUS    int64    `json:"wrap_us"`
	Survey    int      `json:"survey,omitempty"`
	Bands     []Band   `json:"bands"` // for the small timeline
	Value     *float64 `json:"value,omitempty"`
}

// Band is one phase on a timeline.
type Band struct {
	Phase string `json:"phase"`
	From  int64  `json:"from"`
	To    int64  `json:"to"` // 0 = still going on
}

// CallDetail is one call with everything behind it (GET /api/calls/{id}).
type CallDetail struct {
	CallRow
	Stamps     []StampRow    `json:"stamps"`
	AgentBands []AgentBand   `json:"agent_bands"` // the agents' lane
	Segments   []SegmentRow  `json:"segments"`
	Sealed     bool          `json:"sealed"` // every stamp has its hash in Postgres
	Hash       string        `json:"hash,omitempty"`
	Measures   []CallMeasure `json:"measures"` // dimension lines: KPI between two stamps
}

// StampRow is one stamp of the ledger list.
type StampRow struct {
	Seq   uint64          `json:"seq"`
	N     uint64          `json:"n"`
	At    int64           `json:"at"`
	Late  int64           `json:"late_us,omitempty"`
	Kind  string          `json:"kind"`
	Actor string          `json:"actor,omitempty"`
	Phase string          `json:"phase,omitempty"`
	From  string          `json:"source"` // sip, rtp, ivr, acd, web, system
	Data  json.RawMessage `json:"data"`
	Hash  string          `json:"hash,omitempty"`
}

// AgentBand is one state of an agent within the call.
type AgentBand struct {
	Agent string `json:"agent"`
	Name  string `json:"name"`
	State string `json:"state"`
	From  int64  `json:"from"`
	To    int64  `json:"to"`
}

// SegmentRow is one agent's part.
type SegmentRow struct {
	Segment      int    `json:"segment"`
	Agent        string `json:"agent"`
	Name         string `json:"name"`
	TalkUS       int64  `json:"talk_us"`
	HoldUS       int64  `json:"hold_us"`
	GapUS        int64  `json:"gap_us"`
	ConsultUS    int64  `json:"consult_us,omitempty"`
	ConferenceUS int64  `json:"conference_us,omitempty"`
	WrapUS       int64  `json:"wrap_us"`
	Disposition  string `json:"disposition,omitempty"`
}

// CallMeasure is a KPI of this call drawn as the distance of two stamps.
type CallMeasure struct {
	KPI   string `json:"kpi"`
	FromN uint64 `json:"from_n"`
	ToN   uint64 `json:"to_n"`
	US    int64  `json:"us"`
}
