package redis

import (
	"context"
	_ "embed" // the scripts
	"errors"
	"fmt"
	neturl "net/url"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// timeout bounds each exchange where nobody says otherwise: what is live may be
// late, it must not hang.
const timeout = 200 * time.Millisecond

// Store is a pool of connections to one Redis.
type Store struct {
	client *redis.Client
	limit  time.Duration // of one exchange
	apply  *redis.Script
	forget *redis.Script
}

var (
	//go:embed apply.lua
	applyScript string
	//go:embed forget.lua
	forgetScript string
)

// Open is OpenWithin 200 ms.
func Open(url string) (*Store, error) { return OpenWithin(url, timeout) }

// OpenWithin prepares connections to url (redis://…, rediss://…, unix://…) and
// makes them on first use: a process can start while the server is away. limit
// is of one dial, read or write. The error never shows the url's password.
func OpenWithin(url string, limit time.Duration) (*Store, error) {
	options, err := redis.ParseURL(url)
	if faulty, ok := errors.AsType[*neturl.Error](err); ok {
		err = faulty.Err // it repeats the whole url
	}
	if err != nil {
		return nil, fmt.Errorf("read redis url: %w", err)
	}
	options.ClientName = "callstamp"
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = limit, limit, limit
	options.PoolTimeout = limit
	options.ContextTimeoutEnabled = true
	options.MaxRetries = -1 // a script whose answer was lost must not run twice unseen
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Store{
		client: redis.NewClient(options), limit: limit,
		apply: redis.NewScript(applyScript), forget: redis.NewScript(forgetScript),
	}, nil
}

// Close closes the connections.
func (s *Store) Close() error { return s.client.Close() }

// Ping asks the server for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	if err := s.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}

// missing reports whether err says that a key is not there.
func missing(err error) bool { return errors.Is(err, redis.Nil) }
