package ledger

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// SideKind says what a side entry holds.
type SideKind string

// The kinds of side entries, each with its byte in the file.
const (
	Party  SideKind = "party"  // a number and a name; ID is a stamp.PartyID
	Note   SideKind = "note"   // free text; ID is a stamp.NoteID
	Dialog SideKind = "dialog" // a leg's SIP dialog, for recovery; ID is chosen by the switchboard
)

// Side is personal data on its way to the store that keeps it. It has no Seq
// and no part in the hash chain, so it can be erased in place without touching
// a stamp.
type Side struct {
	Kind SideKind
	ID   string // opaque, at most 255 bytes; a later entry with the same kind and ID replaces it
	Org  stamp.OrgID
	Data json.RawMessage // nil: erased
}

func sideByte(k SideKind) (byte, error) {
	switch k {
	case Party:
		return 1, nil
	case Note:
		return 2, nil
	case Dialog:
		return 3, nil
	}
	return 0, fmt.Errorf("side entry of unknown kind %q", k)
}

func sideKind(b byte) (SideKind, bool) {
	switch b {
	case 1:
		return Party, true
	case 2:
		return Note, true
	case 3:
		return Dialog, true
	}
	return "", false
}

// check says whether s can be written.
func (s Side) check() error {
	if _, err := sideByte(s.Kind); err != nil {
		return err
	}
	if s.ID == "" || len(s.ID) > 255 || len(s.Org) > 255 {
		return fmt.Errorf("side entry %s: id of %d bytes, organisation of %d, allowed are 1 to 255 and 0 to 255", s.Kind, len(s.ID), len(s.Org))
	}
	if len(s.Data) == 0 || len(s.Data) > maxBody {
		return fmt.Errorf("side entry %s: %d bytes of data, allowed are 1 to %d", s.Kind, len(s.Data), maxBody)
	}
	return nil
}

// The name of a side frame. It stays when the body is erased, so that a store
// still learns that the row exists and is empty.
//
//	+------+--------+-----------+---------+
//	| kind | id len | id … | org len | org … |
//	+------+--------+-----------+---------+
func appendSideName(dst []byte, s Side) []byte {
	kind, _ := sideByte(s.Kind) // checked by Append
	dst = append(dst, kind, byte(len(s.ID)))
	dst = append(dst, s.ID...)
	dst = append(dst, byte(len(s.Org)))
	return append(dst, s.Org...)
}

var errSideName = errors.New("malformed name of a side entry")

func parseSideName(b []byte) (Side, error) {
	if len(b) < 2 {
		return Side{}, errSideName
	}
	kind, ok := sideKind(b[0])
	id, rest, fits := cutCounted(b[1:])
	org, rest, fitsToo := cutCounted(rest)
	if !ok || !fits || !fitsToo || len(rest) > 0 || len(id) == 0 {
		return Side{}, errSideName
	}
	return Side{Kind: kind, ID: string(id), Org: stamp.OrgID(org)}, nil
}

func cutCounted(b []byte) (field, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n], b[n:], true
}

// The name of a stamp frame.
//
//	+-----------+----------------------------+
//	| Seq (u64) | hash of the chain, 32 bytes |
//	+-----------+----------------------------+
const stampNameBytes = 8 + len(Hash{})

func appendStampName(dst []byte, seq uint64, h Hash) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, seq)
	return append(dst, h[:]...)
}

func parseStampName(b []byte) (seq uint64, h Hash, ok bool) {
	if len(b) != stampNameBytes {
		return 0, h, false
	}
	copy(h[:], b[8:])
	return binary.LittleEndian.Uint64(b), h, true
}
