package archtest

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryPackageHasItsRoom(t *testing.T) {
	known := map[string]bool{}
	for _, file := range sources(t) {
		if !known[file.pkg] && room(file.pkg) == "" {
			t.Errorf("%s: the plan has no room for it; choose a floor in rules_test.go and docs/ARCHITECTURE.md, or an existing room", file.pkg)
		}
		known[file.pkg] = true
	}
}

func TestImportsGoDown(t *testing.T) {
	for _, file := range sources(t) {
		for _, imported := range file.imports {
			to, our := ours(imported)
			if !our || file.test && longest(file.pkg, checker) == "" {
				continue
			}
			if rule := mayImport(file.pkg, to); rule != "" {
				t.Errorf("%s imports %s: %s", file.name, to, rule)
			}
		}
	}
}

func TestOneLibraryOneRoom(t *testing.T) {
	for _, file := range sources(t) {
		for _, imported := range file.imports {
			if rule := mayUse(file, imported); rule != "" {
				t.Errorf("%s imports %s: %s", file.name, imported, rule)
			}
		}
	}
}

// TestPureRoomsStayPure follows imports through our own packages.
func TestPureRoomsStayPure(t *testing.T) {
	imports := map[string][]string{}
	for _, file := range sources(t) {
		if !file.test {
			imports[file.pkg] = append(imports[file.pkg], file.imports...)
		}
	}
	for pkg := range imports {
		if slices.Contains(pureRooms, room(pkg)) {
			for _, chain := range impureChains(imports, pkg, nil) {
				t.Errorf("%s: it must know no telephone, no socket and no database", strings.Join(chain, " → "))
			}
		}
	}
}

// impureChains returns every way from pkg to something impure.
func impureChains(imports map[string][]string, pkg string, way []string) [][]string {
	way = append(slices.Clone(way), pkg)
	var found [][]string
	for _, imported := range imports[pkg] {
		to, our := ours(imported)
		switch {
		case !our && exactOrBelow(imported), our && longest(to, impure) != "":
			found = append(found, append(slices.Clone(way), to))
		case our && !slices.Contains(way, to):
			found = append(found, impureChains(imports, to, way)...)
		}
	}
	return found
}

// exactOrBelow judges a package that is not ours; net is meant alone, as net/netip and net/url are values.
func exactOrBelow(imported string) bool {
	if imported == "net" || imported == "net/http" {
		return true
	}
	return !strings.HasPrefix(imported, "net/") && longest(imported, impure) != ""
}

// TestRulesBite gives every rule something to refuse, so that a rule that refuses nothing is noticed.
func TestRulesBite(t *testing.T) {
	for _, row := range []struct{ from, to, wants string }{
		{"call", "call/acd", "down only"},
		{"call", "kpi/ledger", "down only"},
		{"call/acd", "call/ivr", "down only"},
		{"api", "store/postgres", "down only"},
		{"sip", "internal/phonenet", "only cmd and tests"},
		{"internal/phonenet", "sip", "of ours only"},
		{"internal/robot", "internal/phonenet", "of ours only"},
		{"internal/proof/rig", "internal/robot", ""},
		{"internal/proof/rig", "sip", "of ours only"},
		{"internal/proof/load", "internal/robot", "of ours only"},
		{"internal/proof/checker", "kpi/stamp", "nothing of ours"},
		{"internal/proof/check", "internal/proof", "nothing of ours"},
		{"internal/robot", "api/wire", ""},
		{"cmd/callstamp", "internal/private", ""},
		{"call/switchboard", "call/acd", ""},
		{"sip/siptest", "sip", ""},
	} {
		got := mayImport(row.from, row.to)
		if (got == "") != (row.wants == "") || !strings.Contains(got, row.wants) {
			t.Errorf("%s → %s: %q, want %q", row.from, row.to, got, row.wants)
		}
	}
	if room("billing") != "" || room("store/sqlite") != "" {
		t.Error("a room that nobody planned was accepted")
	}
	if mayUse(source{pkg: "call"}, "github.com/pion/webrtc/v4") == "" || mayUse(source{pkg: "sip"}, "github.com/emiago/sipgo/sip") != "" {
		t.Error("libraries are not judged")
	}
	web := map[string][]string{"call": {module + "/kpi/stamp"}, "kpi/stamp": {"net/http"}}
	if len(impureChains(web, "call", nil)) != 1 {
		t.Error("a database behind an innocent room is not found")
	}
}
