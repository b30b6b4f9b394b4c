package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// Ledger writes check.Notes as JSON lines. It may be used by any goroutine.
type Ledger struct {
	mu    sync.Mutex
	file  *os.File
	lines int
	err   error // the first; told by Close
}

// NewLedger makes the file, which must not be there.
func NewLedger(path string) (*Ledger, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make ledger: %w", err)
	}
	return &Ledger{file: f}, nil
}

// Will writes an act that is about to be done and returns once it is on disk;
// the act's instant is the one of the return.
func (l *Ledger) Will(n check.Note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	no := l.write(n)
	l.keep(l.file.Sync())
	l.write(check.Note{Of: no, Gone: time.Now().UnixMicro()})
}

// Saw writes what was perceived; nothing waits for it.
func (l *Ledger) Saw(n check.Note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(n)
}

func (l *Ledger) write(n check.Note) int {
	l.lines++
	n.No = l.lines
	b, err := json.Marshal(n)
	if err == nil {
		_, err = l.file.Write(append(b, '\n'))
	}
	l.keep(err)
	return n.No
}

func (l *Ledger) keep(err error) {
	if l.err == nil && err != nil {
		l.err = fmt.Errorf("write ledger: %w", err)
	}
}

// Close ends the ledger and tells the first error of all writes.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.err, l.file.Sync(), l.file.Close())
}
