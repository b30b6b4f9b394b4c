package main

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/ledger"
)

// The running server hands its journal out through the admin socket, as a tar
// stream: it alone knows how far the files count, and keeps pruning and erasing
// away from them meanwhile. A server at rest is no obstacle: its journal is
// locked and copied.

// stalled is how long either side may take for one piece before it is given up:
// a reader holds pruning and erasing up, a server that hangs the backup.
const stalled = 30 * time.Second

// sendJournal answers GET /journal.
func (a *app) sendJournal(w http.ResponseWriter, r *http.Request) {
	out := tar.NewWriter(patientWriter{w, http.NewResponseController(w)})
	err := a.journal.Copy(r.Context(), func(name string, size int64, content io.Reader) error {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		_, err := io.Copy(out, content)
		return err
	})
	if err = errors.Join(err, out.Close()); err != nil {
		a.log.Warn("journal not handed out whole", "err", err)
		panic(http.ErrAbortHandler) // the stream ends without its end, which the reader sees
	}
}

// patientWriter gives each piece its own time.
type patientWriter struct {
	w       io.Writer
	control *http.ResponseController
}

// Write implements io.Writer.
func (p patientWriter) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(stalled)); err != nil {
		return 0, err
	}
	return p.w.Write(b)
}

// errNoServer says that no server answers on the admin socket.
var errNoServer = errors.New("no server runs with this configuration")

// startWait is how long a server that holds its journal may take to open its
// admin socket; it recovers first.
const startWait = 30 * time.Second

// takeJournal hands out the journal of the configured node: the running
// server's, or the one at rest.
func takeJournal(ctx context.Context, c configs.Config, put ledger.Put) error {
	for until := time.Now().Add(startWait); ; {
		err := askJournal(ctx, c, put)
		if !errors.Is(err, errNoServer) {
			return err
		}
		err = ledger.CopyDir(ctx, c.Node.JournalDir(), put)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return codeError{exitDepends, fmt.Errorf("no journal in %s: back up on the node itself, with its configuration (node.data_dir)", c.Node.JournalDir())}
		case !errors.Is(err, ledger.ErrLocked):
			return err
		case time.Now().After(until):
			return codeError{exitDepends, fmt.Errorf("a server uses %s, but does not answer on %s", c.Node.JournalDir(), adminSocket(c))}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// askJournal reads what sendJournal writes. The error is errNoServer before the
// first put.
func askJournal(ctx context.Context, c configs.Config, put ledger.Put) error {
	var d net.Dialer
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	client := &http.Client{Transport: &http.Transport{
		ResponseHeaderTimeout: 2 * stalled, // it waits for its disk first
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", adminSocket(c))
		},
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://callstamp/journal", nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ECONNREFUSED) {
		return errNoServer
	}
	if err != nil {
		return codeError{exitDepends, fmt.Errorf("ask the running server for its journal: %w", err)}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return codeError{exitDepends, fmt.Errorf("the running server does not hand its journal out: %s", res.Status)}
	}
	pieces := &impatientReader{r: res.Body, timer: time.AfterFunc(stalled, func() { giveUp(errStalled) })}
	defer pieces.timer.Stop()
	err = untar(pieces, put)
	return cmp.Or(context.Cause(ctx), err)
}

var errStalled = errors.New("the running server has stopped handing its journal out")

// impatientReader lets the timer fire where nothing comes for as long as it
// runs.
type impatientReader struct {
	r     io.Reader
	timer *time.Timer
}

// Read implements io.Reader.
func (i *impatientReader) Read(b []byte) (int, error) {
	n, err := i.r.Read(b)
	i.timer.Reset(stalled)
	return n, err
}

func untar(from io.Reader, put ledger.Put) error {
	in := tar.NewReader(from)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, from) // the end of the stream proves that nothing is missing
			return err
		}
		if err != nil {
			return fmt.Errorf("read the running server's journal: %w", err)
		}
		if h.Name != filepath.Base(h.Name) || !filepath.IsLocal(h.Name) {
			return fmt.Errorf("read the running server's journal: a file named %q", h.Name)
		}
		if err := put(h.Name, h.Size, in); err != nil {
			return fmt.Errorf("read the running server's journal: %w", err)
		}
	}
}
