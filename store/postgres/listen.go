package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ListenConfig calls changed with the kind (the table) of each committed
// change of the organisation's configuration, by whatever process, until ctx
// ends or the connection breaks; and before that once with "", when it has begun
// to hear: what changed since the caller last read is told by nothing else.
// After an error the caller listens again.
func (s *Store) ListenConfig(ctx context.Context, changed func(kind string)) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("listen for configuration: %w", err)
	}
	// A connection that has listened is not given back: it would go on hearing.
	own := conn.Hijack()
	defer func() { _ = own.Close(context.WithoutCancel(ctx)) }()
	if _, err := own.Exec(ctx, `LISTEN callstamp_config`); err != nil {
		return fmt.Errorf("listen for configuration: %w", err)
	}
	changed("")
	for {
		note, err := own.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("listen for configuration: %w", err)
		}
		org, kind, _ := strings.Cut(note.Payload, " ")
		if stamp.OrgID(org) == s.org {
			changed(kind)
		}
	}
}
