package call

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// door reads "billing.closed=queue:sales": the policy of a queue of the house,
// without a name that of the first one.
func door(t *testing.T, p *Plan, key, value string) bool {
	own := p
	if name, rest, other := strings.Cut(key, "."); other {
		own, key = house(p).Queues[stamp.QueueID(name)], rest
	}
	to, err := ParseDestination(value)
	number, _ := strconv.Atoi(value)
	switch key {
	case "open":
		own.Hours = &Hours{Zone: time.UTC}
		if value == "always" {
			own.Hours = nil
		}
	case "max-wait":
		own.MaxWaitUS = int64(number) * 1e6
	case "size":
		own.MaxSize = number
	case "join":
		own.Join = Staff(value)
	case "stay":
		own.Stay = Staff(value)
	case "closed":
		own.Closed = to
	case "full":
		own.Full = to
	case "empty":
		own.Empty = to
	case "overflow":
		own.Overflow = to
	case "announce":
		own.AnnounceUS, own.AnnouncePosition, own.AnnounceWait = int64(number)*1e6, true, true
	case "callback":
		own.CallbackKey, own.CallbackTries, own.CallbackGapUS = rune(value[0]), 3, 600e6
	case "comfort":
		own.Comfort = value
	default:
		digit, ok := strings.CutPrefix(key, "key")
		if !ok {
			return false
		}
		own.Keys = map[rune]Destination{rune(digit[0]): to}
	}
	if err != nil && strings.Contains(value, ":") {
		t.Fatal(err)
	}
	return true
}

func house(p *Plan) *House {
	if p.House == nil {
		p.House = &House{Queues: map[stamp.QueueID]*Plan{}, Menus: map[string]*Menu{}}
	}
	return p.House
}

// queueOf is another queue, of a plan that is usual but for its name.
func queueOf(p Plan, name string) *Plan {
	q := testPlan()
	q.Queue, q.House, q.Music = stamp.QueueID(name), p.House, "music-"+name
	return &q
}

// frontInputOf reads an input line of what comes before and between queues.
func frontInputOf(t *testing.T, what string, args []string) Input {
	args = append(args, "", "", "")
	arg := func(i int) string { return args[i] }
	num := func(i int) int { n, _ := strconv.Atoi(arg(i)); return n }
	switch what {
	case "press": // a key, by the customer
		return Digit{Leg: 1, Digit: rune(arg(0)[0]), For: 80 * time.Millisecond}
	case "admitted": // entry, queue, why not
		return Admitted{Entry: stamp.EntryNo(num(0)), Queue: stamp.QueueID(arg(1)), Refused: arg(2)}
	case "standing": // position, wait in seconds
		return Standing{Entry: 1, Position: num(0), WaitUS: int64(num(1)) * 1e6}
	case "deserted":
		return Deserted{Entry: stamp.EntryNo(num(0))}
	case "menu-asked":
		return MenuAsked{Menu: arg(0), Attempt: max(num(1), 1)}
	case "menu-key":
		return MenuKey{Menu: arg(0), Input: arg(1)}
	case "menu-left": // end, destination
		to, err := ParseDestination(arg(1))
		if err != nil {
			t.Fatal(err)
		}
		return MenuLeft{End: arg(0), To: to}
	}
	t.Fatalf("unknown input %q", what)
	return nil
}
