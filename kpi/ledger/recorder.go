package ledger

import "github.com/callstamp/callstamp/kpi/stamp"

// Recorder is an owner's end of the journal. The owner's machine returns stamps
// with Subject and N; the owner records them BEFORE it carries out the effects,
// and puts off those that wait for durability. It belongs to the owner's
// goroutine.
type Recorder struct {
	j    *Journal
	last uint64
}

// NewRecorder returns a recorder that has recorded nothing.
func NewRecorder(j *Journal) *Recorder { return &Recorder{j: j} }

// Record appends what one step returned and returns the Seq up to which it must
// be durable. It never waits.
func (r *Recorder) Record(stamps []stamp.Stamp, sides ...Side) uint64 {
	if len(stamps) > 0 || len(sides) > 0 {
		r.last = r.j.Append(stamps, sides)
	}
	return r.last
}

// Last returns the Seq of what was recorded last, 0 before.
func (r *Recorder) Last() uint64 { return r.last }

// AfterDurable has post called once all that was recorded is durable: it puts
// Durable(seq) into the owner's mailbox.
func (r *Recorder) AfterDurable(post func(seq uint64)) {
	seq := r.last
	r.j.Notify(seq, func() { post(seq) })
}
