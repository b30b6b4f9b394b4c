package ledger

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash is a link of the chain over all stamps of a node:
//
//	h(0) = 32 zero bytes    h(n) = SHA-256(h(n−1) ‖ bytes of the stamp with Seq n)
type Hash [sha256.Size]byte

// Next returns the link after h for a stamp's bytes.
func (h Hash) Next(bytes []byte) Hash {
	d := sha256.New()
	d.Write(h[:])
	d.Write(bytes)
	var next Hash
	d.Sum(next[:0])
	return next
}

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }
