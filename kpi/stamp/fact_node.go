package stamp

// Facts about a node and about its clock.

// NodeStarted begins a boot.
type NodeStarted struct {
	Version string `json:"version"`
	Format  int    `json:"format"` // of the stamps that follow
}

// NodeAlive is the node's proof of life, once a second. After a crash the
// last one bounds the error of every estimated end.
type NodeAlive struct{}

// NodeStopped ends a boot in order.
type NodeStopped struct{}

// ClockStep re-bases the wall clock; every open interval is split at it.
type ClockStep struct {
	StepUS int64 `json:"step_us"` // new wall − old wall
}

// NodeTookOver says that this node takes the organisation's calls from now on.
type NodeTookOver struct {
	From  NodeID `json:"from,omitempty"` // who took them before; none at first
	Epoch int64  `json:"epoch"`          // of the tenure: who holds a lower one is fenced
}

// NodePresumedGone says of another node that nothing is known after its stamp
// Seq: until it speaks again, what was open there counts as ended at that
// stamp's instant. It belongs to the node that says it.
type NodePresumedGone struct {
	Gone    NodeID `json:"gone"`
	Seq     uint64 `json:"seq"`
	AliveAt int64  `json:"alive_at"` // At of that stamp, µs since 1970: the last proof of life
}

// BucketClosed is the cut: both followers meet it at the same Seq, credit what
// is open up to the bucket's end, and close the node's figures of the bucket.
type BucketClosed struct {
	Bucket Bucket `json:"bucket"`
}

// BucketSettled says that the last call which arrived in the bucket is closed.
type BucketSettled struct {
	Bucket Bucket `json:"bucket"`
}

// Kind implements Fact.
func (NodeStarted) Kind() Kind { return "node.started" }

// Kind implements Fact.
func (NodeAlive) Kind() Kind { return "node.alive" }

// Kind implements Fact.
func (NodeStopped) Kind() Kind { return "node.stopped" }

// Kind implements Fact.
func (ClockStep) Kind() Kind { return "clock.step" }

// Kind implements Fact.
func (NodeTookOver) Kind() Kind { return "node.took_over" }

// Kind implements Fact.
func (NodePresumedGone) Kind() Kind { return "node.presumed_gone" }

// Kind implements Fact.
func (BucketClosed) Kind() Kind { return "bucket.closed" }

// Kind implements Fact.
func (BucketSettled) Kind() Kind { return "bucket.settled" }
