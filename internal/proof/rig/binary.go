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
// that were built.
type workshop struct {
	dir string

	mu    sync.Mutex
	built map[program]func() (string, error)
}

// program is one way to build the binary.
type program struct {
	tags string // by commas, in order
	race bool   // with the race detector, else static
}

var theWorkshop = sync.OnceValues(func() (*workshop, error) {
	dir, err := os.MkdirTemp("", "callstamp-rig-")
	return &workshop{dir: dir, built: map[program]func() (string, error){}}, err
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
	return built(t, tags, os.Getenv("E2E_RACE") != "")
}

// Static is Binary without the race detector, whatever E2E_RACE says.
func Static(t testing.TB) string {
	t.Helper()
	return built(t, nil, false)
}

func built(t testing.TB, tags []string, race bool) string {
	t.Helper()
	w, err := theWorkshop()
	must(t, err)
	tags = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(tags), "timetzdata"))))
	path, err := w.once(program{strings.Join(tags, ","), race})()
	must(t, err)
	return path
}

func (w *workshop) once(p program) func() (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.built[p] == nil {
		path := filepath.Join(w.dir, fmt.Sprintf("callstamp-%d", len(w.built)))
		w.built[p] = sync.OnceValues(func() (string, error) { return path, p.build(path) })
	}
	return w.built[p]
}

func (p program) build(path string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "webclient", "dist", "index.html")); err != nil {
		return errors.New("the web client is not built: run make web")
	}
	args, env := []string{"build", "-trimpath", "-tags", p.tags, "-o", path}, os.Environ()
	if p.race {
		args = append(args, "-race")
	} else {
		env = append(env, "CGO_ENABLED=0")
	}
	cmd := exec.Command("go", append(args, "./cmd/callstamp")...)
	cmd.Dir, cmd.Env = root, env
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
