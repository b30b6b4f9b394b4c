package kpi

// Difference is a figure of which the two ways disagree.
type Difference struct {
	Key
	Rolled int64 `json:"rolled"` // by Live, frozen at the cut
	Folded int64 `json:"folded"` // from records
}

// Compare returns the figures in which rolled and folded differ, in the order
// of their keys; one that a side lacks is 0 there.
func Compare(rolled, folded []Interval) []Difference {
	sums := map[Key]int64{}
	left, right := map[Key]int64{}, map[Key]int64{}
	for _, r := range rolled {
		left[r.Key] += r.Value
		sums[r.Key] = 1
	}
	for _, r := range folded {
		right[r.Key] += r.Value
		sums[r.Key] = 1
	}
	var out []Difference
	for _, row := range sortIntervals(sums) {
		if l, r := left[row.Key], right[row.Key]; l != r {
			out = append(out, Difference{row.Key, l, r})
		}
	}
	return out
}

// Report is what callstamp check prints with --json.
type Report struct {
	Balanced    bool         `json:"balanced"`
	Calls       int          `json:"calls"` // that were checked
	Differences []Difference `json:"differences"`
	Violations  []Violation  `json:"violations"`
}

// NewReport judges what was found: balanced means that nothing was.
func NewReport(calls int, differences []Difference, violations []Violation) Report {
	if differences == nil {
		differences = []Difference{}
	}
	if violations == nil {
		violations = []Violation{}
	}
	return Report{len(differences)+len(violations) == 0, calls, differences, violations}
}
