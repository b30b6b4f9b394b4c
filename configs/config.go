// Package configs says how a process runs: addresses, stores, secrets, limits. What a manager changes (users, trunks,
// routes, queues) lives in Postgres; seed holds what an empty database begins with.
//
// A key's value comes from callstamp.yaml, over it from the environment (CALLSTAMP_HTTP_LISTEN for http.listen), over
// both from flags. callstamp.yaml in this folder is the reference: every key, its default and why.
package configs

import (
	"path/filepath"
	"time"
)

// Config is the whole configuration. It is read once at start and never written again.
type Config struct {
	Organisation Organisation `koanf:"organisation"`
	Node         Node         `koanf:"node"`
	Nodes        Nodes        `koanf:"nodes"`
	HTTP         HTTP         `koanf:"http"`
	SIP          SIP          `koanf:"sip"`
	Media        Media        `koanf:"media"`
	Postgres     Postgres     `koanf:"postgres"`
	Redis        Redis        `koanf:"redis"`
	Ledger       Ledger       `koanf:"ledger"`
	Calls        Calls        `koanf:"calls"`
	Agents       Agents       `koanf:"agents"`
	Survey       Survey       `koanf:"survey"`
	Drain        Drain        `koanf:"drain"`
	Log          Log          `koanf:"log"`
	Telemetry    Telemetry    `koanf:"telemetry"`
	Seed         Seed         `koanf:"seed"`
}

// Organisation is whose figures these are.
type Organisation struct {
	ID       string `koanf:"id"`       // in every table and key
	Zone     string `koanf:"zone"`     // IANA name; cuts days and months, never buckets
	Language string `koanf:"language"` // vi, zh-Hant or en
	Currency string `koanf:"currency"` // ISO 4217
	Country  string `koanf:"country"`  // ISO 3166; "" reads numbers with + alone
}

// Node is this process.
type Node struct {
	DataDir string `koanf:"data_dir"` // journal, recordings, certificate of our own; holds the node's identity
}

// JournalDir is where the ledger's segments and the node's identity stand.
func (n Node) JournalDir() string { return filepath.Join(n.DataDir, "journal") }

// RecordingsDir is where recorded calls stand.
func (n Node) RecordingsDir() string { return filepath.Join(n.DataDir, "recordings") }

// Nodes is how two processes share an organisation: one takes its calls, the
// other waits.
type Nodes struct {
	Standby    bool          `koanf:"standby"`     // wait where another node takes the calls
	FenceAfter time.Duration `koanf:"fence_after"` // with standby: without Postgres for so long, no new calls
	URL        string        `koanf:"url"`         // where the other node reaches our pages
}

// HTTP is the door of pages, API and agents' WebSockets.
type HTTP struct {
	Listen         string   `koanf:"listen"` // host:port
	TLSCert        string   `koanf:"tls_cert"`
	TLSKey         string   `koanf:"tls_key"`
	AllowedOrigins []string `koanf:"allowed_origins"` // besides our own
	PublicURL      string   `koanf:"public_url"`
}

// SIP is the door of the trunks.
type SIP struct {
	Listen      []string      `koanf:"listen"` // transport:host:port
	PublicIP    string        `koanf:"public_ip"`
	T1          time.Duration `koanf:"t1"`           // RFC 3261 §17.1.1.1
	TrunkSilent time.Duration `koanf:"trunk_silent"` // an INVITE of ours without any answer, until the trunk is given up
	SourceRate  int           `koanf:"source_rate"`  // messages a second from one address
	SourceBurst int           `koanf:"source_burst"` // messages at once from one address
	MaxMessage  Bytes         `koanf:"max_message"`
	TLSCert     string        `koanf:"tls_cert"`
	TLSKey      string        `koanf:"tls_key"`
}

// Media is where voice goes.
type Media struct {
	RTPPorts     PortRange     `koanf:"rtp_ports"` // trunk side: an even port and the next one per leg
	ListenIP     string        `koanf:"listen_ip"` // trunk side
	PublicIP     string        `koanf:"public_ip"`
	ICEUDPListen string        `koanf:"ice_udp_listen"` // all browsers
	RTPSilent    time.Duration `koanf:"rtp_silent"`     // without a packet that the direction promises: no_audio
	RTPTimeout   time.Duration `koanf:"rtp_timeout"`    // the same, until the leg is taken for lost
	DrainIdle    time.Duration `koanf:"drain_idle"`     // a released port pair rests until silent for so long
	DrainMax     time.Duration `koanf:"drain_max"`      // and at most so long
}

// Postgres is the store of truth.
type Postgres struct {
	DSN      DSN    `koanf:"dsn"`
	DSNFile  string `koanf:"dsn_file"`
	MaxConns int    `koanf:"max_conns"`
}

// Redis is the store of now.
type Redis struct {
	Addr         string        `koanf:"addr"` // host:port, or the path of a unix socket
	Username     string        `koanf:"username"`
	Password     Secret        `koanf:"password"`
	PasswordFile string        `koanf:"password_file"`
	DB           int           `koanf:"db"`
	Timeout      time.Duration `koanf:"timeout"` // of one dial, read or write
}

// Ledger is the journal of stamps.
type Ledger struct {
	FsyncEvery   time.Duration `koanf:"fsync_every"` // the longest a stamp waits for its group
	SegmentBytes Bytes         `koanf:"segment_bytes"`
	ReserveBytes Bytes         `koanf:"reserve_bytes"` // preallocated for calls in progress on a full disk
	Keep         time.Duration `koanf:"keep"`          // a delivered segment stays for so long
}

// Calls are limits of calls.
type Calls struct {
	Max         int           `koanf:"max"`
	MaxDuration time.Duration `koanf:"max_duration"`
	ReturnAfter time.Duration `koanf:"return_after"` // that a third party may take to answer
	ParkFor     time.Duration `koanf:"park_for"`
}

// Agents are the times of agents' browsers.
type Agents struct {
	UnreachableAfter time.Duration `koanf:"unreachable_after"`
	SilentAfter      time.Duration `koanf:"silent_after"` // without sound from a page in a call: its customer hears music
	ReloadGrace      time.Duration `koanf:"reload_grace"`
	OfferSafety      time.Duration `koanf:"offer_safety"`
}

// Survey is the dialogue after a call.
type Survey struct {
	AnswerTimeout time.Duration `koanf:"answer_timeout"`
	Repeats       int           `koanf:"repeats"`
}

// Drain is the way to stop.
type Drain struct {
	Timeout time.Duration `koanf:"timeout"`
}

// Telemetry is what others may collect.
type Telemetry struct {
	OTLPEndpoint string `koanf:"otlp_endpoint"` // of a collector, OTLP over HTTP; empty: no traces
}

// Log is what the process says of itself.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error
	Format string `koanf:"format"` // json or text
}
