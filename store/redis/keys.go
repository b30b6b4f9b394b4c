package redis

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Every key of a node carries the hash tag {node}, so that a batch is one
// cluster slot. With node n1:
//
//	key                            type     lifetime  what
//	callstamp:{n1}:position        hash     for ever  seq: the last stamp applied; state_seq: the one that state is as of
//	callstamp:{n1}:state           string   for ever  kpi.Live as JSON
//	callstamp:{n1}:calls           hash     for ever  call id → kpi.CallNow as JSON; only calls in progress
//	callstamp:{n1}:agents          hash     for ever  session id → kpi.AgentNow as JSON; only sessions in progress
//	callstamp:{n1}:bucket:B        hash     48 h      field (see below) → counter, as it is now
//	callstamp:{n1}:event:B         hash     48 h      bucket:B at the cut, with #seq
//	callstamp:{n1}:cohort:B        hash     48 h      bucket:B at its settling, with #seq
//	callstamp:{n1}:checkpoint      hash     for ever  seq of the last cut; body: what a rebuild begins with, until Roll has stored it
//	callstamp:{n1}:touched         set      for ever  buckets whose counters changed since the last checkpoint
//	callstamp:{n1}:cuts            set      for ever  "event:B", "cohort:B": frozen, not yet stored by Roll
//	callstamp:{n1}:changed         channel  –         the new seq, after each batch
//
// B is the bucket's first µs since 1970. A counter's field is org, basis,
// metric, kind and id of the dimension, with the byte 0x1f between them.
type keys struct {
	position, state, calls, agents, checkpoint, touched, cuts, changed string

	prefix string
}

func keysOf(node stamp.NodeID) keys {
	p := "callstamp:{" + string(node) + "}:"
	return keys{
		position: p + "position", state: p + "state", calls: p + "calls", agents: p + "agents",
		checkpoint: p + "checkpoint", touched: p + "touched", cuts: p + "cuts", changed: p + "changed", prefix: p,
	}
}

// keep is the lifetime of counters: today in any time zone, and yesterday to
// compare with.
const keep = 48 * time.Hour

func (k keys) bucket(b stamp.Bucket) string { return k.prefix + "bucket:" + bucketName(b) }

// frozen is the copy of a bucket at its cut (event) or settling (cohort).
func (k keys) frozen(c Cut) string { return k.prefix + c.name() }

func bucketName(b stamp.Bucket) string { return strconv.FormatInt(int64(b), 10) }

// frozenSeq is the field of a frozen copy that holds the Seq of its cut.
const frozenSeq = "#seq"

const fieldSep = "\x1f"

func field(k kpi.Key) string {
	return strings.Join([]string{
		string(k.Org), string(k.Basis), string(k.Metric), string(k.Dim.Kind), k.Dim.ID,
	}, fieldSep)
}

// interval reads a counter back.
func interval(node stamp.NodeID, b stamp.Bucket, field, value string) (kpi.Interval, error) {
	parts := strings.SplitN(field, fieldSep, 5)
	v, err := strconv.ParseInt(value, 10, 64)
	if len(parts) != 5 || err != nil {
		return kpi.Interval{}, fmt.Errorf("counter %q of bucket %d: %q", field, b, value)
	}
	return kpi.Interval{Key: kpi.Key{
		Node: node, Org: stamp.OrgID(parts[0]), Bucket: b, Dim: kpi.Dim{Kind: kpi.DimKind(parts[3]), ID: parts[4]},
		Basis: kpi.Basis(parts[1]), Metric: kpi.Metric(parts[2]),
	}, Value: v}, nil
}
