package stamp

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// An id goes back with the clock, says its moment, and sorts by it.
func TestIDsGoWithTheClock(t *testing.T) {
	at := time.Date(2026, 11, 30, 23, 59, 59, 999_750_000, time.UTC)
	last := ID("")
	for range 2000 {
		id := newID(at)
		u, err := uuid.Parse(string(id))
		if err != nil || u.Version() != 7 || u.Variant() != uuid.RFC4122 {
			t.Fatalf("%s: version %d, variant %v, %v", id, u.Version(), u.Variant(), err)
		}
		if made, err := TimeOf(id); err != nil || made.Sub(at).Abs() >= time.Millisecond {
			t.Fatalf("%s was made %v, not %v", id, made, at)
		}
		if id <= last {
			t.Fatalf("%s at %v after %s", id, at, last)
		}
		last, at = id, at.Add(time.Microsecond)
	}
	if back := newID(at.Add(-time.Hour)); back >= last {
		t.Errorf("%s of an hour ago after %s", back, last)
	}
}
