package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi"
)

// told runs a command as main does.
func told(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// TestKPIList wants the shape that others read, key by key.
func TestKPIList(t *testing.T) {
	code, out, errs := told(t, "kpi", "list", "--json")
	if code != exitOK || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	var list []map[string]json.RawMessage
	fine(t, json.Unmarshal([]byte(out), &list))
	if len(list) != len(kpi.Catalogue()) {
		t.Fatalf("%d KPIs, the catalogue has %d", len(list), len(kpi.Catalogue()))
	}
	keys := []string{"direction", "formula", "id", "names", "source", "unit", "version", "words"}
	for i, d := range kpi.Catalogue() {
		if got := slices.Sorted(maps.Keys(list[i])); !slices.Equal(got, keys) {
			t.Errorf("%s has the keys %v, want %v", d.ID, got, keys)
		}
		var names map[string]string
		fine(t, json.Unmarshal(list[i]["names"], &names))
		if want := map[string]string{"vi": d.Names.Vi, "zh-Hant": d.Names.ZhHant, "en": d.Names.En}; !maps.Equal(names, want) {
			t.Errorf("%s is called %v, want %v", d.ID, names, want)
		}
	}
	const first = `[
  {
    "id": "in.offered",
    "version": 1,
    "names": {
      "vi": "Số cuộc gọi vào hàng đợi",
      "zh-Hant": "進線數",
      "en": "Calls offered"
    },
    "formula": "n(first entry)",
    "words": "Inbound calls at their first entry into a queue.",
    "unit": "n",
    "direction": "neither",
    "source": "measured"
  },
`
	if !strings.HasPrefix(out, first) {
		t.Errorf("it begins with\n%s", out[:min(len(out), len(first))])
	}
	if _, out, _ := told(t, "kpi", "list"); strings.Count(out, "\n") != len(list) || !strings.HasPrefix(out, "in.offered ") {
		t.Errorf("as text:\n%s", out)
	}
}

// TestOpenAPI compares the printed document with the one that is kept, but for
// the version of this build.
func TestOpenAPI(t *testing.T) {
	code, out, errs := told(t, "openapi")
	if code != exitOK || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	kept, err := os.ReadFile(filepath.Join("..", "..", "api", "openapi.yaml"))
	fine(t, err)
	got, want := strings.Split(out, "\n"), strings.Split(string(kept), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d lines, the document has %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] && !strings.HasPrefix(got[i], "  version: ") {
			t.Errorf("line %d: %q, want %q", i+1, got[i], want[i])
		}
	}
}
