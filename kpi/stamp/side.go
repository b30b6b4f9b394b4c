package stamp

// Side is what a stamp must not hold: personal data and a leg's SIP dialog. It
// stands in the journal beside the stamps, without a Seq and outside the hash
// chain, and can be erased; stamps name it by its opaque id.
type Side struct {
	Kind SideKind `json:"kind"`
	Org  OrgID    `json:"org"`
	ID   string   `json:"id"`
	Data []byte   `json:"data"` // JSON
}

// SideKind says what a side entry holds.
type SideKind string

// The kinds of side entries.
const (
	SideParty  SideKind = "party"  // {"number": E.164, "name": …}; id: PartyID
	SideNote   SideKind = "note"   // {"author": agent, "body": …}; id: NoteID
	SideDialog SideKind = "dialog" // a leg's SIP dialog; id: call id "/" leg
)
