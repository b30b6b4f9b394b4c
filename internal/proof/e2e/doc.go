// Package e2e looks at the product from outside only: the real binary in a
// house of its own, telephones on the wire, a browser, SQL, Redis, exit codes,
// and the files that operators get. Each test has its own server, stores and
// ports, so they run side by side; the ledger proof alone wants the machine for
// itself. What a test is about stands in its file's name.
package e2e
