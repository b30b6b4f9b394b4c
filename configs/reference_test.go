package configs_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/callstamp/callstamp/configs"
)

// keysOf lists every key of the struct, list elements without their number.
func keysOf(t reflect.Type, prefix string) []string {
	var all []string
	for field := range t.Fields() {
		key := strings.TrimPrefix(prefix+"."+field.Tag.Get("koanf"), ".")
		of := field.Type
		if of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Struct {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct && of != reflect.TypeFor[configs.PortRange]() {
			all = append(all, keysOf(of, key)...)
		} else {
			all = append(all, key)
		}
	}
	return all
}

func TestReferenceIsDefault(t *testing.T) {
	c, err := configs.Load(configs.Source{File: "callstamp.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if want := configs.Default(); !reflect.DeepEqual(c, want) {
		t.Fatalf("the reference says\n%v\nDefault says\n%v", c, want)
	}
	k := koanf.New(".")
	if err := k.Load(file.Provider("callstamp.yaml"), yaml.Parser()); err != nil {
		t.Fatal(err)
	}
	for _, key := range keysOf(reflect.TypeFor[configs.Config](), "") {
		if !strings.HasPrefix(key, "seed.") && !k.Exists(key) {
			t.Errorf("%s is not in the reference", key)
		}
	}
	text, err := os.ReadFile("callstamp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != configs.Reference {
		t.Error("the embedded reference is another one")
	}
}

var keyLine = regexp.MustCompile(`^ +([a-z0-9_]+):`)

// TestReferenceGivesReasons wants a comment above every key, or above the one it forms a pair with.
func TestReferenceGivesReasons(t *testing.T) {
	pairs := map[string]string{"tls_key": "tls_cert", "password": "username"}
	above := ""
	for line := range strings.Lines(configs.Reference) {
		if m := keyLine.FindStringSubmatch(line); m != nil {
			if !strings.HasPrefix(strings.TrimSpace(above), "#") && !strings.Contains(above, pairs[m[1]]+":") {
				t.Errorf("no reason above %q", strings.TrimSpace(line))
			}
		}
		above = line
	}
}

// TestReferenceExample loads what stands behind "#:": it is valid, it has every key of the lists, and what it gives
// beside the names is the default.
func TestReferenceExample(t *testing.T) {
	var example strings.Builder
	for line := range strings.Lines(configs.Reference) {
		if text, ok := strings.CutPrefix(line, "#:"); ok {
			example.WriteString(text)
		}
	}
	name := write(t, example.String())
	c, err := configs.Load(configs.Source{File: name})
	if err != nil {
		t.Fatal(err)
	}
	k := koanf.New(".")
	if err := k.Load(file.Provider(name), yaml.Parser()); err != nil {
		t.Fatal(err)
	}
	for _, key := range keysOf(reflect.TypeFor[configs.Seed](), "seed") {
		parts := strings.Split(key, ".")
		element := k.Slices(parts[0] + "." + parts[1])[0]
		if !element.Exists(parts[2]) {
			t.Errorf("%s is not in the example", key)
		}
	}
	queue, user, trunk := configs.DefaultQueue(), configs.DefaultUser(), configs.DefaultTrunk()
	queue.Name = "service"
	queue.Skills = []configs.SeedNeed{{Skill: "english", Steps: []configs.SeedStep{{Level: 7}, {After: 40 * time.Second, Level: 4}}}}
	user.Skills = []configs.SeedSkill{{Skill: "english", Level: 8}}
	user.Login, user.Name, user.Password, user.Queues = "lan", "Nguyễn Thị Lan", "change-me-soon", []string{"service"}
	trunk.Name, trunk.Addresses, trunk.Host = "carrier", []string{"203.0.113.0/24"}, "sip.carrier.example:5060"
	trunk.Username, trunk.Password, trunk.CallerID = "842812345678", "not-a-real-one", "+842812345678"
	menu, door := configs.DefaultMenu(), configs.DefaultDoor()
	menu.Name, menu.Prompt, menu.Failed, menu.Operator = "main", "queue-welcome", "queue:service", "queue:service"
	menu.Options = map[string]string{"1": "queue:service", "*": "repeat"}
	door.Queue, door.Hours, door.Closed, door.Overflow, door.MaxWait = "service", "shop", "hangup", "menu:main", 10*time.Minute
	door.Keys = map[string]string{"9": "menu:main"}
	want := configs.Seed{
		Surveys: []configs.SeedSurvey{{Name: "service", Opening: true, Questions: []string{"csat", "resolved", "nps"}}},
		Queues:  []configs.SeedQueue{queue}, Users: []configs.SeedUser{user}, Trunks: []configs.SeedTrunk{trunk},
		Routes: []configs.SeedRoute{{Number: "+8428*", Queue: "service"}},
		Hours: []configs.SeedHours{{
			Name: "shop", Zone: "Asia/Ho_Chi_Minh", Weekly: map[string][]string{"mon": {"08:00-12:00", "13:00-17:30"}},
			Dates: map[string][]string{"2027-02-06": {}},
		}},
		Menus: []configs.SeedMenu{menu}, Doors: []configs.SeedDoor{door},
		CallerSets: []configs.SeedCallerSet{{Name: "city", Mode: "rotate", Numbers: []string{"+842812345678", "+842412345678"}}},
		Outbound:   []configs.SeedOutbound{{Name: "home", Prefix: "+84", Trunk: "carrier", Position: 1, Weight: 1, CallerSet: "city"}},
	}
	if !reflect.DeepEqual(c.Seed, want) {
		t.Errorf("the example says %+v, the defaults %+v", c.Seed, want)
	}
}

// TestVariablesAreUnambiguous wants a variable of its own for each key.
func TestVariablesAreUnambiguous(t *testing.T) {
	seen := map[string]string{}
	for _, key := range keysOf(reflect.TypeFor[configs.Config](), "") {
		name := configs.EnvName(key)
		if other := seen[name]; other != "" {
			t.Errorf("%s and %s both are %s", key, other, name)
		}
		seen[name] = key
	}
}
