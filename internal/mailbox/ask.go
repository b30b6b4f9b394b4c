package mailbox

import (
	"context"
	"errors"
	"fmt"
)

// ErrClosed says that the owner is gone: the request was refused, or left without a reply.
var ErrClosed = errors.New("mailbox is closed")

// Ask posts the message that request builds around a reply channel and waits for the reply. It is for the edge alone
// (an HTTP, WebSocket or SIP handler); an owner that asked would wait for another owner. The channel has room for one
// reply, so the answering owner never blocks even when the asker has given up. The error is ErrClosed or the context's.
func Ask[T, R any](ctx context.Context, b *Box[T], request func(reply chan<- R) T) (R, error) {
	var none R
	reply := make(chan R, 1)
	if !b.Put(request(reply)) {
		return none, fmt.Errorf("ask: %w", ErrClosed)
	}
	select {
	case r := <-reply:
		return r, nil
	case <-ctx.Done():
		return none, fmt.Errorf("ask: %w", ctx.Err())
	case <-b.gone:
	}
	select { // the owner may have replied and closed before we looked
	case r := <-reply:
		return r, nil
	default:
		return none, fmt.Errorf("ask: %w", ErrClosed)
	}
}
