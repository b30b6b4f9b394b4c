package wire

// Trunk is a way to the telephone network as an admin reads and writes it, whole.
// Lengths are µs. A password is written and never read.
type Trunk struct {
	ID          string `json:"id" readOnly:"true"`
	Name        string `json:"name" minLength:"1" maxLength:"100"`
	HasPassword bool   `json:"has_password" readOnly:"true"`
	Password    string `json:"password,omitempty" writeOnly:"true" maxLength:"200" doc:"left out: the one that is kept stays"`

	Host      string   `json:"host" maxLength:"255" doc:"where calls go out: host or host:port; empty: none do"`
	Backups   []string `json:"backups" maxItems:"8" doc:"host or host:port, tried in this order where host does not answer"`
	Transport string   `json:"transport" enum:"udp,tcp,tls"`
	Addresses []string `json:"addresses" maxItems:"200" doc:"CIDRs whose calls are let in"`
	Domain    string   `json:"domain" maxLength:"255" doc:"of From, To and REGISTER; empty: host"`
	NAT       bool     `json:"nat" doc:"requests of a call go where it came from"`
	Username  string   `json:"username" maxLength:"100"`
	Realm     string   `json:"realm" maxLength:"255" doc:"the only one that gets an answer; empty: whichever challenges"`
	Register  bool     `json:"register"`
	Codecs    []string `json:"codecs" maxItems:"2" enum:"pcma,pcmu" doc:"in the order of our offer; none: pcma, pcmu"`

	CallerID   string   `json:"caller_id" pattern:"^([+][1-9][0-9]{6,14})?$"`
	CallerSet  string   `json:"caller_set" doc:"whose numbers are shown; empty: caller_id"`
	Prefixes   []string `json:"prefixes" maxItems:"500" pattern:"^[+][0-9]{0,15}$" doc:"of E.164 numbers that may be called; none: no calls out"`
	Sorts      []string `json:"sorts" maxItems:"6" enum:"premium,shared_cost,satellite,personal,uan,service" doc:"costly numbers that may be called all the same"`
	MaxCalls   int      `json:"max_calls" minimum:"0" maximum:"10000" doc:"0: without limit"`
	PerSecond  int      `json:"per_second" minimum:"0" maximum:"1000" doc:"calls begun; 0: without limit"`
	PerMinute  int      `json:"per_minute" minimum:"0" maximum:"100000"`
	PerDay     int      `json:"per_day" minimum:"0" maximum:"10000000"`
	StripPlus  bool     `json:"strip_plus"`
	SignalHold bool     `json:"signal_hold"`
	SessionUS  int64    `json:"session_us" minimum:"0" doc:"session timer (RFC 4028), 90 s at least; 0: none"`
	OptionsUS  int64    `json:"options_us" minimum:"0" doc:"between two OPTIONS; 0: none"`
	Active     bool     `json:"active"`
	Reliable   string   `json:"reliable" enum:"off,optional,required" doc:"provisional responses are acknowledged (100rel, PRACK)"`
	SRTP       string   `json:"srtp" enum:"off,optional,required" doc:"sound is protected with keys in SDP (RTP/SAVP); TLS keeps those secret"`
	TLSCA      string   `json:"tls_ca" maxLength:"65536" doc:"PEM: who signs the trunk's certificate; empty: whom the system trusts"`
	TLSClient  bool     `json:"tls_client" doc:"callers over TLS must show a certificate of tls_ca"`

	State *TrunkState `json:"state,omitempty" readOnly:"true" doc:"not there while the trunk is not in use"`
}

// TrunkState is how a trunk does at the moment. Instants are µs since 1970, 0:
// none.
type TrunkState struct {
	Up         bool   `json:"up"`
	Since      int64  `json:"since"`
	Fault      string `json:"fault,omitempty"`
	Registered bool   `json:"registered"`
	Until      int64  `json:"until" doc:"the registration holds, if it is not refreshed"`
	Peer       string `json:"peer" doc:"where requests go"`
	Calls      int    `json:"calls"`
	RTTUS      int64  `json:"rtt_us"`
	RestsUntil int64  `json:"rests_until" doc:"it asked for a rest (Retry-After)"`
}

// OutboundRoute says by which trunk numbers with a prefix are called.
type OutboundRoute struct {
	ID        string `json:"id" readOnly:"true"`
	Name      string `json:"name" minLength:"1" maxLength:"100"`
	Prefix    string `json:"prefix" pattern:"^([+][1-9][0-9]{0,14})?$" doc:"of E.164 numbers; those of the longest one count; empty: all"`
	Position  int    `json:"position" minimum:"1" maximum:"1000" doc:"lower ones are tried first"`
	Weight    int    `json:"weight" minimum:"1" maximum:"1000" doc:"the share among routes of one position"`
	Trunk     string `json:"trunk"`
	CallerSet string `json:"caller_set" doc:"empty: the trunk's"`
	Active    bool   `json:"active"`
}

// CallerSet is a list of numbers of ours, one of which a call out shows.
type CallerSet struct {
	ID      string   `json:"id" readOnly:"true"`
	Name    string   `json:"name" minLength:"1" maxLength:"100"`
	Mode    string   `json:"mode" enum:"rotate,prefix" doc:"each in its turn, or the one most like the number that is called"`
	Numbers []string `json:"numbers" minItems:"1" maxItems:"1000" pattern:"^[+][1-9][0-9]{6,14}$"`
}

// Dialing is what an agent may dial by hand.
type Dialing struct {
	MayDial   bool `json:"may_dial"`
	PerMinute int  `json:"per_minute" minimum:"0" maximum:"1000" doc:"calls in any 60 s; 0: without limit"`
	PerDay    int  `json:"per_day" minimum:"0" maximum:"100000" doc:"and since midnight"`
}

// Caps limit a campaign's lines.
type Caps struct {
	PerMinute int `json:"per_minute" minimum:"0" maximum:"100000" doc:"opened in any 60 s; 0: without limit"`
	PerDay    int `json:"per_day" minimum:"0" maximum:"10000000" doc:"and since midnight"`
}
