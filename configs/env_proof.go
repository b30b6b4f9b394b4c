//go:build !wallfile

package configs

// proofNames are variables that proofs set: this build reads none, so one that
// is set would have no effect.
func proofNames() []string { return nil }
