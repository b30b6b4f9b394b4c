package configs

import "time"

// Seed is what an empty database begins with. Afterwards the database is right and seed is not read.
type Seed struct {
	Surveys []SeedSurvey `koanf:"surveys"`
	Queues  []SeedQueue  `koanf:"queues"`
	Users   []SeedUser   `koanf:"users"`
	Trunks  []SeedTrunk  `koanf:"trunks"`
	Routes  []SeedRoute  `koanf:"routes"`
	Hours   []SeedHours  `koanf:"hours"`
	Menus   []SeedMenu   `koanf:"menus"`
	Doors   []SeedDoor   `koanf:"doors"`

	CallerSets []SeedCallerSet `koanf:"caller_sets"`
	Outbound   []SeedOutbound  `koanf:"outbound"`
}

// SeedQueue is a place where calls wait.
type SeedQueue struct {
	Name         string        `koanf:"name"`
	OfferTimeout time.Duration `koanf:"offer_timeout"` // an agent rings for so long
	WrapUp       time.Duration `koanf:"wrap_up"`
	ServiceLevel time.Duration `koanf:"service_level"` // the T of in.sl_off(T)
	ShortAbandon time.Duration `koanf:"short_abandon"` // who leaves earlier counts apart
	Survey       bool          `koanf:"survey"`
	Ask          SeedAsk       `koanf:"ask"`
	Language     string        `koanf:"language"` // "" is the organisation's
	Strategy     string        `koanf:"strategy"` // who is rung: longest_idle …
	HeadStart    time.Duration `koanf:"head_start"`
	LastAgent    time.Duration `koanf:"last_agent"`
	Ring         int           `koanf:"ring"` // of ring_all; 0 = all who are free
	Skills       []SeedNeed    `koanf:"skills"`
	Record       string        `koanf:"record"`       // off, all, share or on_demand
	RecordShare  int           `koanf:"record_share"` // of share: per cent of the calls
	RecordPrompt string        `koanf:"record_prompt"`
	RecordDays   int           `koanf:"record_days"` // that a recording is kept
}

// SeedNeed is a skill that a queue's calls ask for, less of it the longer they
// wait.
type SeedNeed struct {
	Skill string     `koanf:"skill"`
	Steps []SeedStep `koanf:"steps"`
}

// SeedStep is the level asked for after a wait.
type SeedStep struct {
	After time.Duration `koanf:"after"`
	Level int           `koanf:"level"` // 1 to 10; 0 asks for nothing any more
}

// SeedSkill is what a user is able to do.
type SeedSkill struct {
	Skill string `koanf:"skill"`
	Level int    `koanf:"level"` // 1 to 10
}

// SeedSurvey is a dialogue after a call.
type SeedSurvey struct {
	Name      string   `koanf:"name"`
	Opening   bool     `koanf:"opening"`   // ask whether we may ask
	Questions []string `koanf:"questions"` // types, each with its usual scale
}

// SeedAsk says who of a queue's customers is asked what.
type SeedAsk struct {
	Survey   string        `koanf:"survey"`    // by name; "" is csat
	Spare    int           `koanf:"spare"`     // percent of the calls that are not asked
	Spacing  time.Duration `koanf:"spacing"`   // between two surveys of one customer, whole days
	NewFor   time.Duration `koanf:"new_for"`   // who called first sooner ago is not asked, whole days
	NewCalls int           `koanf:"new_calls"` // nor who has called fewer times before
}

// SeedUser is a login.
type SeedUser struct {
	Login        string   `koanf:"login"`
	Name         string   `koanf:"name"`
	Password     Secret   `koanf:"password"`
	PasswordFile string   `koanf:"password_file"`
	Role         string   `koanf:"role"`   // agent, supervisor, manager or admin
	Queues       []string `koanf:"queues"` // by name

	Skills []SeedSkill `koanf:"skills"`
	Dial   bool        `koanf:"dial"` // may dial by hand
}

// SeedTrunk is a carrier.
type SeedTrunk struct {
	Name           string        `koanf:"name"`
	Addresses      []string      `koanf:"addresses"` // IPs and CIDRs that may call in
	Host           string        `koanf:"host"`      // host or host:port that calls go out to
	Transport      string        `koanf:"transport"` // udp, tcp or tls
	Username       string        `koanf:"username"`
	Password       Secret        `koanf:"password"`
	PasswordFile   string        `koanf:"password_file"`
	Realm          string        `koanf:"realm"`     // "" answers whatever realm challenges
	CallerID       string        `koanf:"caller_id"` // E.164
	Prefixes       []string      `koanf:"prefixes"`  // of E.164 numbers that may be called; none: no calls out
	StripPlus      bool          `koanf:"strip_plus"`
	SignalHold     bool          `koanf:"signal_hold"` // tell the carrier of a hold
	Register       bool          `koanf:"register"`
	MaxCalls       int           `koanf:"max_calls"`
	SessionExpires time.Duration `koanf:"session_expires"` // RFC 4028; 0 asks for none
	OptionsEvery   time.Duration `koanf:"options_every"`   // 0 sends none
	Backups        []string      `koanf:"backups"`         // host or host:port, tried where host does not answer
	Domain         string        `koanf:"domain"`          // of From, To and REGISTER; "" is host
	NAT            bool          `koanf:"nat"`             // requests of a call go where it came from
	Codecs         []string      `koanf:"codecs"`          // pcma, pcmu in the order of the offer
	CallerSet      string        `koanf:"caller_set"`      // whose numbers are shown; "" is caller_id
	Sorts          []string      `koanf:"sorts"`           // costly numbers that may be called all the same
	PerSecond      int           `koanf:"per_second"`      // calls begun; 0 is without limit
	PerMinute      int           `koanf:"per_minute"`      // and in any 60 s
	PerDay         int           `koanf:"per_day"`         // and since midnight
	Reliable       string        `koanf:"reliable"`        // off, optional, required: 100rel and PRACK
	SRTP           string        `koanf:"srtp"`            // off, optional, required
	TLSCA          string        `koanf:"tls_ca"`          // PEM: who signs the trunk's certificate
	TLSClient      bool          `koanf:"tls_client"`      // callers over TLS must show a certificate of tls_ca
}

// SeedRoute leads called numbers to a queue, or to another destination; the first that matches wins.
type SeedRoute struct {
	Number string `koanf:"number"` // digits, "+"; "?" is one digit, a "*" at the end any number of them
	Queue  string `koanf:"queue"`
	To     string `koanf:"to"` // kind:name, in place of a queue

	HeadStart time.Duration `koanf:"head_start"`
	VIP       bool          `koanf:"vip"`
}

// DefaultQueue is a queue of which only the name is given.
func DefaultQueue() SeedQueue {
	return SeedQueue{
		OfferTimeout: 20 * time.Second,
		WrapUp:       30 * time.Second,
		ServiceLevel: 20 * time.Second,
		ShortAbandon: 5 * time.Second,
		Survey:       true,
		Strategy:     "longest_idle",
		Skills:       []SeedNeed{},
		Record:       "off",
		RecordShare:  100,
		RecordPrompt: "call-recorded",
		RecordDays:   90,
	}
}

// DefaultUser is a user of whom only login, name and password are given.
func DefaultUser() SeedUser { return SeedUser{Role: "agent", Skills: []SeedSkill{}} }

// DefaultTrunk is a trunk of which only name and addresses are given.
func DefaultTrunk() SeedTrunk {
	return SeedTrunk{
		Transport:      "udp",
		Prefixes:       []string{},
		Backups:        []string{},
		Codecs:         []string{"pcma", "pcmu"},
		Sorts:          []string{},
		Reliable:       "off",
		SRTP:           "off",
		SignalHold:     true,
		MaxCalls:       30,
		SessionExpires: 30 * time.Minute,
		OptionsEvery:   30 * time.Second,
	}
}
