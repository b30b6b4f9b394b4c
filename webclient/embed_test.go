package webclient

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPlaceholderIsAlwaysThere(t *testing.T) {
	page, err := fs.ReadFile(Files(), Placeholder)
	if err != nil {
		t.Fatalf("read the placeholder: %v", err)
	}
	if !strings.Contains(string(page), "make build") {
		t.Errorf("the placeholder does not say how to build the client:\n%s", page)
	}
}

func TestBuilt(t *testing.T) {
	for name, tt := range map[string]struct {
		files fstest.MapFS
		want  bool
	}{
		"fresh checkout": {fstest.MapFS{Placeholder: {}, ".keep": {}}, false},
		"after a build":  {fstest.MapFS{Placeholder: {}, Index: {}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := built(tt.files); got != tt.want {
				t.Errorf("built = %v, want %v", got, tt.want)
			}
		})
	}
}
