package configs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/configs"
)

func TestNoSecretIsPrinted(t *testing.T) {
	c := configs.Default()
	c.Redis.Password = "hush"
	c.Postgres.DSN = "postgres://me:hush@db/x?application_name=callstamp"
	c.Seed.Users = []configs.SeedUser{{Login: "an", Password: "hush"}}
	c.Seed.Trunks = []configs.SeedTrunk{{Name: "t", Password: "hush"}}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c),
		"part %v": fmt.Sprintf("%v %+v", c.Redis, c.Seed), "part %#v": fmt.Sprintf("%#v", c.Redis),
		"JSON": string(asJSON), "redacted": c.Redacted().Redis.Password.Reveal() + c.Redacted().Postgres.DSN.Reveal(),
	} {
		if strings.Contains(text, "hush") {
			t.Errorf("%s shows a secret: %s", name, text)
		}
	}
	if !strings.Contains(c.String(), "postgres.dsn: postgres://me:***@db/x?application_name=callstamp\n") {
		t.Errorf("the masked DSN has lost more than its password:\n%s", c)
	}
	if c.Redis.Password.Reveal() != "hush" || c.Seed.Users[0].Password != "hush" || c.Seed.Trunks[0].Password != "hush" {
		t.Error("printing changed the configuration itself")
	}
}

func TestDSNMasksEveryForm(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://me@db/x":                      "postgres://me@db/x",
		"postgres://me:a%40b@db:5432/x?a=b":       "postgres://me:***@db:5432/x?a=b",
		"postgres://db/x?password=a&user=me":      "postgres://db/x?password=***&user=me",
		"host=db user=me password='a b' dbname=x": "host=db user=me password=*** dbname=x",
		"postgres://me:a b@[db":                   "***",
		"":                                        "",
	} {
		if got := configs.DSN(dsn).String(); got != want {
			t.Errorf("%s is shown as %s, want %s", dsn, got, want)
		}
	}
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := write(t, fmt.Sprintf("seed: {users: [{login: an, password_file: %s}]}\n", secret))
	c, err := configs.Load(configs.Source{
		File:    file,
		Environ: []string{"CALLSTAMP_POSTGRES_DSN_FILE=" + secret, "CALLSTAMP_REDIS_PASSWORD_FILE=" + secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Postgres.DSN != "from a file" || c.Redis.Password != "from a file" || c.Seed.Users[0].Password != "from a file" {
		t.Errorf("got %q, %q, %q", c.Postgres.DSN.Reveal(), c.Redis.Password.Reveal(), c.Seed.Users[0].Password.Reveal())
	}
	_, err = configs.Load(configs.Source{Environ: []string{
		"CALLSTAMP_REDIS_PASSWORD=here", "CALLSTAMP_REDIS_PASSWORD_FILE=" + secret,
		"CALLSTAMP_POSTGRES_DSN_FILE=" + filepath.Join(dir, "missing"),
	}})
	for _, want := range []string{
		"redis.password_file: redis.password is set too, and only one of them can be in force; remove one",
		"postgres.dsn_file: the secret cannot be read",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}
