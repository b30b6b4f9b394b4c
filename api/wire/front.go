package wire

// Front is where calls are led, whole (GET /api/front). A destination is text:
// queue:ID, menu:ID, announcement:PROMPT, or hangup; "" is none, which hangs up.
type Front struct {
	Routes   []Route        `json:"routes"` // in the order in which they are tried
	Hours    []Hours        `json:"hours"`
	Menus    []Menu         `json:"menus"`
	Doors    []Door         `json:"doors"`
	Problems []FrontProblem `json:"problems" doc:"what would go wrong with a call"`
}

// FrontProblem is one thing that is wrong with where calls are led.
type FrontProblem struct {
	Where string `json:"where"` // queue support, menu main, route hotline
	What  string `json:"what"`  // a sentence that says what, why and what to do
}

// Route leads a called number somewhere.
type Route struct {
	ID          string `json:"id" readOnly:"true"`
	Name        string `json:"name" minLength:"1" maxLength:"100"`
	Position    int    `json:"position" minimum:"0" maximum:"100000" doc:"the first that matches wins"`
	Trunk       string `json:"trunk" doc:"empty: any"`
	Pattern     string `json:"pattern" pattern:"^\\+?[0-9?]*\\*?$" minLength:"1" maxLength:"32" doc:"? is one digit, * at the end the rest"`
	To          string `json:"to" maxLength:"200"`
	HeadStartUS int64  `json:"head_start_us" minimum:"0" maximum:"86400000000"`
	VIP         bool   `json:"vip"`
	Active      bool   `json:"active"`
}

// Hours say when a place is open.
type Hours struct {
	ID     string              `json:"id" readOnly:"true"`
	Name   string              `json:"name" minLength:"1" maxLength:"100"`
	Zone   string              `json:"zone" doc:"IANA name"`
	Weekly map[string][]string `json:"weekly" doc:"mon to sun: 08:00-12:00; a day that is not there is closed"`
	Dates  []HoursDate         `json:"dates" maxItems:"1000" doc:"in place of the weekday"`
}

// HoursDate is a holiday or another exception.
type HoursDate struct {
	Date string   `json:"date" doc:"2027-02-06"`
	Name string   `json:"name" maxLength:"100"`
	Open []string `json:"open" doc:"none: closed all day"`
}

// Menu is one node of a dialogue by key.
type Menu struct {
	ID        string            `json:"id" readOnly:"true"`
	Name      string            `json:"name" minLength:"1" maxLength:"100"`
	Language  string            `json:"language" doc:"of its prompts; empty: the call's"`
	Prompt    string            `json:"prompt" maxLength:"64"`
	TimeoutUS int64             `json:"timeout_us" minimum:"1000000" maximum:"60000000" doc:"for a key, after the prompt"`
	Retries   int               `json:"retries" minimum:"0" maximum:"10"`
	Invalid   string            `json:"invalid" maxLength:"64" doc:"prompt after a wrong key"`
	Silent    string            `json:"silent" maxLength:"64" doc:"prompt after none"`
	Failed    string            `json:"failed" doc:"destination when the retries are used up"`
	Operator  string            `json:"operator" doc:"destination of the action operator"`
	Options   map[string]string `json:"options" doc:"by key: a destination, repeat, back or operator"`
}

// Door says who may wait in a queue, where the others go and what those who
// wait hear.
type Door struct {
	Queue     string            `json:"queue" readOnly:"true"`
	Hours     string            `json:"hours" doc:"empty: always open"`
	Closed    string            `json:"closed" doc:"destination outside of them"`
	MaxSize   int               `json:"max_size" minimum:"0" maximum:"100000" doc:"0: any number"`
	Full      string            `json:"full"`
	Join      string            `json:"join" enum:",logged_in,reachable" doc:"who must be there for a call to enter"`
	Stay      string            `json:"stay" enum:",logged_in,reachable" doc:"… to go on waiting"`
	Empty     string            `json:"empty"`
	MaxWaitUS int64             `json:"max_wait_us" minimum:"0" maximum:"86400000000" doc:"0: for ever"`
	Overflow  string            `json:"overflow" doc:"after the longest wait"`
	Keys      map[string]string `json:"keys" doc:"that the waiting customer may press"`
	Welcome   string            `json:"welcome" maxLength:"64" doc:"prompt; empty: the usual one, -: none"`
	Music     string            `json:"music" maxLength:"64" doc:"uploaded prompt; empty: the usual music"`
	EveryUS   int64             `json:"announce_every_us" minimum:"0" maximum:"3600000000" doc:"0: nothing is announced"`
	Position  bool              `json:"announce_position"`
	Wait      bool              `json:"announce_wait"`
	Comfort   string            `json:"comfort" maxLength:"64"`
	Callback  Callback          `json:"callback"`
}

// Callback says how waiting customers may ask to be called back.
type Callback struct {
	Key   string `json:"key" pattern:"^[0-9*#]?$" doc:"empty: they can't"`
	Trunk string `json:"trunk" doc:"empty: the one that they came by"`
	Tries int    `json:"tries" minimum:"1" maximum:"20"`
	GapUS int64  `json:"gap_us" minimum:"10000000" maximum:"86400000000" doc:"between two tries"`
}

// Prompt is a prompt that was uploaded.
type Prompt struct {
	Language string `json:"language"`
	Name     string `json:"name"`
	Version  int    `json:"version"`
	LengthUS int64  `json:"length_us"`
}
