// Package faults breaks what the product stands on, under load, and lets the
// independent checker say what it cost. A suite is one entry, TestFaults…, with
// a subtest for each fault; each fault has a house of its own. Two small ones
// run always, the rest with PROOF=full (make proof-faults).
package faults_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

func TestMain(m *testing.M) { os.Exit(rig.Main(m)) }

// size is how large a scenario is.
type size struct {
	agents, sellers int
	perSecond       float64 // calls
	hurry           float64 // factor on the lengths of calls
}

// fullSize is 10 calls a second, in and out; smallSize is for make test.
func fullSize() size  { return size{agents: 30, sellers: 10, perSecond: 10, hurry: 0.5} }
func smallSize() size { return size{agents: 9, sellers: 3, perSecond: 2, hurry: 0.7} }

// options are a house of the size.
func (s size) options(t *testing.T, seed uint64) rig.Options {
	t.Helper()
	return rig.Options{Agents: s.agents, Sellers: s.sellers, Cues: rig.Cues(t), Seed: seed}
}

// mix is the load of the size.
func (s size) mix() rig.Mix { return rig.Mix{PerSecond: s.perSecond, Hurry: s.hurry} }

// suite begins a suite's report; it is written when the test ends. A suite runs
// with PROOF=full alone.
func suite(t *testing.T, name, title, intro string) *rig.Report {
	t.Helper()
	if !rig.Full() {
		t.Skipf("a suite of minutes: make proof-faults-%s", name)
	}
	rig.Precedence(t)
	seed := rig.Seed(t)
	t.Logf("PROOF_SEED=%d", seed)
	r := &rig.Report{Title: title, Intro: intro, Seed: seed, Command: fmt.Sprintf("PROOF_SEED=%d make proof-faults-%s", seed, name)}
	t.Cleanup(func() { r.Write(t) })
	return r
}

// must ends the test for an error that the scenario cannot go on with.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
