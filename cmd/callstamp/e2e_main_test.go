package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// The end-to-end tests run the real binary and look at it only from outside: telephones on the wire, a browser, SQL,
// Redis, exit codes. Each test has its own server, stores and ports, so they run side by side.

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(workshop())
	os.Exit(code)
}

// workshop is the folder of what all tests share.
var workshop = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "callstamp-e2e-")
	if err != nil {
		panic(err)
	}
	return dir
})

// staticBinary builds the program once a run, as make build and the image do: static, with the world's time zones inside.
var staticBinary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(workshop(), "callstamp")
	return path, build([]string{"build", "-trimpath", "-tags", "timetzdata", "-o", path, "."}, append(os.Environ(), "CGO_ENABLED=0"))
})

// racedBinary is the same with the race detector.
var racedBinary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(workshop(), "callstamp-race")
	return path, build([]string{"build", "-race", "-o", path, "."}, os.Environ())
})

func build(args, env []string) error {
	cmd := exec.Command("go", args...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return nil
}

// theBinary is what the tests run; E2E_RACE=1 chooses the one with the race detector.
func theBinary(t *testing.T) string {
	t.Helper()
	which := staticBinary
	if os.Getenv("E2E_RACE") != "" {
		which = racedBinary
	}
	return built(t, which)
}

func built(t *testing.T, once func() (string, error)) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "..", "webclient", "dist", "index.html")); err != nil {
		t.Fatal("the web client is not built: run make web")
	}
	path, err := once()
	must(t, err)
	return path
}

// patience is how long a test waits for what takes no time: five times and more what a busy machine needs.
const patience = 15 * time.Second

// eventually polls until is holds; otherwise says what there was instead.
func eventually(t *testing.T, what string, is func() bool, otherwise func() string) {
	t.Helper()
	within(t, patience, what, is, otherwise)
}

func within(t *testing.T, limit time.Duration, what string, is func() bool, otherwise func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !is(); <-tick.C {
		if time.Now().After(end) {
			instead := ""
			if otherwise != nil {
				instead = ", but " + otherwise()
			}
			t.Fatalf("not within %s: %s%s", limit, what, instead)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
