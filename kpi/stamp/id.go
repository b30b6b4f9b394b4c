package stamp

import (
	"time"

	"github.com/google/uuid"
)

// NewID makes a UUIDv7 of the present moment. Only edges and owners call it;
// a machine gets its ids as input.
func NewID() ID { return newID(Wall()) }

// newID makes the UUIDv7 of a moment (RFC 9562 §5.7): 48 bits of milliseconds
// and, in the 12 bits after the version, the fraction of one in 1/4096, so that
// ids of one process sort by their making. The library's own never goes back
// with the clock, and the month in which a call's rows lie is read from its id.
func newID(at time.Time) ID {
	u := uuid.New() // its last 62 bits are random
	ms, rest := at.UnixMilli(), at.UnixMicro()%1000*4096/1000
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6], u[7] = 0x70|byte(rest>>8), byte(rest)
	return ID(u.String())
}

// TimeOf returns the instant, to the millisecond, at which id was made.
func TimeOf(id ID) (time.Time, error) {
	u, err := uuid.Parse(string(id))
	if err != nil {
		return time.Time{}, err
	}
	sec, nsec := u.Time().UnixTime()
	return time.Unix(sec, nsec).UTC(), nil
}
