package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
)

// dear is a refusal of the guard.
type dear struct{}

func (dear) Error() string  { return "It costs too much." }
func (dear) Reason() string { return "premium" }

// The page gets the guard's word beside its sentence, so that it may say it in its own language.
func TestRefusalKeepsItsWord(t *testing.T) {
	for _, row := range []struct {
		err  error
		want wire.Error
	}{
		{Refused(fmt.Errorf("%w", dear{})), wire.Error{Code: "refused", Message: "It costs too much.", Why: "premium"}},
		{Refused(errors.New("No.")), wire.Error{Code: "refused", Message: "No."}},
		{ErrNoLine, wire.Error{Code: "no_line", Message: meaning(ErrNoLine).message}},
	} {
		var got wire.Error
		if err := json.Unmarshal(refusal(7, row.err).Body, &got); err != nil || got != row.want {
			t.Errorf("%v is told as %+v %v, want %+v", row.err, got, err, row.want)
		}
	}
}
