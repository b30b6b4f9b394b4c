package kpi

// Def is one KPI: what it is called, how it is reckoned, and which records
// stand behind it. The catalogue holds each exactly once.
type Def struct {
	ID        string    `json:"id"`
	Version   int       `json:"version"` // raised when the meaning changes
	Names     Names     `json:"names"`
	Words     string    `json:"words"`   // the formula as a sentence
	Symbols   string    `json:"symbols"` // the formula as printed beside the number
	Unit      Unit      `json:"unit"`
	Direction Better    `json:"direction"`
	Known     Known     `json:"known"`
	Dims      []DimKind `json:"dims"`
	Value     Expr      `json:"value"`
	// Mean of a total: per item, of the items that are complete. Empty where
	// the value is no total of times.
	Mean Expr `json:"mean,omitzero"`
	// Of selects the records that the number speaks of, Hit those of them that
	// make up its numerator. They are equal where nothing is divided.
	Of  Filter `json:"of"`
	Hit Filter `json:"hit"`
	// Interval says that the value is reckoned from a sample, and how far it may
	// lie from that of all customers.
	Interval Method `json:"interval,omitempty"`
}

// Method of reckoning a confidence interval.
type Method string

// The methods.
const (
	Wilson       Method = "wilson"        // of a share
	AdjustedWald Method = "adjusted_wald" // of one share less another, of the same answers
)

// Names of a KPI in the product's languages.
type Names struct {
	Vi     string `json:"vi"`
	ZhHant string `json:"zh-Hant"`
	En     string `json:"en"`
}

// Unit of a value.
type Unit string

// The units. A share is a percentage from 0 to 100.
const (
	Count   Unit = "n"
	Percent Unit = "%"
	Seconds Unit = "s"
	Points  Unit = "pts" // −100 to 100
	OfFive  Unit = "/5"  // on a scale up to 5
)

// Better says in which direction a value improves.
type Better string

// The directions.
const (
	Higher  Better = "higher"
	Lower   Better = "lower"
	Neither Better = "neither" // inside a band, or only with another number beside it
)

// Known says how a number came to be known.
type Known string

// The ways of knowing.
const (
	Measured Known = "measured" // at the source, by nobody's hand
	Answered Known = "answered" // by the customer
	Entered  Known = "entered"  // by an agent or a manager
	Outside  Known = "fact"     // told from outside
	Derived  Known = "derived"  // from other numbers
)

// Expr is the arithmetic of a value: a sum of counters, divided by another sum
// if Den is not empty. A value of the live wall has neither.
type Expr struct {
	Num Sum `json:"num,omitempty"`
	Den Sum `json:"den,omitempty"`
}

// IsZero reports whether e reckons nothing.
func (e Expr) IsZero() bool { return len(e.Num) == 0 && len(e.Den) == 0 }

// Sum adds counters.
type Sum []Term

// Term is a counter, taken away if Minus.
type Term struct {
	Metric Metric `json:"metric"`
	Minus  bool   `json:"minus,omitempty"`
}

// parts returns what is added and what is taken away.
func (s Sum) parts(f Figures) (added, taken int64) {
	for _, t := range s {
		if t.Minus {
			taken += f[t.Metric]
		} else {
			added += f[t.Metric]
		}
	}
	return added, taken
}

func plus(ms ...Metric) Sum {
	var s Sum
	for _, m := range ms {
		s = append(s, Term{Metric: m})
	}
	return s
}

func (s Sum) minus(m Metric) Sum { return append(s, Term{Metric: m, Minus: true}) }

// of returns the sum over figures.
func (s Sum) of(f Figures) int64 {
	var v int64
	for _, t := range s {
		if t.Minus {
			v -= f[t.Metric]
		} else {
			v += f[t.Metric]
		}
	}
	return v
}

// RecordKind names a kind of record, as its table is named.
type RecordKind string

// The kinds that stand behind numbers.
const (
	OfCalls    RecordKind = "calls"
	OfLegs     RecordKind = "legs"
	OfOffers   RecordKind = "offers"
	OfSegments RecordKind = "segments"
	OfSurveys  RecordKind = "surveys"
	OfAnswers  RecordKind = "answers"
	OfAttempts RecordKind = "attempts"
)

// Filter selects records of one kind, as data: every condition holds, and the
// instant At lies in the period. By event the period is that of the field At,
// by cohort that of arrived_at, where At must still be non-zero. Fields are
// named as in the record's JSON; each kind has call, and queue, agent and
// campaign where it can be grouped by them.
type Filter struct {
	Record RecordKind `json:"record"`
	Where  []Cond     `json:"where,omitempty"`
	At     string     `json:"at,omitempty"`  // "" on the live wall
	Sum    string     `json:"sum,omitempty"` // the field that is summed; "" = rows are counted
}

// Cond is one condition. Value is a string, an int64, a bool, or a []string
// for OpIn and OpNotIn.
type Cond struct {
	Field string `json:"field"`
	Op    Op     `json:"op"`
	Value any    `json:"value"`
}

// Op compares a field with a value.
type Op string

// The operations.
const (
	OpEq    Op = "="
	OpNot   Op = "!="
	OpIn    Op = "in"
	OpNotIn Op = "not in"
)
