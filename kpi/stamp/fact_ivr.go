package stamp

// The front of a call: where it is led before and between its stays in queues.

// CallRouted: the call was led to a destination that no other stamp names: an
// announcement, or whatever needs the customer's leg answered first.
type CallRouted struct {
	To string `json:"to"`           // of call.Destination
	ID string `json:"id,omitempty"` // never a telephone number
}

// Reasons why a queue did not take a call. What was refused never entered, so
// that it is neither offered nor abandoned.
const (
	RefusedClosed = "closed" // outside of its hours
	RefusedFull   = "full"
	RefusedEmpty  = "empty" // none of its agents is there
	RefusedGone   = "gone"  // there is no such queue any more, or the call was led in a ring
)

// QueueRefused: the call was led to a queue and not let in.
type QueueRefused struct {
	Queue  QueueID `json:"queue"`
	Reason string  `json:"reason"`
}

// QueuePosition: where a waiting call stands, as the Floor sees it.
type QueuePosition struct {
	Entry    EntryNo `json:"entry"`
	Position int     `json:"position"` // from 1
	EstUS    int64   `json:"est_us"`   // estimated wait from now on, µs; 0 = unknown
}

// QueueAnnounced: a waiting customer began to hear an announcement, with or
// without their position.
type QueueAnnounced struct {
	Entry    EntryNo `json:"entry"`
	Position int     `json:"position,omitempty"` // as said; 0 = not said
	EstUS    int64   `json:"est_us,omitempty"`   // as said, µs from now on; 0 = not said
}

// QueueAnnounceEnded: it was heard to its end.
type QueueAnnounceEnded struct {
	Entry EntryNo `json:"entry"`
}

// CallbackOffered: the customer asked by a key what a call-back is.
type CallbackOffered struct {
	Entry EntryNo `json:"entry"`
}

// CallbackDeclined: the customer goes on waiting.
type CallbackDeclined struct {
	Entry EntryNo `json:"entry"`
}

// CallbackRequested: the customer is to be called back. It says all that the
// call-back needs, so that nothing else has to be known of the call.
type CallbackRequested struct {
	Callback ID      `json:"callback"`
	Entry    EntryNo `json:"entry"`
	Queue    QueueID `json:"queue"`
	Party    PartyID `json:"party"`
	Trunk    TrunkID `json:"trunk"`
	SinceAt  int64   `json:"since_at"`  // the call's first entry, µs since 1970: its place
	WaitUS   int64   `json:"wait_us"`   // waited so far
	MaxTries int     `json:"max_tries"` // how often the customer is called at most
	GapUS    int64   `json:"gap_us"`    // between two tries
}

// IVREntered: the call came into a menu.
type IVREntered struct {
	Menu string `json:"menu"`
}

// IVRNode: a menu's prompt began.
type IVRNode struct {
	Menu    string `json:"menu"`
	Attempt int    `json:"attempt"` // from 1
}

// IVRInput: the customer pressed a key, or none in time.
type IVRInput struct {
	Menu string `json:"menu"`
	// Input is the key of an option, or invalid, or no_input: a key that means
	// nothing to the menu is not kept.
	Input string `json:"input"`
}

// IVRExited: the call left the menus.
type IVRExited struct {
	Menu string `json:"menu"` // the last one
	End  string `json:"end"`  // chosen, operator, no_input, invalid, hung_up, failed
}

// Kind implements Fact.
func (CallRouted) Kind() Kind { return "call.routed" }

// Kind implements Fact.
func (QueueRefused) Kind() Kind { return "queue.refused" }

// Kind implements Fact.
func (QueuePosition) Kind() Kind { return "queue.position" }

// Kind implements Fact.
func (QueueAnnounced) Kind() Kind { return "queue.announced" }

// Kind implements Fact.
func (QueueAnnounceEnded) Kind() Kind { return "queue.announce_ended" }

// Kind implements Fact.
func (CallbackOffered) Kind() Kind { return "callback.offered" }

// Kind implements Fact.
func (CallbackDeclined) Kind() Kind { return "callback.declined" }

// Kind implements Fact.
func (CallbackRequested) Kind() Kind { return "callback.requested" }

// Kind implements Fact.
func (IVREntered) Kind() Kind { return "ivr.entered" }

// Kind implements Fact.
func (IVRNode) Kind() Kind { return "ivr.node" }

// Kind implements Fact.
func (IVRInput) Kind() Kind { return "ivr.input" }

// Kind implements Fact.
func (IVRExited) Kind() Kind { return "ivr.exited" }
