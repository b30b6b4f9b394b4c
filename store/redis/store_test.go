package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/redis"
)

// TestNoErrorShowsThePassword spoils the url around a password.
func TestNoErrorShowsThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"redis://me:hunter2@ho st:6379/0", "redis://me:hunter2@host:port/0", "redis://me:hun%zzter2@host:6379", "redis://me:hunter2@host:6379/x",
		"http://me:hunter2@host:6379",
	} {
		store, err := redis.Open(url)
		if err == nil {
			ok(t, store.Close())
			t.Errorf("%s was taken", url)
		} else if strings.Contains(err.Error(), "hun") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestOpenWithin waits for a frozen server as long as it was told.
func TestOpenWithin(t *testing.T) {
	t.Parallel()
	server := private.TestRedis(t)
	const limit = 300 * time.Millisecond
	store := must(redis.OpenWithin("unix://"+server.Addr(), limit))(t)
	defer func() { ok(t, store.Close()) }()
	ok(t, server.Freeze())
	began := time.Now()
	if err := store.Ping(t.Context()); err == nil {
		t.Error("a frozen server answered")
	}
	if took := time.Since(began); took < limit || took > 5*limit {
		t.Errorf("gave up after %v, want %v with room for a slow machine", took, limit)
	}
	ok(t, server.Thaw())
	ok(t, store.Ping(t.Context()))
}
