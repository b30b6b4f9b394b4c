package redis

import (
	"context"
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Empty deletes all keys of a node, so that its follower makes them anew from
// the truth: after the truth was put back to an earlier moment, what Redis
// still has was counted from stamps that are gone.
func (s *Store) Empty(ctx context.Context, node stamp.NodeID) error {
	var cursor uint64
	for {
		page, cancel := context.WithTimeout(ctx, 25*s.limit) // many small keys at once
		names, next, err := s.client.Scan(page, cursor, keysOf(node).prefix+"*", 1000).Result()
		if err == nil && len(names) > 0 {
			err = s.client.Unlink(page, names...).Err()
		}
		cancel()
		if err != nil {
			return fmt.Errorf("empty the live store of node %s: %w", node, err)
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
