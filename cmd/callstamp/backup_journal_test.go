package main

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/ledger"
)

// handsOut answers on the admin socket of a data folder.
func handsOut(t *testing.T, handler http.HandlerFunc) configs.Config {
	t.Helper()
	var c configs.Config
	c.Node.DataDir = t.TempDir()
	l, err := net.Listen("unix", adminSocket(c))
	fine(t, err)
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return c
}

// The running server's journal arrives whole, with what was appended before.
func TestJournalIsHandedOut(t *testing.T) {
	t.Parallel()
	j := openJournal(t, ledger.Options{})
	j.Append(nodeStamps(1, 2, 3), nil)
	a := &app{journal: j, log: slog.New(slog.DiscardHandler)}
	got := map[string]string{}
	fine(t, takeJournal(t.Context(), handsOut(t, a.sendJournal), func(name string, _ int64, content io.Reader) error {
		b, err := io.ReadAll(content)
		got[name] = string(b)
		return err
	}))
	if len(got) != 3 || strings.TrimSpace(got["node"]) != string(j.Node()) || !strings.Contains(got["00000001.seg"], `"n":3`) {
		t.Errorf("came: %v", got)
	}
}

// One that breaks off, or holds a name that leads elsewhere, is never taken for
// a whole one.
func TestHalfAJournalIsRefused(t *testing.T) {
	t.Parallel()
	for reason, handler := range map[string]http.HandlerFunc{
		"unexpected EOF": func(w http.ResponseWriter, _ *http.Request) {
			out := tar.NewWriter(w)
			_ = out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "node", Size: 2})
			_, _ = out.Write([]byte("n\n"))
			_ = out.Flush()
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"a file named": func(w http.ResponseWriter, _ *http.Request) {
			out := tar.NewWriter(w)
			_ = out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "../node"})
			_ = out.Close()
		},
		"does not hand its journal out": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no", http.StatusServiceUnavailable)
		},
	} {
		err := takeJournal(t.Context(), handsOut(t, handler), func(string, int64, io.Reader) error { return nil })
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// A server that hangs does not hang the backup.
func TestStalledJournalIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, giveUp := context.WithCancelCause(t.Context())
		from, to := io.Pipe()
		began := time.Now()
		r := &impatientReader{r: from, timer: time.AfterFunc(stalled, func() { giveUp(errStalled); _ = to.CloseWithError(context.Cause(ctx)) })}
		go func() {
			for range 3 {
				time.Sleep(stalled - time.Second)
				_, _ = to.Write([]byte("x"))
			}
		}()
		b, err := io.ReadAll(r)
		if string(b) != "xxx" || !errors.Is(err, errStalled) || time.Since(began) != 3*(stalled-time.Second)+stalled {
			t.Errorf("%q, %v after %v", b, err, time.Since(began))
		}
	})
}

// What an unfinished restore has left in the database is worked with by nothing
// but a restore.
func TestHalfARestoreIsToldOf(t *testing.T) {
	t.Parallel()
	store, dsn := emptyDatabase(t)
	s := newSite(t, dsn)
	rows(t, dsn, `CREATE TABLE public.restore_unfinished AS SELECT 'b-1'::text AS backup, now() AS since`)
	for _, command := range [][]string{{"check"}, {"rebuild"}, {"migrate"}, {"serve"}, {"backup", filepath.Join(t.TempDir(), "b")}} {
		if code, said := s.callstamp(command...); code != exitDepends || !strings.Contains(said, "the restore of backup b-1 into this database") {
			t.Errorf("%v: exit %d: %s", command, code, said)
		}
	}
	if _, said := s.callstamp("doctor"); !strings.Contains(said, "restore again, or name a new database") {
		t.Errorf("doctor: %s", said)
	}
	if u, err := store.Unfinished(t.Context()); err != nil || u == nil || u.Backup != "b-1" {
		t.Errorf("the mark: %+v, %v", u, err)
	}
}
