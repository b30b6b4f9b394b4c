package configs_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
)

// write makes a configuration file of the test's own.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "callstamp.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDefaultIsValid(t *testing.T) {
	if err := configs.Default().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestFileEnvironmentFlags(t *testing.T) {
	file := write(t, "http: {listen: '127.0.0.1:1'}\nlog: {level: warn, format: text}\nredis: {timeout: 1s}\n")
	c, err := configs.Load(configs.Source{
		File:    file,
		Environ: []string{"CALLSTAMP_HTTP_LISTEN=127.0.0.1:2", "CALLSTAMP_LOG_LEVEL=error", "HOME=/", "CALLSTAMP_CONFIG=x"},
		Flags:   map[string]string{"http.listen": "127.0.0.1:3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := configs.Default()
	want.HTTP.Listen = "127.0.0.1:3"                       // flag over variable over file
	want.Log = configs.Log{Level: "error", Format: "text"} // variable over file
	want.Redis.Timeout = time.Second                       // file over default
	if !reflect.DeepEqual(c, want) {
		t.Fatalf("got\n%v\nwant\n%v", c, want)
	}
}

func TestEveryKindOfValueFromText(t *testing.T) {
	c, err := configs.Load(configs.Source{Environ: []string{
		"CALLSTAMP_SIP_LISTEN=udp:127.0.0.1:5070, tcp:[::1]:5070",
		"CALLSTAMP_MEDIA_RTP_PORTS=40000-44999",
		"CALLSTAMP_LEDGER_SEGMENT_BYTES=8MiB",
		"CALLSTAMP_CALLS_MAX=20",
		"CALLSTAMP_DRAIN_TIMEOUT=0",
		"CALLSTAMP_REDIS_ADDR=/run/redis.sock",
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := configs.Default()
	want.SIP.Listen = []string{"udp:127.0.0.1:5070", "tcp:[::1]:5070"}
	want.Media.RTPPorts = configs.PortRange{First: 40000, Last: 44999}
	want.Ledger.SegmentBytes = 8 << 20
	want.Calls.Max = 20
	want.Drain.Timeout = 0
	want.Redis.Addr = "/run/redis.sock"
	if !reflect.DeepEqual(c, want) {
		t.Fatalf("got\n%v\nwant\n%v", c, want)
	}
}

func TestSeedElementsHaveDefaults(t *testing.T) {
	c, err := configs.Load(configs.Source{File: write(t, `
seed:
  queues:
    - name: service
    - {name: sales, wrap_up: 0s, survey: false}
  users: [{login: an, password: long enough, queues: service}]
  trunks: [{name: t, addresses: [127.0.0.1]}]
  routes: [{number: "1900*", queue: sales}]
`)})
	if err != nil {
		t.Fatal(err)
	}
	service, sales, trunk := configs.DefaultQueue(), configs.DefaultQueue(), configs.DefaultTrunk()
	service.Name, sales.Name, sales.WrapUp, sales.Survey = "service", "sales", 0, false
	trunk.Name, trunk.Addresses = "t", []string{"127.0.0.1"}
	want := configs.Seed{
		Surveys: []configs.SeedSurvey{},
		Queues:  []configs.SeedQueue{service, sales},
		Users:   []configs.SeedUser{{Login: "an", Password: "long enough", Role: "agent", Queues: []string{"service"}, Skills: []configs.SeedSkill{}}},
		Trunks:  []configs.SeedTrunk{trunk},
		Routes:  []configs.SeedRoute{{Number: "1900*", Queue: "sales"}}, Hours: []configs.SeedHours{}, Menus: []configs.SeedMenu{}, Doors: []configs.SeedDoor{},
		CallerSets: []configs.SeedCallerSet{}, Outbound: []configs.SeedOutbound{},
	}
	if !reflect.DeepEqual(c.Seed, want) {
		t.Fatalf("got %+v, want %+v", c.Seed, want)
	}
}

// TestAllProblemsAtOnce wants every mistake of one file in one error, each in one sentence that begins with its key.
func TestAllProblemsAtOnce(t *testing.T) {
	_, err := configs.Load(configs.Source{
		File: write(t, `
http: {lisen: "127.0.0.1:1", tls_cert: only}
ledgr: {}
redis: {timeout: 200, db: many}
log: {level: loud}
survey: 7
seed:
  queues: [{name: q, wrap_upp: 1s, offer_timeout: soon}]
  users: [{login: an, password: short, role: boss, queues: [none]}]
`),
		Environ: []string{"CALLSTAMP_POSTGRES_MAXCONNS=5", "CALLSTAMP_SERVICE_HOST=10.0.0.1", "CALLSTAMP_PORT_8080_TCP=tcp://10.0.0.1:8080"},
		Flags:   map[string]string{"drain.timeot": "1s"},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	want := []string{
		"http.lisen: there is no such key, so it would have no effect; did you mean http.listen?",
		"ledgr: there is no such key, so it would have no effect; did you mean ledger?",
		"seed.queues[0].wrap_upp: there is no such key, so it would have no effect; did you mean seed.queues[0].wrap_up?",
		"CALLSTAMP_POSTGRES_MAXCONNS: there is no such key, so it would have no effect; did you mean CALLSTAMP_POSTGRES_MAX_CONNS?",
		"drain.timeot: there is no such key, so it would have no effect; did you mean drain.timeout?",
		`redis.timeout: "200" is not a duration with its unit, such as 20s or 200ms; callstamp.yaml shows how it is written`,
		`redis.db: "many" is not a number; callstamp.yaml shows how it is written`,
		`survey: a section of keys is expected; callstamp.yaml shows how it is written`,
		`seed.queues[0].offer_timeout: "soon" is not a duration with its unit, such as 20s or 200ms; callstamp.yaml shows how it is written`,
		"http.tls_cert: certificate and key only work together; set http.tls_key too, or neither",
		`log.level: "loud" is not known; choose debug, info, warn, error`,
		`seed.users[0].role: "boss" is not known; choose agent, supervisor, manager, admin`,
		"seed.users[0].password: 5 characters are guessed too soon; give at least 8, here or by password_file",
		`seed.users[0].queues: no queue is called "none", so no call would come from it; add it to seed.queues or remove it here`,
	}
	got := strings.Split(err.Error(), "\n")
	for _, sentence := range want {
		if !slices.Contains(got, sentence) {
			t.Errorf("missing: %s", sentence)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, want %d:\n%v", len(got), len(want), err)
	}
}

func TestBrokenFileNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"http: [\n":                            "line",
		"http: {listen: a}\nhttp: {listen: b}": "already defined",
	} {
		if _, err := configs.Load(configs.Source{File: write(t, text)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", text, err, want)
		}
	}
	if _, err := configs.Load(configs.Source{File: "/nowhere/callstamp.yaml"}); err == nil {
		t.Error("a file that does not exist was accepted")
	}
}
