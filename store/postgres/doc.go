// Package postgres keeps the truth: the stamps and the records folded from
// them, and everything that people configure. It is the only package that
// speaks to PostgreSQL (14 or newer).
//
// The database has two schemas. public holds what is entered: configuration
// with its history, leads and their claims, personal data, and the stamps as
// the very bytes that were hashed. records holds only what is folded from the
// stamps; Rebuild makes it anew in records_shadow and swaps the two.
//
// Stamps and records are partitioned by month. The month comes from the
// UUIDv7 of the call or session a row belongs to, so it stands in every unique
// key, and a row's partition is known from its id alone.
//
// Instants are timestamptz (whole µs), durations bigint µs. Every method takes
// a context and returns when it is done; none retries.
package postgres
