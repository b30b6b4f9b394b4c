package guard

// Refusal is why a number is not dialed: a word for stamps and programs, and a sentence for people.
type Refusal struct {
	Word string
	Text string
}

// Error implements error.
func (r Refusal) Error() string { return r.Text }

// Reason is the word.
func (r Refusal) Reason() string { return r.Word }

// The words of refusals. Those of a sort of numbers are the sort's name; those of a cap are "cap_", whose it is, and
// "_minute" or "_day".
const (
	NotANumber    = "not_a_number"      // neither E.164 nor what a person would dial
	OutsidePrefix = "outside_prefix"    // no trunk lists a prefix of it
	NoTrunk       = "no_trunk"          // no trunk calls out at all, or the one that was asked for is not there
	NotPermitted  = "not_permitted"     // the person may not dial by hand
	ForeignID     = "foreign_caller_id" // the number to be shown is not one of ours
)
