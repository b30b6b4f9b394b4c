package configs_test

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/callstamp/callstamp/configs"
)

// compose loads docker-compose.yml as Docker does: strictly, against the specification's schema.
func compose(t *testing.T, env types.Mapping) (*types.Project, error) {
	t.Helper()
	file, err := filepath.Abs("../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  filepath.Dir(file),
		ConfigFiles: []types.ConfigFile{{Filename: file}},
		Environment: env,
	})
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := compose(t, types.Mapping{"POSTGRES_PASSWORD": "pgsecret", "REDIS_PASSWORD": "redissecret"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestComposeServices(t *testing.T) {
	p := project(t)
	images := map[string]string{}
	for name, service := range p.Services {
		images[name] = service.Image
		if service.HealthCheck == nil || len(service.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		for _, port := range service.Ports {
			if ip, err := netip.ParseAddr(port.HostIP); err != nil || !ip.IsLoopback() {
				t.Errorf("%s publishes port %s on %q, which is not loopback", name, port.Published, port.HostIP)
			}
		}
	}
	if len(images) != 3 || images["app"] != "callstamp" || images["postgres"] != "postgres:15" || images["redis"] != "redis:7" {
		t.Errorf("services and images: %v", images)
	}
	app := p.Services["app"]
	if app.NetworkMode != "host" || len(app.Ports) != 0 {
		t.Errorf("app is on network %q and publishes %v: RTP needs the host's network", app.NetworkMode, app.Ports)
	}
	for _, store := range []string{"postgres", "redis"} {
		if app.DependsOn[store].Condition != types.ServiceConditionHealthy {
			t.Errorf("app does not wait until %s is healthy", store)
		}
	}
	if want := []string{"CMD", "/callstamp", "healthcheck"}; !slices.Equal(app.HealthCheck.Test, want) {
		t.Errorf("app's health check is %v; its image has no shell, so it must be %v", app.HealthCheck.Test, want)
	}
}

func TestComposeAgreesWithTheConfiguration(t *testing.T) {
	app := project(t).Services["app"]
	var environ []string
	for name, value := range app.Environment {
		environ = append(environ, name+"="+*value)
	}
	c, err := configs.Load(configs.Source{File: "callstamp.yaml", Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	if grace := time.Duration(*app.StopGracePeriod); grace <= c.Drain.Timeout {
		t.Errorf("docker kills after %v, calls may finish for %v", grace, c.Drain.Timeout)
	}
	if !strings.Contains(c.Postgres.DSN.Reveal(), ":pgsecret@127.0.0.1:5432/") || c.Redis.Password.Reveal() != "redissecret" {
		t.Errorf("app would dial %q with %q", c.Postgres.DSN.Reveal(), c.Redis.Password.Reveal())
	}
	mounted := map[string]string{}
	for _, v := range app.Volumes {
		mounted[v.Target] = v.Type
	}
	for _, dir := range []string{c.Node.DataDir, c.Node.JournalDir(), c.Node.RecordingsDir()} {
		if mounted[dir] != types.VolumeTypeVolume {
			t.Errorf("%s is not on a volume and would go with the container", dir)
		}
	}
}

func TestComposeAsksForPasswords(t *testing.T) {
	if _, err := compose(t, types.Mapping{"POSTGRES_PASSWORD": "x"}); err == nil || !strings.Contains(err.Error(), "REDIS_PASSWORD") {
		t.Fatalf("without REDIS_PASSWORD: %v", err)
	}
}
