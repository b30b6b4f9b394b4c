package call

// Menu is one node of a dialogue by key, which leads a call on. What its keys
// mean is data; package ivr runs it.
type Menu struct {
	ID       string
	Language string // of the prompts; "" = the call's
	Prompt   string
	Options  map[rune]Option // by key: 0–9, * and #

	TimeoutUS int64  // for a key, after the prompt
	Retries   int    // how often the prompt is said again, wrong keys and silence together
	Invalid   string // prompt after a wrong key; "" = none
	Silent    string // prompt after no key; "" = none
	// Failed is where a call goes that has used up its retries; none hangs up.
	Failed Destination
	// Operator is what the action "operator" means.
	Operator Destination
}

// Option is what a key does: an action, or a destination.
type Option struct {
	Do Action // "" = To
	To Destination
}

// Action is what a key does other than leading the call on.
type Action string

// The actions.
const (
	Repeat   Action = "repeat" // say it again; costs no retry
	Back     Action = "back"   // to the menu before, or say it again
	Operator Action = "operator"
)
