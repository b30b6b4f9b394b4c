package stamp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// FormatVersion is the version of the bytes that Encode writes. Decode reads
// every released version.
const FormatVersion = 1

// envelope is the canonical JSON form of a stamp: fields in this order, no
// white space, absent fields left out.
type envelope struct {
	V       int             `json:"v"`
	Node    NodeID          `json:"node"`
	Seq     uint64          `json:"seq"`
	Org     OrgID           `json:"org"`
	Subject Subject         `json:"subject"`
	N       uint64          `json:"n"`
	Call    ID              `json:"call,omitempty"`
	At      int64           `json:"at"`
	Mono    int64           `json:"mono"`
	Boot    uint32          `json:"boot"`
	Late    int64           `json:"late_us,omitempty"`
	Kind    Kind            `json:"kind"`
	Actor   Actor           `json:"actor,omitempty"`
	Cause   *Cause          `json:"cause,omitempty"`
	Phase   string          `json:"phase,omitempty"`
	Data    json.RawMessage `json:"data"`
}

// Encode returns the canonical bytes of s: the ones that are hashed, stored in
// the journal and in Postgres.
func Encode(s Stamp) ([]byte, error) {
	data, err := json.Marshal(s.Fact)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", s.Fact.Kind(), err)
	}
	return json.Marshal(envelope{
		V: FormatVersion, Node: s.Node, Seq: s.Seq, Org: s.Org, Subject: s.Subject, N: s.N, Call: s.Call,
		At: s.At, Mono: s.Mono, Boot: s.Boot, Late: s.Late, Kind: s.Fact.Kind(), Actor: s.Actor,
		Cause: s.Cause, Phase: s.Phase, Data: data,
	})
}

// Decode reads the bytes of one stamp of any released version. An unknown kind
// or field is an error: bytes that we can't account for must not be folded.
func Decode(b []byte) (Stamp, error) {
	var e envelope
	if err := strict(b, &e); err != nil {
		return Stamp{}, fmt.Errorf("decode stamp: %w", err)
	}
	if e.V != FormatVersion {
		return Stamp{}, fmt.Errorf("decode stamp: format version %d, this build reads %d", e.V, FormatVersion)
	}
	fact, err := decodeFact(e.Kind, e.Data)
	if err != nil {
		return Stamp{}, err
	}
	return Stamp{
		Node: e.Node, Seq: e.Seq, Org: e.Org, Subject: e.Subject, N: e.N, Call: e.Call,
		Instant: Instant{At: e.At, Mono: e.Mono, Boot: e.Boot}, Late: e.Late, Actor: e.Actor,
		Cause: e.Cause, Phase: e.Phase, Fact: fact,
	}, nil
}

// decodeFact returns the fact by value, so that a type switch needs one case.
func decodeFact(k Kind, data []byte) (Fact, error) {
	empty, ok := kinds[k]
	if !ok {
		return nil, fmt.Errorf("decode stamp: unknown kind %q", k)
	}
	f := empty()
	if err := strict(data, f); err != nil {
		return nil, fmt.Errorf("decode %s: %w", k, err)
	}
	return reflect.ValueOf(f).Elem().Interface().(Fact), nil
}

func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("bytes after the value")
	}
	return nil
}
