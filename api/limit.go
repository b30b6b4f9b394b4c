package api

import (
	"sync"
	"time"
)

// Requests a second: of one user, and of one address, behind which a whole
// floor may sit.
const (
	perUser    = 100
	perAddress = 2000
)

var errTooFast = refuse(codeTooMany, "Too many requests a second; slow down.")

// limits counts requests in whole seconds. A leaf: its lock is never held
// across a wait.
type limits struct {
	mu     sync.Mutex
	second int64
	n      map[string]int // of this second only, so it can't grow for long
}

// over counts one request of who and reports whether that is too many.
func (l *limits) over(now time.Time, who string, most int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if second := now.Unix(); second != l.second || l.n == nil {
		l.second, l.n = second, map[string]int{}
	}
	l.n[who]++
	return l.n[who] > most
}
