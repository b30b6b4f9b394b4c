package check

// For the tests outside, which break what the day wrote.
var DayDB = dayDB
