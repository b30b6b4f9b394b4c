package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/knadh/koanf/parsers/yaml"
)

// deploy is where the files for operators lie.
var deploy = filepath.Join("..", "..", "..", "deploy")

// promtool is Prometheus' own judge. It is in Debian's package prometheus; scripts/setup-tests.sh installs it.
func promtool(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool is not there: scripts/setup-tests.sh installs it (Debian's package prometheus)")
	}
	return path
}

// alert is one rule of alerts.yaml.
type alert struct {
	Alert, Expr string
	Labels      map[string]string
	Annotations map[string]string
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alert } }
	read(t, filepath.Join(deploy, "prometheus", "alerts.yaml"), fromYAML, &file)
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// fromYAML decodes by way of JSON, whose names are told apart by case no more than these are.
func fromYAML(b []byte, into any) error {
	plain, err := yaml.Parser().Unmarshal(b)
	if err != nil {
		return err
	}
	b, err = json.Marshal(plain)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

func read(t *testing.T, path string, decode func([]byte, any) error, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, decode(b, into))
}

// panel is one of the dashboard.
type panel struct {
	Title, Type, Description string
	Targets                  []struct{ Expr string }
	GridPos                  struct{ X, Y, W, H int }
}

func panels(t *testing.T) []panel {
	t.Helper()
	var file struct {
		Panels      []panel
		Annotations struct{ List []struct{ Expr string } }
	}
	read(t, filepath.Join(deploy, "grafana", "callstamp.json"), json.Unmarshal, &file)
	return append(file.Panels, panel{Title: "annotations", Type: "annotation", Description: "-", Targets: file.Annotations.List})
}

// expressions are all that alarms and panels ask, by where they stand.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, a := range alerts(t) {
		all["alert "+a.Alert] = a.Expr
	}
	for _, p := range panels(t) {
		for i, target := range p.Targets {
			all[fmt.Sprintf("panel %s %d", p.Title, i)] = target.Expr
		}
	}
	return all
}

// TestAlertRules has promtool check the rules and play each alarm: that it comes, and that it stays away.
func TestAlertRules(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "rules", filepath.Join(deploy, "prometheus", "alerts.yaml")},
		{"test", "rules", filepath.Join(deploy, "prometheus", "alerts_test.yaml")},
	} {
		if out, err := exec.Command(promtool(t), args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// TestEachAlertIsPlayedAndExplained: a rule without its two tests, its words or its page in the handbook is none.
func TestEachAlertIsPlayedAndExplained(t *testing.T) {
	t.Parallel()
	var tests struct{ Tests []struct{ Name string } }
	read(t, filepath.Join(deploy, "prometheus", "alerts_test.yaml"), fromYAML, &tests)
	played := map[string]bool{}
	for _, one := range tests.Tests {
		played[one.Name] = true
	}
	handbook, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "operations.md"))
	must(t, err)
	anchors := headings(string(handbook))
	for _, a := range alerts(t) {
		if !played[a.Alert+" comes"] || !played[a.Alert+" stays away"] {
			t.Errorf("%s is not played by alerts_test.yaml both ways", a.Alert)
		}
		file, anchor, _ := strings.Cut(a.Annotations["runbook"], "#")
		if file != "docs/operations.md" || !anchors[anchor] {
			t.Errorf("%s sends people to %s, which is not there", a.Alert, a.Annotations["runbook"])
		}
		if s := a.Labels["severity"]; a.Annotations["summary"] == "" || s != "page" && s != "ticket" {
			t.Errorf("%s: severity %q, summary %q", a.Alert, s, a.Annotations["summary"])
		}
		if !strings.Contains(string(handbook), a.Alert) {
			t.Errorf("docs/operations.md does not name %s", a.Alert)
		}
	}
}

// headings are the anchors of a Markdown file, as its readers' browsers make them.
func headings(text string) map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(text) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			title = strings.ToLower(strings.TrimSpace(title))
			all[strings.NewReplacer("`", "", "'", "", ",", "", ".", "", ":", "", " ", "-").Replace(title)] = true
		}
	}
	return all
}

// TestDashboard: every expression of the dashboard is PromQL, each panel says what it shows, and none lies over another.
func TestDashboard(t *testing.T) {
	t.Parallel()
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	fill := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*")
	all := expressions(t)
	for i, where := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&rules, "      - record: callstamp:panel%d\n        expr: %q\n", i, fill.Replace(all[where]))
	}
	file := filepath.Join(t.TempDir(), "rules.yaml")
	must(t, os.WriteFile(file, []byte(rules.String()), 0o600))
	if out, err := exec.Command(promtool(t), "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
	taken := map[[2]int]string{}
	for _, p := range panels(t) {
		if p.Type != "row" && (p.Description == "" || len(p.Targets) == 0) {
			t.Errorf("panel %s says nothing, or shows nothing", p.Title)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other := taken[at]; other != "" || at[0] > 23 {
					t.Errorf("panel %s lies at %v, where %q is", p.Title, at, other)
				}
				taken[at] = p.Title
			}
		}
	}
}
