package call

import (
	"fmt"
	"slices"
	"time"
)

// Hours says when a place is open: spans of a week, and dates on which it is
// otherwise, all by the wall clocks of one zone.
type Hours struct {
	Zone   *time.Location
	Weekly [7][]Span // by time.Weekday, Sunday first
	// Dates are holidays and exceptions, by their date in Zone; one without a
	// span is closed all day. They replace the weekday's spans.
	Dates map[Date][]Span
}

// Span is a part of a day: minutes since its midnight, From ≤ t < Until. Until
// is at most 1440; a night is two spans of two days.
type Span struct{ From, Until int }

// Date is a day of the calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

const dayMinutes = 24 * 60

// Open reports whether it is open at us, µs since 1970. Only what clocks on the
// wall show counts: the hour that a change to winter time brings twice is open
// twice, one that summer time skips is never there. Nil hours are always open.
func (h *Hours) Open(us int64) bool {
	if h == nil {
		return true
	}
	t := time.UnixMicro(us).In(h.Zone)
	y, m, d := t.Date()
	spans, dated := h.Dates[Date{y, m, d}]
	if !dated {
		spans = h.Weekly[t.Weekday()]
	}
	minute := t.Hour()*60 + t.Minute()
	return slices.ContainsFunc(spans, func(s Span) bool { return s.From <= minute && minute < s.Until })
}

// ParseSpan reads "08:30-17:00"; the end may be 24:00.
func ParseSpan(text string) (Span, error) {
	var fh, fm, uh, um int
	if n, err := fmt.Sscanf(text, "%2d:%2d-%2d:%2d", &fh, &fm, &uh, &um); n != 4 || err != nil || text != fmt.Sprintf("%02d:%02d-%02d:%02d", fh, fm, uh, um) {
		return Span{}, fmt.Errorf("hours %q: write them as 08:30-17:00", text)
	}
	s := Span{fh*60 + fm, uh*60 + um}
	if fh < 0 || fm < 0 || fm > 59 || um < 0 || um > 59 || s.Until > dayMinutes {
		return Span{}, fmt.Errorf("hours %q: a day ends at 24:00 and an hour has 60 minutes", text)
	}
	if s.From >= s.Until {
		return Span{}, fmt.Errorf("hours %q: they end before they begin; write a night as two days, 22:00-24:00 and 00:00-06:00", text)
	}
	return s, nil
}

// String returns "08:30-17:00".
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.Until/60, s.Until%60)
}

// ParseDate reads "2027-02-06".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: write it as 2027-02-06", text)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}
