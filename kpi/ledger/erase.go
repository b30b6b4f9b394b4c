package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Erase overwrites, in all files, the data of the side entries with this id and
// returns how many there were. What was appended before the call is erased
// durably when it returns; an entry that comes later needs another call. Stamps
// and hashes stay as they are. The error is the context's or the disk's; then
// call again.
func (j *Journal) Erase(ctx context.Context, id string) (int, error) {
	if err := j.Sync(ctx); err != nil {
		return 0, fmt.Errorf("erase: %w", err)
	}
	j.files.Lock()
	defer j.files.Unlock()
	erased := 0
	segments := j.shelf.all()
	for i, s := range segments {
		if err := ctx.Err(); err != nil {
			return erased, fmt.Errorf("erase: %w", err)
		}
		n, err := eraseIn(s, id, i+1 < len(segments))
		erased += n
		if err != nil {
			return erased, fmt.Errorf("erase in %s: %w", s.path, err)
		}
	}
	return erased, nil
}

// eraseIn erases in one segment. What lies behind the end of one that is
// finished was left by a failed write, and may hold anything: it is cut off.
func eraseIn(s segment, id string, finished bool) (int, error) {
	found, err := find(s, id)
	if err != nil {
		return 0, err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && finished && info.Size() > s.end {
		if err := errors.Join(f.Truncate(s.end), f.Sync()); err != nil {
			return 0, err
		}
	}
	if len(found) == 0 {
		return 0, nil
	}
	for _, p := range found {
		if _, err := f.WriteAt([]byte{stateErased}, p.state); err != nil {
			return 0, err
		}
	}
	if err := f.Sync(); err != nil { // state BEFORE body: see frame.go
		return 0, err
	}
	for _, p := range found {
		if _, err := f.WriteAt(make([]byte, p.length), p.body); err != nil {
			return 0, err
		}
	}
	return len(found), f.Sync()
}

// place is where a side entry stands in its file.
type place struct{ state, body, length int64 }

// find returns the places of id in s. Erased ones are among them: the erasing
// may have been cut short.
func find(s segment, id string) ([]place, error) {
	sc, err := openScanner(s)
	if err != nil {
		return nil, err
	}
	defer sc.close()
	var found []place
	for {
		off := sc.off
		f, err := sc.next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, &Fault{File: s.path, Offset: off, Reason: err}
		}
		if f.kind != sideFrame {
			continue
		}
		side, err := parseSideName(f.name)
		if err != nil {
			return nil, &Fault{File: s.path, Offset: off, Reason: err}
		}
		if side.ID == id {
			body := off + frameHead + int64(len(f.name))
			found = append(found, place{state: off + stateOffset, body: body, length: int64(len(f.body))})
		}
	}
}
