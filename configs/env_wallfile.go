//go:build wallfile

package configs

// proofNames are variables that proofs set: package stamp reads this one.
func proofNames() []string { return []string{"CALLSTAMP_WALL_FILE"} }
