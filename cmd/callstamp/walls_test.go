package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// wallOf is a live store of one node with one call and one figure.
type wallOf struct {
	node stamp.NodeID
	seq  uint64
	lost bool
}

func (w *wallOf) Snapshot(context.Context) (kpi.Now, error) {
	if w.lost {
		return kpi.Now{}, errors.New("emptied")
	}
	return kpi.Now{Node: w.node, Seq: w.seq, Calls: []kpi.CallNow{{Call: stamp.ID(w.node)}}, Agents: []kpi.AgentNow{{Session: stamp.ID(w.node)}}}, nil
}

func (w *wallOf) Counters(context.Context, stamp.Bucket, stamp.Bucket) ([]kpi.Interval, error) {
	return []kpi.Interval{{Key: kpi.Key{Node: w.node, Metric: kpi.MInCalls}, Value: 1}}, nil
}

func (w *wallOf) Changes(context.Context, func(), func(uint64)) error { return nil }

// The figures of all nodes add up; calls are shown of those alone that live.
func TestWallsAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, dead, living := &wallOf{node: "n2", seq: 5}, &wallOf{node: "n1", seq: 90}, &wallOf{node: "n3", seq: 7}
		nodes := map[stamp.NodeID]*wallOf{"n1": dead, "n3": living, "n4": {node: "n4", lost: true}}
		away := false
		w := &walls{own: own, of: func(n stamp.NodeID) wall { return nodes[n] }, others: func(context.Context) ([]stamp.NodeID, error) {
			if away {
				return nil, errors.New("postgres is away")
			}
			return []stamp.NodeID{"n1", "n3", "n4"}, nil
		}}
		for range 15 {
			own.seq, living.seq = own.seq+1, living.seq+1
			now, err := w.Snapshot(t.Context())
			fine(t, err)
			if now.Seq != own.seq || len(now.Calls) > 2 || len(now.Calls) != len(now.Agents) {
				t.Fatalf("%+v", now)
			}
			time.Sleep(time.Second)
			away = true
		}
		now, err := w.Snapshot(t.Context())
		fine(t, err)
		if len(now.Calls) != 2 || now.Calls[0].Call != "n2" || now.Calls[1].Call != "n3" {
			t.Errorf("calls of %v, want those of n2 and n3", now.Calls)
		}
		rows, err := w.Counters(t.Context(), 0, 1)
		fine(t, err)
		if len(rows) != 4 {
			t.Errorf("%d figures, want those of four nodes", len(rows))
		}
		time.Sleep(2 * staleAfter)
		if now, err := w.Snapshot(t.Context()); err != nil || len(now.Calls) != 1 {
			t.Errorf("%v, %d calls when the other node has died too", err, len(now.Calls))
		}
	})
}
