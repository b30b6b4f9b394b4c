package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/configs"
)

// written makes a configuration file.
func written(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "callstamp.yaml")
	fine(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// TestConfigProblemsAllAtOnce: every command that reads the configuration says
// everything that is wrong with it, and exits with 3.
func TestConfigProblemsAllAtOnce(t *testing.T) {
	t.Setenv("CALLSTAMP_REDIS_TIMEOT", "1s")
	file := written(t, "http: {lisen: ':1'}\nledger: {cut_delay: 2s}\ncalls: {max: 0}\nlog: {level: loud}\n")
	for _, command := range []string{"serve", "config", "migrate", "check", "rebuild", "healthcheck"} {
		code, out, errs := told(t, command, "--config", file)
		if code != exitConfig || out != "" {
			t.Errorf("%s: code %d, printed %q", command, code, out)
		}
		for _, key := range []string{"http.lisen: ", "ledger.cut_delay: ", "CALLSTAMP_REDIS_TIMEOT: ", "calls.max: ", "log.level: "} {
			if strings.Count(errs, key) != 1 {
				t.Errorf("%s: %q is named %d times in\n%s", command, key, strings.Count(errs, key), errs)
			}
		}
	}
	if code, _, _ := told(t, "serve", "--config", file+".gone"); code != exitConfig {
		t.Errorf("a file that is not there: code %d", code)
	}
	if code, _, _ := told(t, "serve", "--konfig", file); code != exitUsage {
		t.Errorf("an unknown flag: code %d", code)
	}
}

// TestConfigPrints what is in force: file, environment and defaults, and no
// secret.
func TestConfigPrints(t *testing.T) {
	t.Setenv("CALLSTAMP_HTTP_LISTEN", "127.0.0.1:9999")
	file := written(t, `
postgres: {dsn: "postgres://me:hunter2@db/callstamp?password=hunter2"}
redis: {username: me, password: hunter2}
calls: {max: 7}
seed:
  queues: [{name: service}]
  users: [{login: lan, password: hunter2-and-more}]
  trunks: [{name: carrier, host: sip.example, username: me, password: hunter2, prefixes: ["+84", "+886"]}]
`)
	code, out, errs := told(t, "config", "--config", file)
	if code != exitOK || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	lines := strings.Split(out, "\n")
	for _, want := range []string{
		"http.listen: 127.0.0.1:9999", "calls.max: 7", "calls.max_duration: 4h0m0s", "redis.password: ***", "redis.timeout: 200ms",
		"postgres.dsn: postgres://me:***@db/callstamp?password=***", "seed.queues[0].offer_timeout: 20s", "seed.users[0].password: ***",
		"seed.trunks[0].password: ***", "seed.trunks[0].prefixes: +84, +886", "seed.trunks[0].signal_hold: true",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(out, "hunter2") {
		t.Errorf("a secret is shown:\n%s", out)
	}
}

// TestConfigSecretsStaySecret: what can't be opened is told without what opens it.
func TestConfigSecretsStaySecret(t *testing.T) {
	for name, text := range map[string]string{
		"postgres, a slash in the password": `postgres: {dsn: "postgres://me:hun/ter2@127.0.0.1:1/callstamp"}`,
		"postgres, nobody there":            `postgres: {dsn: "postgres://me:hunter2@127.0.0.1:1/callstamp"}`,
		"postgres, keywords":                `postgres: {dsn: "host=127.0.0.1 port=1 user=me password='hun ter2' sslmode=maybe"}`,
	} {
		file := written(t, text+"\nnode: {data_dir: "+t.TempDir()+"}\n")
		for _, command := range []string{"serve", "migrate", "check"} {
			code, out, errs := told(t, command, "--config", file)
			if code != exitDepends && code != exitConfig || errs == "" {
				t.Errorf("%s, %s: code %d: %s", name, command, code, errs)
			}
			if strings.Contains(out+errs, "hun") || strings.Contains(out+errs, "ter2") {
				t.Errorf("%s, %s shows the password: %s", name, command, errs)
			}
		}
	}
}

func TestConfigOfOrigins(t *testing.T) {
	crm := []string{"https://crm.example.com"}
	for _, row := range []struct {
		public string
		want   []string
	}{{"", crm}, {"https://calls.example.com", []string{"https://calls.example.com", crm[0]}}} {
		if got := origins(configs.HTTP{PublicURL: row.public, AllowedOrigins: crm}); !slices.Equal(got, row.want) {
			t.Errorf("%q: %v, want %v", row.public, got, row.want)
		}
	}
}

func TestConfigOfRedis(t *testing.T) {
	for want, c := range map[string]configs.Redis{
		"redis://127.0.0.1:6379/0":             {Addr: "127.0.0.1:6379"},
		"redis://:p%2Fw@127.0.0.1:6379/3":      {Addr: "127.0.0.1:6379", Password: "p/w", DB: 3},
		"redis://me:p%40w@[::1]:6379/0":        {Addr: "[::1]:6379", Username: "me", Password: "p@w"},
		"unix:///run/redis/redis.sock?db=2":    {Addr: "/run/redis/redis.sock", DB: 2},
		"unix://:p@/run/redis/redis.sock?db=0": {Addr: "/run/redis/redis.sock", Password: "p"},
	} {
		if got := redisURL(c); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
