package robot

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// HandDial asks a robot to dial a number by hand. Answer, of capacity 1, gets the
// server's verdict: nil, or what it says against it.
type HandDial struct {
	Number string
	Answer chan<- error
}

// dialByHand does what a person does who types a number. What becomes of the call
// comes as that of any dialed one.
func (r *Robot) dialByHand(ctx context.Context, d HandDial) {
	r.errands.Go(func() {
		r.note("dial", wire.Call{Party: wire.Party{Number: d.Number}}, "")
		_, err := r.link.ask(ctx, wire.TypeDial, wire.Dial{Number: d.Number})
		d.Answer <- err
	})
}
