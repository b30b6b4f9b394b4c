// Package route chooses by which trunks a number is called, in which order, and which number of ours is shown. It is
// pure: chance and turns are given.
package route

import (
	"cmp"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Route says that numbers with a prefix may go out by a trunk.
type Route struct {
	ID        string
	Prefix    string // of E.164 numbers; "": all
	Position  int    // lower ones are tried first
	Weight    int    // the share among routes of one position; 0 counts as 1
	Trunk     stamp.TrunkID
	CallerSet string // the set whose numbers are shown; "": the trunk's own
}

// Order returns the routes of a number in the order in which they are to be tried: those of the longest prefix alone, by
// position, and among equals each next one drawn by weight. draw returns a number in [0, n). A trunk stands in it once.
func Order(all []Route, number string, draw func(n int) int) []Route {
	longest := -1
	var fit []Route
	for _, r := range all {
		if !strings.HasPrefix(number, r.Prefix) || len(r.Prefix) < longest {
			continue
		}
		if len(r.Prefix) > longest {
			longest, fit = len(r.Prefix), nil
		}
		fit = append(fit, r)
	}
	slices.SortStableFunc(fit, func(a, b Route) int { return cmp.Compare(a.Position, b.Position) })
	var order []Route
	for len(fit) > 0 {
		i := drawn(fit, draw)
		if !slices.ContainsFunc(order, func(r Route) bool { return r.Trunk == fit[i].Trunk }) {
			order = append(order, fit[i])
		}
		fit = slices.Delete(fit, i, i+1)
	}
	return order
}

// drawn is one of the routes of the first position, by weight.
func drawn(fit []Route, draw func(n int) int) int {
	same, sum := 0, 0
	for same < len(fit) && fit[same].Position == fit[0].Position {
		sum += max(1, fit[same].Weight)
		same++
	}
	at := draw(sum)
	for i := range same {
		if at -= max(1, fit[i].Weight); at < 0 {
			return i
		}
	}
	return same - 1
}

// Mode says how a set chooses the number that is shown.
type Mode string

// The modes.
const (
	Rotate Mode = "rotate" // each in its turn
	Prefix Mode = "prefix" // the one that begins most like the number that is called; of equals each in its turn
)

// CallerSet is a list of numbers of ours.
type CallerSet struct {
	Mode    Mode
	Numbers []string // E.164
}

// Pick is the number shown for a call to number; turn counts the set's calls. "" of an empty set.
func (s CallerSet) Pick(number string, turn uint64) string {
	best := s.Numbers
	if s.Mode == Prefix {
		longest := -1
		for _, n := range s.Numbers {
			switch same := common(n, number); {
			case same > longest:
				longest, best = same, []string{n}
			case same == longest:
				best = append(slices.Clip(best), n)
			}
		}
	}
	if len(best) == 0 {
		return ""
	}
	return best[turn%uint64(len(best))]
}

// common is how long the beginning is that two numbers share.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
