//go:build !wallfile

package stamp

import "time"

// Wall is the machine's wall clock. Whatever compares with instants, or shows
// people a date, reads it here: a proof can step this one (see wallfile).
func Wall() time.Time { return time.Now() }
