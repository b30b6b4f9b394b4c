package rig

import (
	"regexp"
	"strings"
)

// Personal is what no log, and nothing else that leaves the product, may show
// at any level: the telephone numbers of the tests, which all begin with 84,
// and everybody's password.
var Personal = regexp.MustCompile(`(?m)^.*(?:(?:^|[^0-9])84[0-9]{9,10}(?:[^0-9]|$)|` + regexp.QuoteMeta(Password) + `).*$`)

// complaints are the lines of a log that nobody expects: errors, panics,
// races, and whatever is personal.
func complaints(log string, expected []*regexp.Regexp) (found []string) {
	for line := range strings.Lines(log) {
		bad := strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") || strings.Contains(line, "DATA RACE")
		for _, e := range expected {
			bad = bad && !e.MatchString(line)
		}
		if bad || Personal.MatchString(line) {
			found = append(found, strings.TrimRight(line, "\n"))
		}
	}
	return found
}
