package configs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// problem is one sentence about one key: what is wrong with it, why that matters, what to do.
func problem(key, sentence string, args ...any) error {
	return fmt.Errorf("%s: "+sentence, append([]any{key}, args...)...)
}

// problems collects what is wrong with a whole configuration.
type problems []error

func (p *problems) add(key, sentence string, args ...any) {
	*p = append(*p, problem(key, sentence, args...))
}

// oneOf reports a value that is not in a closed set.
func (p *problems) oneOf(key, got string, set ...string) {
	if !slices.Contains(set, got) {
		p.add(key, "%q is not known; choose %s", got, strings.Join(set, ", "))
	}
}

// bound is a range within which a duration makes sense.
type bound struct {
	key      string
	got      time.Duration
	min, max time.Duration
	reason   string // why not less or more: follows "because"
}

func (p *problems) within(rows ...bound) {
	for _, r := range rows {
		if r.got < r.min || r.got > r.max {
			p.add(r.key, "%v is outside %v to %v, because %s; choose a value within", r.got, r.min, r.max, r.reason)
		}
	}
}

// count is the same for a number.
type count struct {
	key           string
	got, min, max int
	reason        string
}

func (p *problems) counts(rows ...count) {
	for _, r := range rows {
		if r.got < r.min || r.got > r.max {
			p.add(r.key, "%d is outside %d to %d, because %s; choose a value within", r.got, r.min, r.max, r.reason)
		}
	}
}

func (p problems) join() error { return errors.Join(p...) }
