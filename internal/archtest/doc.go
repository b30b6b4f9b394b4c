// Package archtest asserts the house's plan: which room may import which, which library lives where, and how long a
// file or a function may be. It holds tests only; docs/ARCHITECTURE.md draws the same plan.
package archtest
