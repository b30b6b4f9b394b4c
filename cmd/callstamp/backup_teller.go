package main

import (
	"fmt"
	"io"
	"time"
)

// tellEvery is how often long work says how far it is: what takes less says
// nothing, so that cron has nothing to mail.
const tellEvery = 5 * time.Second

// teller tells how far long work is.
type teller struct {
	to   io.Writer
	last time.Time
}

func newTeller(to io.Writer, quiet bool) *teller {
	if quiet {
		to = io.Discard
	}
	return &teller{to: to, last: time.Now()}
}

func (t *teller) say(format string, args ...any) {
	if time.Since(t.last) < tellEvery {
		return
	}
	t.last = time.Now()
	fmt.Fprintf(t.to, format+"\n", args...)
}

// through returns w, telling what and how many MiB have gone through.
func (t *teller) through(w io.Writer, format string, args ...any) io.Writer {
	return &toldWriter{w: w, t: t, what: fmt.Sprintf(format, args...)}
}

type toldWriter struct {
	w    io.Writer
	t    *teller
	what string
	n    int64
}

// Write implements io.Writer.
func (o *toldWriter) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	o.n += int64(n)
	o.t.say("%s: %d MiB", o.what, o.n>>20)
	return n, err
}
