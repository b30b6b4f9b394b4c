package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/configs"
)

// TestConfigKeysAreRead wants each key to stand somewhere in the wiring: one
// that nobody reads promises what nobody keeps.
func TestConfigKeysAreRead(t *testing.T) {
	names, err := filepath.Glob("*.go")
	fine(t, err)
	var source strings.Builder
	for _, name := range append(names, filepath.Join("..", "..", "configs", "config.go")) { // JournalDir is there
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		fine(t, err)
		source.Write(text)
	}
	read := func(field string) bool { return regexp.MustCompile(`\.` + field + `\b`).MatchString(source.String()) }
	var walk func(of reflect.Type, path string)
	walk = func(of reflect.Type, path string) {
		for f := range of.Fields() {
			key := strings.TrimPrefix(path+"."+f.Tag.Get("koanf"), ".")
			inner := f.Type
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			switch {
			case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[configs.PortRange]():
				walk(inner, key)
			case strings.HasSuffix(key, "_file"): // read into its twin by configs.Load
			case !read(f.Name):
				t.Errorf("%s (%s.%s) is read by nobody", key, of.Name(), f.Name)
			}
		}
	}
	walk(reflect.TypeFor[configs.Config](), "")
}
