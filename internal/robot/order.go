package robot

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// Order is a message of the page that a test has a robot send: consult,
// transfer, park. Answer, of capacity 1, gets the server's verdict.
type Order struct {
	Type   string
	Body   any
	Answer chan<- error
}

func (r *Robot) ordered(ctx context.Context, o Order) {
	r.errands.Go(func() {
		r.note(o.Type, wire.Call{}, "")
		_, err := r.link.ask(ctx, o.Type, o.Body)
		o.Answer <- err
	})
}
