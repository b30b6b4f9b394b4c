package call

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// ErrIllegal says that a person asked for what the call can't do now.
type ErrIllegal struct {
	Phase string
	Input Input
	Why   string // the reason in a sentence; "" = the phase says it all
}

// Error words it for the person who asked.
func (e ErrIllegal) Error() string {
	what := words(reflect.TypeOf(e.Input).Name())
	if e.Why != "" {
		return fmt.Sprintf("%s is not possible: %s", what, e.Why)
	}
	switch e.Phase {
	case phaseStart:
		return what + " is not possible: the call has not begun"
	case "closed", "over":
		return what + " is not possible: the call is " + e.Phase
	}
	return fmt.Sprintf("%s is not possible while the call is %s", what, e.Phase)
}

// words turns AgentHangup into "agent hangup".
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// refuse returns ErrIllegal with the reason.
func (t *turn) refuse(in Input, why string) error {
	return ErrIllegal{Phase: t.s.phase, Input: in, Why: why}
}
