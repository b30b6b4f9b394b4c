package rig

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/media/prompts"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestPersonalIsFoundInLogs(t *testing.T) {
	for line, want := range map[string]bool{
		"level=INFO called=+84905550001": true, "uri=sip:84905550001@127.0.0.1": true, "84905550001": true, "is " + Password + "?": true,
		"called=…001": false, "at=1784905550001": false, "at=849055500011234": false, "port=8490": false, "level=ERROR msg=bad": true,
	} {
		if got := len(complaints("before\n"+line+"\nafter", nil)) > 0; got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// told is a test that only notes what it is told.
type told struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (w *told) Helper()                   {}
func (w *told) Failed() bool              { return false }
func (w *told) Cleanup(f func())          { w.cleanups = append(w.cleanups, f) }
func (w *told) Errorf(f string, a ...any) { w.errors = append(w.errors, fmt.Sprintf(f, a...)) }

func (w *told) end() {
	for _, f := range slices.Backward(w.cleanups) {
		f()
	}
}

// An error in a server's log fails its test at the end, whether somebody looks
// at it or not; what is expected does not, but what is personal does all the same.
func TestLogsAreJudged(t *testing.T) {
	w := &told{TB: t}
	s := Serve(w, "", exec.Command("/bin/sh", "-c",
		`echo level=ERROR msg=store; echo level=ERROR msg=bad; echo level=INFO msg=fine; echo level=ERROR msg=store called=+84905550001`))
	n := &Node{servers: []*Server{s}}
	n.Expect("msg=store")
	<-s.Done()
	if len(w.errors) > 0 {
		t.Errorf("before the end: %q", w.errors)
	}
	w.end()
	if len(w.errors) != 2 || !strings.Contains(w.errors[0], "msg=bad") || !strings.Contains(w.errors[1], "+84905550001") {
		t.Errorf("the test was told %q", w.errors)
	}
}

// A server that ends with something else than 0 has not ended well; who has
// ended it by hand is not asked.
func TestEnds(t *testing.T) {
	for script, want := range map[string]int{
		"echo on; exec sleep 60":                                    1,
		"trap 'exit 0' TERM; echo on; while :; do sleep 0.01; done": 0,
		"echo on": 1,
	} {
		w := &told{TB: t}
		s := Serve(w, "", exec.Command("/bin/sh", "-c", script))
		Eventually(t, "it runs", func() bool { return s.Log() == "on\n" }, s.Log)
		if script == "echo on" {
			<-s.Done()
		}
		s.StopWell(w, 10*time.Second)
		s.StopWell(w, 0) // it is taken care of
		if w.end(); len(w.errors) != want || !s.Asked() {
			t.Errorf("%s: %q", script, w.errors)
		}
	}
	w := &told{TB: t}
	s := Serve(w, "", exec.Command("/bin/sleep", "60"))
	s.Kill(w)
	s.StopWell(w, time.Second)
	if w.end(); len(w.errors) > 0 || s.Running() {
		t.Errorf("killed: %q", w.errors)
	}
}

// Stamps are looked for in their order, others may stand between them.
func TestFactsInOrder(t *testing.T) {
	all := Facts{{N: 1, Kind: "a"}, {N: 2, Kind: "b"}, {N: 3, Kind: "a"}, {N: 4, Kind: "c"}}
	for want, held := range map[[2]string]bool{{"a", "c"}: true, {"a", "a"}: true, {"b", "a"}: true, {"c", "a"}: false, {"b", "b"}: false} {
		w := &told{TB: t}
		all.InOrder(w, want[0], want[1])
		if (len(w.errors) == 0) != held {
			t.Errorf("%v: %q", want, w.errors)
		}
	}
	if k := Misplaced(all.Kinds(), "a", "!d", "c"); k != "" {
		t.Errorf("%s is out of place", k)
	}
	if k := Misplaced(all.Kinds(), "a", "!c"); k != "!c" {
		t.Errorf("%q is out of place, want !c", k)
	}
	if of := all.Of("a"); len(of) != 2 || of[1].N != 3 {
		t.Errorf("of a kind: %v", of)
	}
}

// What callers know is what the product plays.
func TestCues(t *testing.T) {
	heard := Cues(t)
	for cue, name := range map[string]string{"welcome": prompts.QueueWelcome, "survey": prompts.CSATAsk, "again": prompts.CSATInvalid,
		"thanks": prompts.CSATThanks, "drop": prompts.DropSafeHarbour, "music": ""} {
		clip, err := prompts.Music()
		if name != "" {
			clip, err = prompts.Load("en", name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(heard[cue], clip.Samples()) {
			t.Errorf("%s: %d samples that are not the product's %d", cue, len(heard[cue]), len(clip.Samples()))
		}
	}
}

// A changed key lands where its path says and leaves what stands beside it.
func TestConfigChanges(t *testing.T) {
	h := &House{Node: &Node{}, opt: Options{Config: map[string]any{"agents.reload_grace": "5s", "calls": map[string]any{"max_duration": "1h"}, "log.level": "debug"}},
		Agents: []string{"a01"}, Sellers: []string{"s01"}}
	b, err := h.config()
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]map[string]any
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	if c["agents"]["reload_grace"] != "5s" || c["calls"]["max"] != 250.0 || c["calls"]["max_duration"] != "1h" || c["log"]["level"] != "debug" || c["log"]["format"] != "text" {
		t.Errorf("%s", b)
	}
	if users := c["seed"]["users"].([]any); len(users) != 3 {
		t.Errorf("users %v", users)
	}
}

// Each fate comes in its share; without sellers the product calls nobody.
func TestFatesInTheirShare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for sellers, outward := range map[bool]bool{true: true, false: false} {
		list, weights := possible(sellers, nil)
		seen := map[string]int{}
		for range 6000 {
			f := draw(r, list, weights)
			seen[f.name]++
			if f.out && !outward {
				t.Fatalf("%s without sellers", f.name)
			}
		}
		for _, f := range list {
			if want := f.weight * 6000 / weights; seen[f.name] < want*6/10 || seen[f.name] > want*15/10 {
				t.Errorf("%s: %d of 6000, want about %d", f.name, seen[f.name], want)
			}
		}
		if got := len(spread(r, list, weights, 10)); got != len(list) {
			t.Errorf("%d calls of %d fates, each once", got, len(list))
		}
	}
}

func TestFigures(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(1_000_000 + int64(ms)) }
	calls := []Call{
		{Number: "1", Invite: at(0), Setup: at(5), End: at(900), How: "ended"},
		{Number: "2", Invite: at(10), Setup: at(30), End: at(2000), How: "hung_up"},
		{Number: "3", Invite: at(20), End: at(32000), How: "cut"},
		{Number: "4", Invite: at(30), End: at(40), How: "refused", Code: 503},
		{Number: "5", Invite: at(40)},
		{Number: "6", Invite: at(50), Out: true, End: at(60), How: "refused", Code: 486},
		{Number: "7", Invite: at(5000), Setup: at(5900)},
	}
	s, unanswered := Setups(calls, at(0), at(1000))
	if s.N != 2 || s.Max != 20*msec || s.P50 != 5*msec || unanswered != 2 {
		t.Errorf("set-up %+v, %d unanswered", s, unanswered)
	}
	if r := Refused(calls, at(0), at(1000)); len(r) != 1 || r[503] != 1 {
		t.Errorf("refused %v", r)
	}
	if last, open := LastEnd(calls, at(1000)); !last.Equal(at(32000)) || open != 1 {
		t.Errorf("last end %s, %d open", last, open)
	}
}

func TestLostAndDoubled(t *testing.T) {
	lost, doubled := lostAndDoubled([]check.Finding{
		{Table: "records.calls", Key: "INVITE x", Law: check.LawCall, Want: "a call of 84", Got: "none"},
		{Table: "records.calls", Key: "0197", Law: check.LawCall, Want: "an INVITE of 84", Got: "none"},
		{Table: "records.calls", Key: "0197", Law: check.LawTime, Want: "1", Got: "2"},
		{Table: "records.legs", Key: "0197/1", Law: check.LawOnce, Want: "one row", Got: "two"},
		{Table: "records.legs", Key: "0197/2", Law: check.LawOnce, Want: "a row", Got: "none"},
	})
	if lost != 1 || doubled != 2 {
		t.Errorf("%d lost, %d doubled", lost, doubled)
	}
}

// What we have started is ours, and what that has started; a stranger is not.
func TestDescendants(t *testing.T) {
	cmd := exec.Command("sh", "-c", "cat; true") // a child that has one
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !Await(10*time.Second, func() bool { return len(descendants(cmd.Process.Pid)) == 1 }) {
		t.Errorf("descendants of the child: %v", descendants(cmd.Process.Pid))
	}
	all := descendants(os.Getpid())
	if !slices.Contains(all, cmd.Process.Pid) || !slices.Contains(all, descendants(cmd.Process.Pid)[0]) || slices.Contains(all, os.Getppid()) {
		t.Errorf("ours: %v", all)
	}
	if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
}

// A duration may be late by so much; nothing else is excused.
func TestLate(t *testing.T) {
	allowed := Late(100 * msec)
	for f, want := range map[check.Finding]bool{
		{Table: "records.calls", Key: "0197", Law: check.LawTime, Want: "length 1000000 µs ± 20000", Got: "1099999"}:     true,
		{Table: "records.calls", Key: "0197", Law: check.LawTime, Want: "length 1000000 µs ± 20000", Got: "899999"}:      false,
		{Table: "capture", Law: check.LawTime, Want: "1 in 100 durations beyond 20000 µs at most", Got: "4 of 218"}:      true,
		{Table: "records.entries", Key: "0197/1", Law: check.LawTime, Want: "a segment that connected", Got: "none"}:     false,
		{Table: "records.calls", Key: "INVITE x", Law: check.LawCall, Want: "length 1000000 µs ± 20000", Got: "1000001"}: false,
		{Table: "records.segments", Key: "0197/1", Law: check.LawTime, Want: "no hold", Got: "no hold +5"}:               false,
	} {
		if got := allowed(f); got != want {
			t.Errorf("%s: %t", f, got)
		}
	}
}

// What was not run is told, and is never held.
func TestReportTellsWhatWasNotRun(t *testing.T) {
	r := &Report{Title: "Faults", Intro: "Broken.", Command: "make x"}
	r.rows = []*Row{{Fault: "a", Calls: 10, Result: "held", Figures: []string{"p99 3 ms"}}, {Fault: "b", Result: "FAILED", Calls: 5, Lost: 1}, {Fault: "c", Result: "not run: no root"}, {Fault: "d"}}
	text := r.markdown()
	for _, want := range []string{"| a |  | 10 | 0 | 0 | 0 | p99 3 ms | held |", "| 5 | 1 | 0 | 0 |  | FAILED |", "| c |  | – | – | – | – |  | not run: no root |", "| all | | 15 | 1 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "| d |") {
		t.Errorf("one that was not chosen is told of:\n%s", text)
	}
}

// A network of one's own has a loopback that works, and nothing else.
func TestOwnNetwork(t *testing.T) {
	inside, why := OwnNetwork(t)
	if why != "" {
		t.Skip("not run: " + why)
	}
	if !inside {
		return
	}
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 {
			t.Errorf("%s is up in a network of our own", i.Name)
		}
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
