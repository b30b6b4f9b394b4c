package rig

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// workshop is what all houses of a process share: a folder with the programs
// that were built, by their tags.
type workshop struct {
	dir string

	mu    sync.Mutex
	built map[string]func() (string, error)
}

var theWorkshop = sync.OnceValues(func() (*workshop, error) {
	dir, err := os.MkdirTemp("", "callstamp-rig-")
	return &workshop{dir: dir, built: map[string]func() (string, error){}}, err
})

// Main runs a package's tests and clears away what was built for them. Call it
// from TestMain: os.Exit(rig.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if w, err := theWorkshop(); err == nil {
		_ = os.RemoveAll(w.dir)
	}
	return code
}

// Binary builds the program once a process for each set of tags, as the image
// does: static, with the world's time zones inside. E2E_RACE=1 builds it with
// the race detector instead.
func Binary(t testing.TB, tags ...string) string {
	t.Helper()
	w, err := theWorkshop()
	must(t, err)
	tags = slices.Sorted(slices.Values(append(slices.Clone(tags), "timetzdata")))
	path, err := w.once(strings.Join(slices.Compact(tags), ","))()
	must(t, err)
	return path
}

func (w *workshop) once(tags string) func() (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.built[tags] == nil {
		path := filepath.Join(w.dir, fmt.Sprintf("callstamp-%d", len(w.built)))
		w.built[tags] = sync.OnceValues(func() (string, error) { return path, build(path, tags) })
	}
	return w.built[tags]
}

func build(path, tags string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "webclient", "dist", "index.html")); err != nil {
		return errors.New("the web client is not built: run make web")
	}
	args := []string{"build", "-trimpath", "-tags", tags, "-o", path}
	cmd := exec.Command("go", append(args, "./cmd/callstamp")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if os.Getenv("E2E_RACE") != "" {
		cmd = exec.Command("go", append(args, "-race", "./cmd/callstamp")...)
	}
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return nil
}

// moduleRoot is the folder of go.mod above the test's.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("find go.mod: none above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
}
