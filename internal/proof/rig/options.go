package rig

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/private"
)

// Password is everybody's.
const Password = "correct-horse-7"

// Options say how a house is built. The zero value is a house without agents.
type Options struct {
	Agents  int // of the queues service and quiet: a01, a02 …
	Sellers int // of the campaign's queue: s01, s02 …
	Desks   int // of the queue desks behind 1902: d01, d02 …; the rig seats nobody there
	// Ring is how long the campaign lets a line ring; 0 = 3 s.
	Ring time.Duration
	// Spread gives each robot an address of its own, so that a firewall can tell
	// them apart: see House.Address.
	Spread bool

	// Cues are the beginnings of what the product plays, as 8 kHz samples, by
	// name: welcome, survey, again, thanks, drop, music. Without "survey"
	// nobody answers it, without "music" a hold sounds like a voice.
	Cues map[string][]int16

	// Config changes keys of callstamp.yaml: "agents.reload_grace": "5s".
	Config map[string]any
	Env    []string        // of the server's process, beside PATH and HOME
	Tags   []string        // further build tags
	Wrap   func(*exec.Cmd) // changes how the server is run: ulimits, cgroup, namespace
	Data   string          // node.data_dir; "": below the house's own folder

	Postgres private.PostgresOptions // Unsafe is set unless Safe is
	Safe     bool                    // PostgreSQL with fsync, for power cuts
	Redis    private.RedisOptions

	// Stores may put something between the server and its stores: it gets their
	// addresses and returns those that the server is given.
	Stores func(postgres, redis string) (string, string)
	// Relay may put something between the telephones and the product: it gets
	// both SIP addresses and returns where the phones send and what the trunk
	// calls.
	Relay func(product, phones string) (toProduct, toPhones string)

	// Trunk changes keys of the one trunk in the seed: "signal_hold": true.
	Trunk map[string]any
	// Phones changes the telephone network before it opens. toPhones is what the
	// trunk calls.
	Phones func(c *phonenet.Config, toPhones string)

	RTPPorts int // of the server; 0 = 600
	Seed     uint64
	// Idle leaves the capture out, for scenarios whose wire tells nothing.
	Uncaptured bool
}

// rtpPorts is enough for 100 calls and those that drain.
const rtpPorts = 600

// config is callstamp.yaml; JSON is YAML, too.
func (h *House) config() ([]byte, error) {
	c := map[string]any{
		"organisation": map[string]any{"id": "proof", "zone": "UTC", "language": "en"},
		"node":         map[string]any{"data_dir": h.Data},
		"http":         map[string]any{"listen": fmt.Sprintf("127.0.0.1:%d", h.Ports.HTTP)},
		"sip":          map[string]any{"listen": []string{"udp:" + h.SIPAddr()}},
		"media": map[string]any{"rtp_ports": fmt.Sprintf("%d-%d", h.Ports.RTPFirst, h.Ports.RTPLast), "listen_ip": "127.0.0.1",
			"ice_udp_listen": fmt.Sprintf("127.0.0.1:%d", h.Ports.ICE), "drain_idle": "200ms"},
		"postgres": map[string]any{"dsn": h.dsnGiven},
		"redis":    map[string]any{"addr": h.redisGiven},
		"calls":    map[string]any{"max": 250},
		"ledger":   map[string]any{"reserve_bytes": "1MiB"},
		"drain":    map[string]any{"timeout": "5s"},
		"log":      map[string]any{"level": "warn", "format": "text"},
		"seed":     h.seed(),
	}
	for key, value := range h.opt.Config {
		set(c, strings.Split(key, "."), value)
	}
	return json.MarshalIndent(c, "", "  ")
}

// set puts value at the path; a map is merged over what is there.
func set(c map[string]any, path []string, value any) {
	below, _ := c[path[0]].(map[string]any)
	switch more, is := value.(map[string]any); {
	case len(path) > 1:
		if below == nil {
			below = map[string]any{}
			c[path[0]] = below
		}
		set(below, path[1:], value)
	case is && below != nil:
		maps.Copy(below, more)
	default:
		c[path[0]] = value
	}
}

func (h *House) seed() map[string]any {
	users := []any{map[string]any{"login": "boss", "name": "The Boss", "password": Password, "role": "manager"}}
	for _, a := range h.Agents {
		users = append(users, person(a, "Agent", "service", "quiet"))
	}
	for _, s := range h.Sellers {
		users = append(users, person(s, "Seller", "sales"))
	}
	for i := range h.opt.Desks {
		users = append(users, person(fmt.Sprintf("d%02d", i+1), "Desk", "desks"))
	}
	return map[string]any{
		"queues": []any{
			map[string]any{"name": "service", "offer_timeout": "3s", "wrap_up": "20s", "short_abandon": "1s"},
			map[string]any{"name": "quiet", "offer_timeout": "3s", "wrap_up": "20s", "short_abandon": "1s"},
			map[string]any{"name": "sales", "offer_timeout": "3s", "wrap_up": "20s"},
			map[string]any{"name": "desks", "offer_timeout": "10s", "wrap_up": "20s", "short_abandon": "1s", "survey": false},
		},
		"users":  users,
		"trunks": []any{h.trunk()},
		"routes": []any{map[string]any{"number": "1900", "queue": "service"}, map[string]any{"number": "1901", "queue": "quiet"},
			map[string]any{"number": "1902", "queue": "desks"}},
	}
}

func person(login, title string, queues ...string) map[string]any {
	return map[string]any{"login": login, "name": title + " " + login, "password": Password, "role": "agent", "queues": queues}
}
