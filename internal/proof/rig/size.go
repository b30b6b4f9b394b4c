package rig

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Full reports whether PROOF=full asks for a proof's whole size.
func Full() bool { return os.Getenv("PROOF") == "full" }

// Seed is PROOF_SEED, or one by chance.
func Seed(t testing.TB) uint64 {
	t.Helper()
	text := os.Getenv("PROOF_SEED")
	if text == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	must(t, err)
	return seed
}
