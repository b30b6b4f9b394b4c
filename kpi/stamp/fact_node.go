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
func (BucketClosed) Kind() Kind { return "bucket.closed" }

// Kind implements Fact.
func (BucketSettled) Kind() Kind { return "bucket.settled" }
