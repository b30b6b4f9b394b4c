// Package day holds the checker against a day written by hand: stamps,
// records, figures, packets and notes, whose right numbers stand in the test.
// It stands beside the checker because it needs the product's schema, and the
// checker imports nothing of ours.
package day
