package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
)

// code is one meaning at the border: the same word on the WebSocket and in an
// HTTP problem, mapped to a status once, here.
type code string

// The closed set of codes (docs/protocol.md).
const (
	codeBadFrame     code = "bad_frame"
	codeNotNow       code = "not_now"
	codeGone         code = "gone"
	codeNotYours     code = "not_yours"
	codeAbsent       code = "not_logged_in"
	codeUnknown      code = "unknown"
	codeTooLong      code = "too_long"
	codeMedia        code = "media"
	codeBusy         code = "busy"
	codeUnauthorized code = "unauthorized"
	codeForbidden    code = "forbidden"
	codeTooMany      code = "too_many"
	codeSeatTaken    code = "seat_taken"
	codeMirror       code = "mirror"
	codeInternal     code = "internal"
	codeRefused      code = "refused"
	codeNoLine       code = "no_line"
)

// status maps a code to HTTP.
func (c code) status() int {
	switch c {
	case codeBadFrame, codeTooLong:
		return http.StatusBadRequest
	case codeNotNow, codeAbsent, codeMedia, codeSeatTaken, codeMirror:
		return http.StatusConflict
	case codeGone, codeUnknown:
		return http.StatusNotFound
	case codeUnauthorized:
		return http.StatusUnauthorized
	case codeForbidden, codeNotYours, codeRefused:
		return http.StatusForbidden
	case codeTooMany:
		return http.StatusTooManyRequests
	case codeBusy, codeNoLine:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// denied is an error that the page may read.
type denied struct {
	code    code
	message string
}

func (d *denied) Error() string { return d.message }

func refuse(c code, format string, args ...any) error {
	return &denied{c, fmt.Sprintf(format, args...)}
}

var (
	errOfferGone = refuse(codeGone, "The call does not ring here any more.")
	errNotYours  = refuse(codeNotYours, "You take no part in this call.")
)

// Refused is a refusal of the guard that the agent may read. What has a Reason,
// a word for programs, keeps it.
func Refused(why error) error { return errors.Join(refuse(codeRefused, "%s", why.Error()), why) }

// reasoned is a refusal with a word from a closed set.
type reasoned interface {
	error
	Reason() string
}

// ErrNoLine says that no trunk has a line free at the moment.
var ErrNoLine = refuse(codeNoLine, "No line is free at the moment; try again.") //nolint:errname // with its sentence for people

// errAway says that the store of the sessions does not answer.
var errAway = errors.New("session store is away")

// meaning finds the code and the sentence of any error; what nobody has given
// a meaning is internal, and its text stays in the log.
func meaning(err error) *denied {
	var d *denied
	switch {
	case errors.As(err, &d):
		return d
	case isA[call.ErrIllegal](err), errors.Is(err, acd.ErrIllegal):
		return &denied{codeNotNow, err.Error()}
	case errors.Is(err, acd.ErrAbsent):
		return &denied{codeAbsent, "You are not on the floor; press Go ready first."}
	case errors.Is(err, errAway):
		return &denied{codeBusy, "Logins can't be checked at the moment; try again."}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &denied{codeBusy, "The server did not answer in time; try again."}
	}
	return &denied{codeInternal, "Something went wrong on our side; it has been logged."}
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func refusal(id uint64, err error) wire.Frame {
	d := meaning(err)
	e := wire.Error{Code: string(d.code), Message: d.message}
	if r, ok := errors.AsType[reasoned](err); ok {
		e.Why = r.Reason()
	}
	return failure(id, e)
}

func problem(id uint64, c code, message string) wire.Frame {
	return failure(id, wire.Error{Code: string(c), Message: message})
}

func failure(id uint64, e wire.Error) wire.Frame {
	f := frame(wire.TypeError, e)
	f.ID = id
	return f
}

func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return strconv.Quote(s)
}
