package configs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
)

// TestEachRule breaks one rule at a time and wants one sentence that begins with the key.
func TestEachRule(t *testing.T) {
	queue := func(change func(*configs.SeedQueue), routes ...configs.SeedRoute) func(*configs.Config) {
		return func(c *configs.Config) {
			q := configs.DefaultQueue()
			q.Name = "q"
			change(&q)
			c.Seed.Queues, c.Seed.Routes = append(c.Seed.Queues, q), routes
		}
	}
	menu := func(change func(*configs.SeedMenu)) func(*configs.Config) {
		return func(c *configs.Config) {
			m := configs.DefaultMenu()
			m.Name, m.Prompt = "m", "hello"
			change(&m)
			c.Seed.Menus = append(c.Seed.Menus, m)
		}
	}
	door := func(change func(*configs.SeedDoor)) func(*configs.Config) {
		return func(c *configs.Config) {
			q, d := configs.DefaultQueue(), configs.DefaultDoor()
			q.Name, d.Queue = "q", "q"
			change(&d)
			c.Seed.Queues, c.Seed.Doors = append(c.Seed.Queues, q), append(c.Seed.Doors, d)
		}
	}
	trunk := func(change func(*configs.SeedTrunk)) func(*configs.Config) {
		return func(c *configs.Config) {
			s := configs.DefaultTrunk()
			s.Name, s.Host = "t", "sip.example.com"
			change(&s)
			c.Seed.Trunks = append(c.Seed.Trunks, s)
		}
	}
	for _, row := range []struct {
		key   string
		spoil func(*configs.Config)
	}{
		{"organisation.id", func(c *configs.Config) { c.Organisation.ID = "a b" }},
		{"organisation.zone", func(c *configs.Config) { c.Organisation.Zone = "Saigon" }},
		{"organisation.language", func(c *configs.Config) { c.Organisation.Language = "zh" }},
		{"organisation.currency", func(c *configs.Config) { c.Organisation.Currency = "đ" }},
		{"node.data_dir", func(c *configs.Config) { c.Node.DataDir = "data" }},
		{"http.listen", func(c *configs.Config) { c.HTTP.Listen = "8080" }},
		{"http.tls_cert", func(c *configs.Config) { c.HTTP.TLSKey = "key.pem" }},
		{"http.allowed_origins", func(c *configs.Config) { c.HTTP.AllowedOrigins = []string{"https://crm.example.com/"} }},
		{"http.public_url", func(c *configs.Config) { c.HTTP.PublicURL = "calls.example.com" }},
		{"sip.listen", func(c *configs.Config) { c.SIP.Listen = nil }},
		{"sip.listen", func(c *configs.Config) { c.SIP.Listen = []string{"127.0.0.1:5060"} }},
		{"sip.listen", func(c *configs.Config) { c.SIP.Listen = []string{"udp:localhost:5060"} }},
		{"sip.listen", func(c *configs.Config) { c.SIP.Listen = []string{"tls:127.0.0.1:5061"} }},
		{"sip.listen", func(c *configs.Config) { c.SIP.Listen = []string{"udp:127.0.0.1:20010"} }},
		{"sip.listen", func(c *configs.Config) { c.SIP.Listen = []string{"udp:127.0.0.1:5060", "udp:127.0.0.1:5060"} }},
		{"sip.public_ip", func(c *configs.Config) { c.SIP.PublicIP = "example.com" }},
		{"sip.t1", func(c *configs.Config) { c.SIP.T1 = 1 }},
		{"sip.trunk_silent", func(c *configs.Config) { c.SIP.TrunkSilent = 33 * time.Second }},
		{"sip.source_rate", func(c *configs.Config) { c.SIP.SourceRate = 0 }},
		{"sip.source_burst", func(c *configs.Config) { c.SIP.SourceBurst = 1 }},
		{"sip.max_message", func(c *configs.Config) { c.SIP.MaxMessage = 1 }},
		{"media.rtp_ports", func(c *configs.Config) { c.Media.RTPPorts.First = 20001 }},
		{"media.rtp_ports", func(c *configs.Config) { c.Media.RTPPorts.Last = 20099 }},
		{"media.listen_ip", func(c *configs.Config) { c.Media.ListenIP = "" }},
		{"media.ice_udp_listen", func(c *configs.Config) { c.Media.ICEUDPListen = "0.0.0.0" }},
		{"media.ice_udp_listen", func(c *configs.Config) { c.Media.ICEUDPListen = "0.0.0.0:20000" }},
		{"media.rtp_timeout", func(c *configs.Config) { c.Media.RTPTimeout = c.Media.RTPSilent - 1 }},
		{"media.drain_idle", func(c *configs.Config) { c.Media.DrainIdle = 0 }},
		{"media.drain_max", func(c *configs.Config) { c.Media.DrainMax = 0 }},
		{"postgres.dsn", func(c *configs.Config) { c.Postgres.DSN = "" }},
		{"postgres.max_conns", func(c *configs.Config) { c.Postgres.MaxConns = 3 }},
		{"redis.addr", func(c *configs.Config) { c.Redis.Addr = "redis" }},
		{"redis.username", func(c *configs.Config) { c.Redis.Username = "me" }},
		{"redis.db", func(c *configs.Config) { c.Redis.DB = -1 }},
		{"redis.timeout", func(c *configs.Config) { c.Redis.Timeout = 0 }},
		{"ledger.fsync_every", func(c *configs.Config) { c.Ledger.FsyncEvery = 0 }},
		{"ledger.segment_bytes", func(c *configs.Config) { c.Ledger.SegmentBytes = 1 }},
		{"ledger.reserve_bytes", func(c *configs.Config) { c.Ledger.ReserveBytes = 0 }},
		{"ledger.keep", func(c *configs.Config) { c.Ledger.Keep = 0 }},
		{"calls.max", func(c *configs.Config) { c.Calls.Max = 0 }},
		{"calls.max_duration", func(c *configs.Config) { c.Calls.MaxDuration = 0 }},
		{"calls.return_after", func(c *configs.Config) { c.Calls.ReturnAfter = time.Second }},
		{"calls.park_for", func(c *configs.Config) { c.Calls.ParkFor = 2 * time.Hour }},
		{"agents.unreachable_after", func(c *configs.Config) { c.Agents.UnreachableAfter = 3 * time.Second }},
		{"agents.silent_after", func(c *configs.Config) { c.Agents.SilentAfter = 100 * time.Millisecond }},
		{"agents.reload_grace", func(c *configs.Config) { c.Agents.ReloadGrace = 0 }},
		{"survey.answer_timeout", func(c *configs.Config) { c.Survey.AnswerTimeout = 0 }},
		{"survey.repeats", func(c *configs.Config) { c.Survey.Repeats = -1 }},
		{"drain.timeout", func(c *configs.Config) { c.Drain.Timeout = -1 }},
		{"log.format", func(c *configs.Config) { c.Log.Format = "xml" }},
		{"seed.surveys[0].questions", func(c *configs.Config) { c.Seed.Surveys = []configs.SeedSurvey{{Name: "s"}} }},
		{"seed.surveys[0].questions", func(c *configs.Config) {
			c.Seed.Surveys = []configs.SeedSurvey{{Name: "s", Questions: []string{"csat", "csat"}}}
		}},
		{"seed.surveys[0].questions", func(c *configs.Config) {
			c.Seed.Surveys = []configs.SeedSurvey{{Name: "s", Questions: []string{"mood"}}}
		}},
		{"seed.queues[0].ask.survey", queue(func(q *configs.SeedQueue) { q.Ask.Survey = "service" })},
		{"seed.queues[0].ask.spare", queue(func(q *configs.SeedQueue) { q.Ask.Spare = 101 })},
		{"seed.queues[0].ask", queue(func(q *configs.SeedQueue) { q.Ask.Spacing = time.Hour })},
		{"seed.queues[0].name", queue(func(q *configs.SeedQueue) { q.Name = "" })},
		{"seed.queues[0].language", queue(func(q *configs.SeedQueue) { q.Language = "fr" })},
		{"seed.queues[0].wrap_up", queue(func(q *configs.SeedQueue) { q.WrapUp = -1 })},
		{"seed.trunks[0].addresses", trunk(func(s *configs.SeedTrunk) { s.Addresses = []string{"sip.example.com"} })},
		{"seed.trunks[0].host", trunk(func(s *configs.SeedTrunk) { s.Host = "" })},
		{"seed.trunks[0].register", trunk(func(s *configs.SeedTrunk) { s.Register = true })},
		{"seed.trunks[0].password", trunk(func(s *configs.SeedTrunk) { s.Password = "p" })},
		{"seed.trunks[0].caller_id", trunk(func(s *configs.SeedTrunk) { s.CallerID = "0912345678" })},
		{"seed.trunks[0].prefixes", trunk(func(s *configs.SeedTrunk) { s.Prefixes = []string{"84"} })},
		{"seed.trunks[0].prefixes", trunk(func(s *configs.SeedTrunk) { s.Prefixes = []string{"+"} })},
		{"seed.trunks[0].prefixes", trunk(func(s *configs.SeedTrunk) {
			s.Host, s.Addresses, s.Prefixes = "", []string{"203.0.113.7"}, []string{"+84"}
		})},
		{"seed.trunks[0].transport", trunk(func(s *configs.SeedTrunk) { s.Transport = "sctp" })},
		{"seed.trunks[0].max_calls", trunk(func(s *configs.SeedTrunk) { s.MaxCalls = 0 })},
		{"seed.trunks[0].session_expires", trunk(func(s *configs.SeedTrunk) { s.SessionExpires = 1 })},
		{"seed.trunks[0].options_every", trunk(func(s *configs.SeedTrunk) { s.OptionsEvery = 1 })},
		{"seed.routes[1].number", queue(func(q *configs.SeedQueue) { q.Name = "q" }, configs.SeedRoute{Number: "1*", Queue: "q"}, configs.SeedRoute{Number: "1*", Queue: "q"})},
		{"seed.routes[0].to", queue(func(q *configs.SeedQueue) { q.Name = "q" }, configs.SeedRoute{Number: "1*", Queue: "q", To: "hangup"})},
		{"seed.routes[0].to", queue(func(q *configs.SeedQueue) { q.Name = "q" }, configs.SeedRoute{Number: "1*", To: "menu:gone"})},
		{"seed.routes[0].to", queue(func(q *configs.SeedQueue) { q.Name = "q" }, configs.SeedRoute{Number: "1*", To: "queue"})},
		{"seed.hours[0].zone", func(c *configs.Config) { c.Seed.Hours = []configs.SeedHours{{Name: "h", Zone: "Saigon"}} }},
		{"seed.menus[0].prompt", menu(func(m *configs.SeedMenu) { m.Prompt = "" })},
		{"seed.menus[0].language", menu(func(m *configs.SeedMenu) { m.Language = "zh" })},
		{"seed.menus[0].timeout", menu(func(m *configs.SeedMenu) { m.Timeout = 0 })},
		{"seed.menus[0].retries", menu(func(m *configs.SeedMenu) { m.Retries = 99 })},
		{"seed.menus[0].failed", menu(func(m *configs.SeedMenu) { m.Failed = "queue:gone" })},
		{"seed.menus[0].options", menu(func(m *configs.SeedMenu) { m.Options = map[string]string{"11": "hangup"} })},
		{"seed.menus[0].options", menu(func(m *configs.SeedMenu) { m.Options = map[string]string{"1": "again"} })},
		{"seed.doors[0].queue", func(c *configs.Config) {
			d := configs.DefaultDoor()
			d.Queue = "gone"
			c.Seed.Doors = []configs.SeedDoor{d}
		}},
		{"seed.doors[0].hours", door(func(d *configs.SeedDoor) { d.Hours = "gone" })},
		{"seed.doors[0].closed", door(func(d *configs.SeedDoor) { d.Closed = "kitchen:1" })},
		{"seed.doors[0].keys", door(func(d *configs.SeedDoor) { d.Keys = map[string]string{"x": "hangup"} })},
		{"seed.doors[0].join", door(func(d *configs.SeedDoor) { d.Join = "somebody" })},
		{"seed.doors[0].max_size", door(func(d *configs.SeedDoor) { d.MaxSize = -1 })},
		{"seed.doors[0].announce_every", door(func(d *configs.SeedDoor) { d.AnnounceEvery = time.Second })},
		{"seed.doors[0].max_wait", door(func(d *configs.SeedDoor) { d.MaxWait = -time.Second })},
		{"seed.doors[0].callback_key", door(func(d *configs.SeedDoor) { d.CallbackKey = "12" })},
		{"seed.doors[0].callback_tries", door(func(d *configs.SeedDoor) { d.CallbackTries = 0 })},
		{"seed.doors[0].callback_gap", door(func(d *configs.SeedDoor) { d.CallbackGap = 0 })},
		{"seed.routes[0].queue", func(c *configs.Config) { c.Seed.Routes = []configs.SeedRoute{{Number: "1*", Queue: "q"}} }},
	} {
		c := configs.Default()
		row.spoil(&c)
		err := c.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), row.key+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s broken: %v", row.key, err)
		}
		if err != nil && !strings.ContainsAny(err.Error(), ";") {
			t.Errorf("%s: the sentence says not what to do: %v", row.key, err)
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	c := configs.Default()
	q := configs.DefaultQueue()
	q.Name = "q"
	c.Seed.Queues = []configs.SeedQueue{q, q}
	if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), "seed.queues[1].name: ") {
		t.Errorf("two queues of one name: %v", err)
	}
}

func TestSizesAndRanges(t *testing.T) {
	for text, want := range map[string]configs.Bytes{"64MiB": 64 << 20, "16 KiB": 16 << 10, "1GiB": 1 << 30, "7": 7, "7B": 7} {
		var b configs.Bytes
		if err := b.UnmarshalText([]byte(text)); err != nil || b != want {
			t.Errorf("%s = %d, %v", text, b, err)
		}
	}
	for _, text := range []string{"", "64MB", "-1", "MiB", "9999999999GiB"} {
		if err := new(configs.Bytes).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken for a size", text)
		}
	}
	for _, text := range []string{"", "1", "a-b", "1-"} {
		if err := new(configs.PortRange).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken for a range", text)
		}
	}
	if got := configs.Bytes(64<<20).String() + configs.Bytes(1500).String(); got != "64MiB1500B" {
		t.Error(got)
	}
}
