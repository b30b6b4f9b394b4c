package api

import (
	"errors"
	"fmt"
	"net/http"
)

// loggedWriter notes what of a file an answer is about to give, and gives
// nothing where that can't be noted.
type loggedWriter struct {
	http.ResponseWriter
	log     func(from, to int64) error
	refuse  func(error)
	size    int64
	refused bool
}

var errNotLogged = errors.New("the access could not be noted")

// WriteHeader implements http.ResponseWriter. http.ServeContent has set the
// range by now.
func (l *loggedWriter) WriteHeader(status int) {
	if status != http.StatusOK && status != http.StatusPartialContent {
		l.ResponseWriter.WriteHeader(status)
		return
	}
	from, to := l.given(status)
	if err := l.log(from, to); err != nil {
		l.refused = true
		for _, name := range []string{"Content-Range", "Content-Length", "Content-Disposition", "ETag", "Last-Modified", "Accept-Ranges", "Content-Encoding"} {
			l.Header().Del(name)
		}
		l.refuse(fmt.Errorf("%w: %w", errNotLogged, err))
		return
	}
	l.ResponseWriter.WriteHeader(status)
}

// given is the range of the answer; several ranges at once count as the whole.
func (l *loggedWriter) given(status int) (from, to int64) {
	var last, size int64
	if status == http.StatusPartialContent {
		if n, err := fmt.Sscanf(l.Header().Get("Content-Range"), "bytes %d-%d/%d", &from, &last, &size); err == nil && n == 3 {
			return from, last + 1
		}
	}
	return 0, l.size
}

// Write implements http.ResponseWriter.
func (l *loggedWriter) Write(b []byte) (int, error) {
	if l.refused {
		return 0, errNotLogged
	}
	return l.ResponseWriter.Write(b)
}
