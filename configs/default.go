package configs

import "time"

// Default is the configuration where nothing is said. callstamp.yaml gives each value's reason.
func Default() Config {
	return Config{
		Organisation: Organisation{ID: "default", Zone: "UTC", Language: "en", Currency: "USD"},
		Node:         Node{DataDir: "/var/lib/callstamp"},
		Nodes:        Nodes{FenceAfter: 10 * time.Second},
		HTTP:         HTTP{Listen: "127.0.0.1:8080", AllowedOrigins: []string{}},
		SIP: SIP{
			Listen:      []string{"udp:127.0.0.1:5060", "tcp:127.0.0.1:5060"},
			T1:          500 * time.Millisecond,
			TrunkSilent: 4 * time.Second,
			SourceRate:  200,
			SourceBurst: 400,
			MaxMessage:  16 << 10,
		},
		Media: Media{
			RTPPorts:     PortRange{First: 20000, Last: 29999},
			ListenIP:     "127.0.0.1",
			ICEUDPListen: "0.0.0.0:8443",
			RTPSilent:    5 * time.Second,
			RTPTimeout:   30 * time.Second,
			DrainIdle:    5 * time.Second,
			DrainMax:     time.Minute,
		},
		Postgres: Postgres{DSN: "postgres://callstamp@127.0.0.1:5432/callstamp", MaxConns: 10},
		Redis:    Redis{Addr: "127.0.0.1:6379", Timeout: 200 * time.Millisecond},
		Ledger: Ledger{
			FsyncEvery:   5 * time.Millisecond,
			SegmentBytes: 64 << 20,
			ReserveBytes: 64 << 20,
			Keep:         72 * time.Hour,
		},
		Calls: Calls{Max: 500, MaxDuration: 4 * time.Hour, ReturnAfter: 25 * time.Second, ParkFor: 2 * time.Minute},
		Agents: Agents{
			UnreachableAfter: 6 * time.Second,
			SilentAfter:      2 * time.Second,
			ReloadGrace:      20 * time.Second,
			OfferSafety:      2 * time.Second,
		},
		Survey: Survey{AnswerTimeout: 5 * time.Second, Repeats: 1},
		Drain:  Drain{Timeout: 10 * time.Minute},
		Log:    Log{Level: "info", Format: "json"},
		Seed:   Seed{Surveys: []SeedSurvey{}, Queues: []SeedQueue{}, Users: []SeedUser{}, Trunks: []SeedTrunk{}, Routes: []SeedRoute{}, Hours: []SeedHours{}, Menus: []SeedMenu{}, Doors: []SeedDoor{}, CallerSets: []SeedCallerSet{}, Outbound: []SeedOutbound{}},
	}
}
