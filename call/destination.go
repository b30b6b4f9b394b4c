package call

import (
	"fmt"
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Destination is where a call is led: the one typed value in routes, in the
// ways out of a queue and behind the keys of a menu.
type Destination struct {
	Kind DestinationKind
	ID   string // of a queue, menu, agent or mailbox, a number in E.164, or a prompt's name
}

// DestinationKind says what a destination is.
type DestinationKind string

// The kinds. The zero destination is none: whoever reads it hangs up.
const (
	ToQueue        DestinationKind = "queue"
	ToMenu         DestinationKind = "menu"
	ToNumber       DestinationKind = "number"       // an outside party
	ToAgent        DestinationKind = "agent"        // one agent
	ToAnnouncement DestinationKind = "announcement" // a prompt, then hang up
	ToVoicemail    DestinationKind = "voicemail"    // of the queue with that id
	ToHangup       DestinationKind = "hangup"       // without ID
)

var destinationKinds = [...]DestinationKind{ //nolint:gochecknoglobals // read-only table
	ToQueue, ToMenu, ToNumber, ToAgent, ToAnnouncement, ToVoicemail, ToHangup,
}

// QueueOf is the destination of a queue.
func QueueOf(id stamp.QueueID) Destination { return Destination{ToQueue, string(id)} }

// ParseDestination reads "queue:support", "hangup", or "" for none: the form in
// which destinations are stored.
func ParseDestination(text string) (Destination, error) {
	if text == "" {
		return Destination{}, nil
	}
	kind, id, named := strings.Cut(text, ":")
	for _, k := range destinationKinds {
		if string(k) != kind {
			continue
		}
		if (k == ToHangup) == (named && id != "") {
			return Destination{}, fmt.Errorf("destination %q: only hangup stands alone; write it as kind:id, such as queue:support", text)
		}
		return Destination{k, id}, nil
	}
	return Destination{}, fmt.Errorf("destination %q: %q is no kind; choose one of %v", text, kind, destinationKinds)
}

// String returns the stored form.
func (d Destination) String() string {
	if d.ID == "" {
		return string(d.Kind)
	}
	return string(d.Kind) + ":" + d.ID
}

// IsZero reports whether it leads nowhere.
func (d Destination) IsZero() bool { return d == Destination{} }

// Serves reports whether somebody or something may still take the call there;
// at the others it ends.
func (d Destination) Serves() bool {
	return d.Kind != "" && d.Kind != ToHangup && d.Kind != ToAnnouncement
}
