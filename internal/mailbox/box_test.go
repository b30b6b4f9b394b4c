package mailbox_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/internal/mailbox"
)

func TestTakeReturnsEverythingInOrder(t *testing.T) {
	b := mailbox.New[int]()
	for i := range 1000 { // nobody reads: Put must not block
		if !b.Put(i) {
			t.Fatalf("Put(%d) was refused by an open box", i)
		}
	}
	<-b.C()
	got := b.Take()
	if len(got) != 1000 || !slices.IsSorted(got) {
		t.Fatalf("took %d messages, sorted %v; want 1000 in order", len(got), slices.IsSorted(got))
	}
	if again := b.Take(); again != nil {
		t.Fatalf("an empty box gave %v", again)
	}
	select {
	case <-b.C():
		t.Fatal("a thousand Puts left two wake-ups")
	default:
	}
}

// TestNoMessageIsLeftBehind races eight writers against an owner that only reads after a wake-up.
func TestNoMessageIsLeftBehind(t *testing.T) {
	const writers, each = 8, 2000
	b := mailbox.New[[2]int]()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				b.Put([2]int{w, i})
			}
		})
	}
	var next [writers]int
	for total := 0; total < writers*each; {
		<-b.C()
		for _, m := range b.Take() {
			if m[1] != next[m[0]] {
				t.Fatalf("writer %d: got %d, want %d", m[0], m[1], next[m[0]])
			}
			next[m[0]]++
			total++
		}
	}
	all.Wait()
}

func TestClose(t *testing.T) {
	b := mailbox.New[string]()
	b.Put("taken")
	b.Take()
	b.Put("left")
	if rest := b.Close(); !slices.Equal(rest, []string{"left"}) {
		t.Fatalf("Close returned %v, want [left]", rest)
	}
	if b.Put("late") {
		t.Fatal("Put was accepted after Close")
	}
	if rest := b.Close(); rest != nil {
		t.Fatalf("the second Close returned %v", rest)
	}
}

// question is a message as an owner declares it: what is asked, and where the answer goes.
type question struct {
	n     int
	reply chan<- int
}

func double(n int) func(chan<- int) question {
	return func(reply chan<- int) question { return question{n, reply} }
}

func TestAskGetsTheReply(t *testing.T) {
	b := mailbox.New[question]()
	go func() {
		<-b.C()
		for _, q := range b.Take() {
			q.reply <- 2 * q.n
		}
		b.Close() // after the reply: the asker must still see it
	}()
	if got, err := mailbox.Ask(t.Context(), b, double(21)); err != nil || got != 42 {
		t.Fatalf("Ask = %d, %v; want 42, nil", got, err)
	}
	if _, err := mailbox.Ask(t.Context(), b, double(1)); !errors.Is(err, mailbox.ErrClosed) {
		t.Fatalf("Ask on a closed box = %v, want ErrClosed", err)
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := mailbox.New[question]()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := mailbox.Ask(ctx, b, double(1))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Fatalf("Ask = %v after %v, want the deadline after 3s", err, time.Since(start))
		}
		b.Take()[0].reply <- 2 // the late answer does not block the owner
	})
}

func TestAskEndsWhenTheOwnerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := mailbox.New[question]()
		go func() {
			<-time.After(time.Second) // of fake time; the owner takes the question and leaves it
			b.Take()
			b.Close()
		}()
		start := time.Now()
		_, err := mailbox.Ask(t.Context(), b, double(1))
		if !errors.Is(err, mailbox.ErrClosed) || time.Since(start) != time.Second {
			t.Fatalf("Ask = %v after %v, want ErrClosed after 1s", err, time.Since(start))
		}
	})
}

func BenchmarkPutTake(b *testing.B) {
	box := mailbox.New[int]()
	b.ReportAllocs()
	for i := range b.N {
		box.Put(i)
		<-box.C()
		box.Take()
	}
}
