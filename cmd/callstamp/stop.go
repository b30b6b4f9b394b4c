package main

import (
	"context"
	"errors"
	"time"

	"github.com/callstamp/callstamp/store/postgres"
)

// Waits of the way down. Calls have the configured drain time; the rest is
// short, since nobody talks any more.
const (
	hangUpWait = 5 * time.Second
	pagesWait  = 2 * time.Second
	flushWait  = 5 * time.Second
)

// stop ends the server in order: no new lines and no new calls, the calls
// finish, then signalling, pages, the node's last stamp, the followers, the
// stores. cause is why, nil for a wish.
func (a *app) stop(cause error) error {
	errs := []error{cause}
	a.manager.say("STOPPING=1")
	a.finish(cause)
	ctx, cancel := context.WithTimeout(context.Background(), hangUpWait)
	errs = append(errs, a.ua.Close(ctx))
	cancel()
	ctx, cancel = context.WithTimeout(context.Background(), pagesWait)
	a.pages.Shut(ctx)
	if err := a.http.Shutdown(ctx); err != nil {
		errs = append(errs, a.http.Close()) // open desks and live streams
	}
	cancel()
	a.loops.stop()
	a.beat.stop()
	if errors.Is(cause, postgres.ErrNodeTaken) { // another node has presumed our calls' ends: ours are to take their place
		errs = append(errs, a.await(a.journal.Appended()))
	}
	return errors.Join(append(errs, a.close())...)
}

// finish lets no call begin any more and those in progress come to their end:
// in the drain time, at once where there is a cause. Doing it twice is allowed.
func (a *app) finish(cause error) {
	a.drain()
	a.campaigns.end()
	ctx, cancel := context.WithTimeout(context.Background(), a.config.Drain.Timeout)
	defer cancel()
	if cause != nil && (!errors.Is(cause, postgres.ErrNodeTaken) || a.buried(ctx)) {
		cancel() // what failed will not get better; after a take-over calls may finish
	}
	a.board.Drain(ctx)
	a.campaigns.leave()
}

// close lets go of everything that was opened, in the reverse order.
func (a *app) close() error {
	errs := []error{a.manager.close()}
	if a.exchange != nil {
		a.exchange.Close() // BEFORE the engine and the journal: tapes are closed and stamped
	}
	if a.engine != nil {
		errs = append(errs, a.engine.Close())
	}
	if a.listener != nil {
		_ = a.listener.Close() // Shutdown has closed it, or nobody served it
	}
	if a.journal != nil {
		errs = append(errs, a.journal.Close())
	}
	a.flush()
	if a.tenure != nil {
		a.tenure.Release()
	}
	if a.live != nil {
		errs = append(errs, a.live.Close())
	}
	if a.db != nil {
		a.db.Close()
	}
	return errors.Join(errs...)
}

// flush lets the followers finish the closed journal; where a store is away
// they go on at the next start.
func (a *app) flush() {
	flushed := make(chan struct{})
	go func() { a.feeds.wg.Wait(); close(flushed) }()
	select {
	case <-flushed:
	case <-time.After(flushWait):
	}
	a.feeds.stop()
}
