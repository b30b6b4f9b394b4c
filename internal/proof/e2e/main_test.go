package e2e

import (
	"os"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

func TestMain(m *testing.M) { os.Exit(rig.Main(m)) }

// command runs another command of the binary to its end; out is all that it wrote.
func command(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	code, out, bad := rig.Command(t, nil, rig.Binary(t), args...)
	return code, out + bad
}

// command runs another command on the house's configuration.
func (h *house) command(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	return command(t, append([]string{"--config", h.ConfigFile()}, args...)...)
}

// must ends the test for what it cannot go on with.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
