package redis

import "time"

// OpenPatient is Open for tests of what is counted, which must not fail where
// the machine is slow. Those of faults use Open.
func OpenPatient(url string) (*Store, error) { return OpenWithin(url, 20*time.Second) }
