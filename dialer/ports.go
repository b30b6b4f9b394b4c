package dialer

import (
	"context"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Leads claims leads. Claim is one transaction: it checks lists, hours,
// consent and counts and inserts a unique attempt row per lead before it
// returns. Withdraw gives back attempts for which no call was made: the leads
// may be dialed again, the attempts do not count.
type Leads interface {
	Claim(ctx context.Context, id stamp.CampaignID, n int) (Claim, error)
	Withdraw(ctx context.Context, attempts []stamp.ID) error
}

// Floor lends agents. reply is called from the Floor's goroutine, and so is
// lost, with an agent who is gone before a call has taken the reservation; both
// must post and return.
type Floor interface {
	Count(queue stamp.QueueID, reply func(idle int))
	Reserve(queue stamp.QueueID, n int, reply func(seats []call.Seat), lost func(call.Seat))
	Unreserve(id stamp.AgentID)
}

// Lines opens calls. ended is called once, from any goroutine, when the call
// needs no line any more: it is over, or its agent talks; result is the word of
// its stamp.DialResult. It must post and return. An error means that no call was
// made: the trunk is full or gone.
type Lines interface {
	Open(at time.Time, c Campaign, l Lead, s call.Seat, ended func(result string)) error
	// Rest says how long the campaign's trunk wants no calls, and why, in a
	// sentence that stays the same during the rest; 0: it takes them.
	Rest(c Campaign) (left time.Duration, why string)
	// Reassign tells the attempt's call that the agent for whom it is dialed is
	// lost and who takes the line; the zero seat gives it up. false: there is no
	// such call any more.
	Reassign(at time.Time, attempt stamp.ID, lost stamp.AgentID, s call.Seat) bool
}

// Sink takes the stamps; Record never waits.
type Sink interface {
	Record(stamps []stamp.Stamp, sides []stamp.Side) (seq uint64)
}
