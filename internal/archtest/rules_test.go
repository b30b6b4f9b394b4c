package archtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// floors: a room may import rooms of lower floors only. A package below a room belongs to it (sip/siptest to sip).
var floors = map[string]int{
	"kpi/stamp": 0, "configs": 0, "webclient": 0, "api/wire": 0, "internal/mailbox": 0, "dialer/law": 0,
	"call": 1, "kpi/ledger": 1, "dialer/guard": 1, "dialer/route": 1,
	"call/acd": 2, "call/ivr": 2, "dialer": 2, "media": 2, "kpi": 2,
	"sip": 3, "call/switchboard": 3, "kpi/fact": 3, "kpi/plan": 3, "dialer/sim": 3,
	"api": 4, "store/postgres": 4, "store/redis": 4,
	"cmd": 5,
}

// workshop rooms stand beside the floors: they may use any library and of ours only what workshopMay lists, so that
// they can bear witness against the product; only cmd and tests import them.
var workshop = []string{"internal/phonenet", "internal/robot", "internal/private", "internal/proof", "internal/archtest"}

var workshopMay = []string{"kpi/stamp", "api/wire"}

// builders put a house around the product, out of the other workshop rooms; of the product they know no more than these.
var builders = []string{"internal/proof/rig"}

// checker rooms share nothing at all with what they check. The load that drives the product belongs elsewhere in proof.
var checker = []string{"internal/proof/check*"}

// libraries: one library, one room; workshop rooms, and the tests in cmd, which look into the stores themselves, may
// use any. pion/rtp and pion/sdp are formats, but in the product they too are media's business alone.
var libraries = map[string]string{
	"github.com/emiago/sipgo":      "sip",
	"github.com/icholy/digest":     "sip",
	"github.com/pion":              "media",
	"github.com/redis/go-redis":    "store/redis",
	"github.com/jackc/pgx":         "store/postgres",
	"github.com/pressly/goose":     "store/postgres",
	"database/sql":                 "store/postgres",
	"github.com/riverqueue/river":  "store/postgres",
	"github.com/gorilla/websocket": "api",
	"github.com/danielgtaylor":     "api",
	"github.com/alexedwards/scs":   "api",
	"github.com/nyaruka":           "dialer/guard",
	"github.com/knadh/koanf":       "configs",
	"github.com/alecthomas/kong":   "cmd",
	"github.com/alicebob":          "internal/private",
	"github.com/prometheus":        "cmd",
	"go.opentelemetry.io":          "cmd",
}

// alsoAt lists second homes of a library, each with its reason.
var alsoAt = map[string][]string{
	// The demo may run on miniredis, so the scripts' own suite runs on it as well as on the real server.
	"github.com/alicebob": {"store/redis"},
}

// pureRooms know no telephone, no socket and no database, neither themselves nor through what they import.
var pureRooms = []string{"call", "call/acd", "call/ivr", "call/switchboard", "dialer", "dialer/guard", "dialer/route", "dialer/law", "dialer/sim"}

var impure = []string{
	"sip", "media", "store", "api", "cmd",
	"github.com/emiago/sipgo", "github.com/pion", "github.com/redis/go-redis", "github.com/jackc/pgx",
	"github.com/gorilla/websocket", "database/sql", "net", "net/http",
}

// room is the floor's or workshop's room that a package belongs to, "" for one that the plan does not know.
func room(pkg string) string {
	return longest(pkg, slices.Concat(slices.Collect(maps.Keys(floors)), workshop))
}

// mayImport judges one import between two of our packages by a file that is no test; the answer is the broken rule.
func mayImport(from, to string) string {
	a, b := room(from), room(to)
	switch {
	case longest(from, checker) != "" && longest(to, checker) == "":
		return "the checker imports nothing of ours"
	case a == b:
		return ""
	case longest(from, builders) != "" && slices.Contains(workshop, b):
		return ""
	case slices.Contains(workshop, a):
		if !slices.Contains(workshopMay, b) {
			return fmt.Sprintf("%s may import of ours only %s", a, strings.Join(workshopMay, " and "))
		}
		return ""
	case slices.Contains(workshop, b):
		if a != "cmd" {
			return fmt.Sprintf("only cmd and tests import %s", b)
		}
		return ""
	case floors[b] >= floors[a]:
		return fmt.Sprintf("imports go down only: %s is on floor %d, %s on floor %d", a, floors[a], b, floors[b])
	}
	return ""
}

// mayUse judges one import of somebody else's package.
func mayUse(file source, imported string) string {
	library := longest(imported, slices.Collect(maps.Keys(libraries)))
	at := room(file.pkg)
	switch {
	case library == "" || slices.Contains(workshop, at) || file.test && at == "cmd":
		return ""
	case at == libraries[library] || slices.Contains(alsoAt[library], at):
		return ""
	}
	return fmt.Sprintf("%s lives in %s alone", library, libraries[library])
}
