package wire

// Live is one event of the live stream (SSE event "live", GET /api/live): the
// whole picture, at most once a second and at once after a change.
type Live struct {
	At       int64       `json:"at"`  // instant of the picture
	Now      int64       `json:"now"` // instant of the sending: At stands still where the live store is away
	Seq      uint64      `json:"seq"` // journal position it shows
	Stale    bool        `json:"stale,omitempty"`
	Agents   []LiveAgent `json:"agents"`
	Waiting  []LiveCall  `json:"waiting"`
	Calls    []LiveCall  `json:"calls"`
	Queues   []LiveQueue `json:"queues"`
	Lines    []LiveLine  `json:"lines"`    // outbound lines in flight by campaign
	Figures  []Figure    `json:"figures"`  // today's KPI of the organisation
	Balanced *bool       `json:"balanced"` // last closed bucket: rolled = folded; null = not compared yet
	Degraded []Degraded  `json:"degraded"` // what is not as it should be, the worst first; true now, however old the rest is
	// Rebuilt is when the live figures were last made anew, for ten minutes.
	Rebuilt int64 `json:"rebuilt,omitempty"`
}

// Degraded is one thing that is not as it should be (GET /readyz, the live
// stream, and the frame "notice"). Ids are a closed set, see docs/protocol.md.
type Degraded struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`    // of what: the trunk's id; ledger or live
	Since   int64  `json:"since"`             // instant
	Unready bool   `json:"unready,omitempty"` // /readyz answers 503 because of it
	Means   string `json:"means"`             // and what the product does meanwhile, in English
	Do      string `json:"do"`                // what a person does about it, in English
}

// LiveAgent is one agent on the wall.
type LiveAgent struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
	Since int64  `json:"since"`
	Aux   string `json:"aux,omitempty"`
	Limit int64  `json:"limit_us,omitempty"` // how long the pause may be
	Call  string `json:"call,omitempty"`
	Phase string `json:"phase,omitempty"`
}

// LiveCall is one call in progress. The party's number is masked for the wall.
// Since is when the phase began; in the list of the waiting, the first entry.
type LiveCall struct {
	ID       string `json:"id"`
	Queue    string `json:"queue,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	Phase    string `json:"phase"`
	Since    int64  `json:"since"`
	Created  int64  `json:"created"`
	Agent    string `json:"agent,omitempty"`
	Party    string `json:"party,omitempty"`
}

// LiveQueue is one queue now.
type LiveQueue struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Waiting int      `json:"waiting"`
	Longest int64    `json:"longest_since,omitempty"` // first entry of the longest waiting call
	Ready   int      `json:"ready"`
	Figures []Figure `json:"figures"`
}

// LiveLine is a campaign's lines now, with the last pacing decision's reason.
type LiveLine struct {
	Campaign Named  `json:"campaign"`
	State    string `json:"state"`
	Dialing  int    `json:"dialing"`
	Talking  int    `json:"talking"`
	Because  string `json:"because,omitempty"`
}

// Figure is a KPI's value. Value is null when its denominator is empty. Num and
// Den are the sums as counted: µs where the unit is s.
type Figure struct {
	KPI   string   `json:"kpi"` // catalogue id
	Value *float64 `json:"value"`
	Mean  *float64 `json:"mean,omitempty"` // of a total of times: per complete item, in the unit
	Num   int64    `json:"num"`
	Den   int64    `json:"den,omitempty"`
	N     int64    `json:"n,omitempty"` // how many items the value, or its mean, speaks of
	Unit  string   `json:"unit"`        // n, %, s
	// Low and High are the interval of 95 % of what customers said.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}
