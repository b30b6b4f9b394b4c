package private

import (
	"fmt"
	"io"
	"os/exec"
)

// reapScript waits until its input ends, which happens when we close it or die in whatever way. Then it asks the
// server whose pid is in the work folder to end, kills it after 5 s, and removes the folder. A zombie counts as ended: it
// is for init to bury, which in a container may be slow or never do so.
const reapScript = `
runs() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.*Z' "/proc/$1/status"; }
cat >/dev/null
pid=$(cat "$1/pid" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -CONT "$pid" 2>/dev/null
	kill -"$2" "$pid" 2>/dev/null
	n=0
	while runs "$pid" && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
	kill -KILL "$pid" 2>/dev/null
fi
rm -rf -- "$1"
`

// reaper removes a work folder, and the server in it, when told to or when we are gone.
type reaper struct {
	input io.Closer
	cmd   *exec.Cmd
}

// newReaper watches over the work folder; signal is the name of the one that ends its server ("INT").
func newReaper(work, signal string) (*reaper, error) {
	cmd := exec.Command("/bin/sh", "-c", reapScript, "reaper", work, signal)
	cmd.Dir = "/"
	cmd.SysProcAttr = attributes(nil, 0) // its own group: what kills ours must not kill it
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make reaper's pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start reaper: %w", err)
	}
	return &reaper{input: input, cmd: cmd}, nil
}

// reap ends the watch: whatever still runs is stopped and the work folder removed when it returns.
func (r *reaper) reap() error {
	_ = r.input.Close() // only that it is closed already
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("reap work folder: %w", err)
	}
	return nil
}
