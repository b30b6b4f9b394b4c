package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Memory is how the server behaves when its memory is full.
type Memory struct {
	Limit  int64  // bytes; 0 = none
	Policy string // noeviction keeps every key
}

// Memory reads the server's limit and what it does there. A server that does
// not tell has the zero Memory.
func (s *Store) Memory(ctx context.Context) (Memory, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	text, err := s.client.Info(ctx, "memory").Result()
	if err != nil {
		return Memory{}, fmt.Errorf("read redis memory: %w", err)
	}
	var m Memory
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "maxmemory":
			if m.Limit, err = strconv.ParseInt(value, 10, 64); err != nil {
				return m, fmt.Errorf("read redis memory: maxmemory %q: %w", value, err)
			}
		case "maxmemory_policy":
			m.Policy = value
		}
	}
	return m, nil
}
