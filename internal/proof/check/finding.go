package check

import (
	"cmp"
	"fmt"
	"slices"
)

// Finding is one disagreement: which row, which law, what was due, what stands.
type Finding struct {
	Table string `json:"table"` // "records.calls"; "capture" and "ledger" for the witnesses
	Key   string `json:"key"`   // "0197…/2": the row's own key, without organisation
	Law   string `json:"law"`
	Want  string `json:"want"`
	Got   string `json:"got"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s %s: %s: want %s, got %s", f.Table, f.Key, f.Law, f.Want, f.Got)
}

// The laws, as findings name them.
const (
	LawOnce     = "every row once"
	LawTold     = "a row says what its stamps say"
	LawChain    = "the hash chain holds"
	LawOrder    = "no gap in Seq or N"
	LawMoves    = "phases and states move as they are drawn"
	LawBytes    = "a stamp's columns say what its bytes say"
	LawExits    = "entered = sum of exits + waiting, one exit each"
	LawOffers   = "offers = sum of ends + open"
	LawPhases   = "phases fill the call"
	LawStates   = "states fill the login"
	LawSecond   = "each second of an agent once"
	LawTalk     = "an agent's talk is the agent's segments"
	LawSign     = "no negative duration"
	LawEmpty    = "a figure of nothing is no figure"
	LawFrozen   = "frozen = folded"
	LawInterval = "a quarter hour's figure is the sum of its records"
	LawCall     = "one call per INVITE"
	LawLeg      = "a leg is what was on the wire"
	LawDesk     = "an offer is what the desk saw"
	LawSurvey   = "a survey's offered and asked are its answers and its silences"
	LawKey      = "an answer is the key that was pressed"
	LawHold     = "a hold is signalled and resumed"
	LawTime     = "a duration is the witnessed one"
	LawWitness  = "the witness saw everything"
	LawEnd      = "every call comes to its end"
	LawCrash    = "what a death of the product cut is closed as abnormal, and nothing else"
)

// findings collects what disagrees.
type findings struct{ list []Finding }

func (f *findings) say(table, key, law, want, got string) {
	f.list = append(f.list, Finding{table, key, law, want, got})
}

func (f *findings) sayf(table, key, law string, want, got any) {
	f.say(table, key, law, fmt.Sprint(want), fmt.Sprint(got))
}

// same wants got = want.
func (f *findings) same(table, key, law string, want, got any) {
	if want != got {
		f.sayf(table, key, law, want, got)
	}
}

func (f *findings) sorted() []Finding {
	slices.SortStableFunc(f.list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Law, b.Law))
	})
	return slices.Compact(f.list)
}
