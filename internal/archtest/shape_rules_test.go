package archtest

import (
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// TestShapeRulesBite shows the rules about package variables something of each kind.
func TestShapeRulesBite(t *testing.T) {
	const text = `package p
import "errors"
var ErrGone = errors.New("gone")
var table = map[string]int{"a": 1}
var count int
var cache = map[string]int{}
//go:embed x
var page string
// set by -ldflags
var version string
var total = 0
func f(count int) { count = 2; table["b"] = 3; total++; local := 1; local = 2; _ = local }
`
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, "p.go", text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	file := source{syntax: syntax, set: set}
	var state []string
	declared := map[string]token.Position{}
	for name, is := range packageVariables(file) {
		declared[name.Name] = set.Position(name.Pos())
		if is {
			state = append(state, name.Name)
		}
	}
	slices.Sort(state)
	if want := []string{"cache", "count"}; !slices.Equal(state, want) {
		t.Errorf("state from the start: %v, want %v", state, want)
	}
	if got, want := assigned(file, declared), []string{"table", "total"}; !slices.Equal(got, want) {
		t.Errorf("assigned: %v, want %v", got, want)
	}
}
