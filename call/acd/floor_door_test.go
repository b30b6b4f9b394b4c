package acd

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// knock asks for a call and returns why it is refused, "" = come in.
func (b *bench) knock(t *testing.T, id stamp.ID, size int, join call.Staff) string {
	t.Helper()
	b.floor.Admit(call.Knock{Call: id, Entry: 1, Queue: "care", MaxSize: size, Join: join})
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.posts) != 1 {
		t.Fatalf("posts %+v", b.posts)
	}
	in, ok := b.posts[0].(call.Admitted)
	if !ok || in.Entry != 1 || in.Queue != "care" {
		t.Fatalf("got %+v", b.posts[0])
	}
	b.posts = nil
	return in.Refused
}

// A place is kept from the answer on: two calls that ask at once don't both get
// the last one. Who is let in and goes elsewhere gives it back.
func TestAFullQueueRefuses(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		for _, step := range []struct {
			call stamp.ID
			want string
		}{{"c1", ""}, {"c2", ""}, {"c3", stamp.RefusedFull}} {
			if got := b.knock(t, step.call, 2, ""); got != step.want {
				t.Errorf("%s: %q, want %q", step.call, got, step.want)
			}
		}
		b.floor.Enqueue(waitingCall(b)) // c1: in
		if got := b.knock(t, "c3", 2, ""); got != stamp.RefusedFull {
			t.Errorf("with one in and one on the way: %q", got)
		}
		b.floor.Dequeue("c2", 1) // on the way, and gone
		if got := b.knock(t, "c3", 2, ""); got != "" {
			t.Errorf("with a place free: %q", got)
		}
		b.dead = true
		b.floor.Dequeue("c3", 1)
		b.knock(t, "c4", 2, "")
		b.dead = false
		if got := b.knock(t, "c5", 2, ""); got != "" {
			t.Errorf("a call that had ended keeps a place: %q", got)
		}
	})
}

// A call for which an agent is being rung still stands in the queue.
func TestARungCallCounts(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.rung(t)
		if got := b.knock(t, "c2", 1, ""); got != stamp.RefusedFull {
			t.Errorf("while Lan rings: %q", got)
		}
		b.floor.Move(call.Move{Seat: m.Seat, To: stamp.StateConnecting, At: b.clock.Now(), Offer: m.Offer})
		if got := b.knock(t, "c2", 1, ""); got != "" {
			t.Errorf("after she has taken it: %q", got)
		}
	})
}

func TestAnEmptyQueueRefuses(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		if got := b.knock(t, "c1", 0, call.LoggedIn); got != stamp.RefusedEmpty {
			t.Errorf("nobody there: %q", got)
		}
		b.ready(t, "lan")
		if got := b.knock(t, "c1", 0, call.Reachable); got != "" {
			t.Errorf("Lan is there: %q", got)
		}
		if err := b.floor.Tell(t.Context(), "lan", Pause{Reason: "lunch"}); err != nil {
			t.Fatal(err)
		}
		if got := b.knock(t, "c2", 0, call.Reachable); got != stamp.RefusedEmpty {
			t.Errorf("Lan has a break: %q", got)
		}
		if got := b.knock(t, "c2", 0, call.LoggedIn); got != "" {
			t.Errorf("Lan has a break, but is there: %q", got)
		}
	})
}

// The last agent goes; the call that needs one is told once.
func TestADesertedCallIsTold(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		if _, err := b.floor.Login(t.Context(), "lan", []stamp.QueueID{"care"}); err != nil {
			t.Fatal(err)
		}
		w := waitingCall(b)
		w.Stay = call.LoggedIn
		b.floor.Enqueue(w)
		patient := w
		patient.Call, patient.Stay = "c2", ""
		b.floor.Enqueue(patient)
		b.quiet(t, "Lan is logged in")
		if err := b.floor.Tell(t.Context(), "lan", Logout{By: "agent"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(b.posts) != 1 || b.posts[0] != (call.Deserted{Entry: 1}) {
			t.Fatalf("posts %+v", b.posts)
		}
		b.posts = nil
		time.Sleep(time.Hour)
		b.quiet(t, "it was told")
	})
}
