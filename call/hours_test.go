package call

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	shop := func(z *time.Location) *Hours {
		h := &Hours{Zone: z, Dates: map[Date][]Span{
			{2027, time.February, 6}:  nil,                 // Tết
			{2026, time.December, 24}: {{8 * 60, 12 * 60}}, // a short day
		}}
		for d := time.Monday; d <= time.Friday; d++ {
			h.Weekly[d] = []Span{{8 * 60, 12 * 60}, {13 * 60, 17*60 + 30}}
		}
		return h
	}
	night := &Hours{Zone: zone("Europe/Berlin")}
	night.Weekly[time.Sunday] = []Span{{2 * 60, 3 * 60}}
	saigon, berlin, lordHowe := zone("Asia/Ho_Chi_Minh"), zone("Europe/Berlin"), zone("Australia/Lord_Howe")
	for _, c := range []struct {
		name string
		h    *Hours
		utc  string
		open bool
	}{
		{"always", nil, "2026-11-22T03:00:00Z", true},
		{"before the first minute", shop(saigon), "2026-11-23T00:59:59Z", false}, // Monday 07:59:59
		{"the first minute", shop(saigon), "2026-11-23T01:00:00Z", true},
		{"lunch", shop(saigon), "2026-11-23T05:00:00Z", false},
		{"after lunch", shop(saigon), "2026-11-23T06:00:00Z", true},
		{"the last minute", shop(saigon), "2026-11-23T10:29:59Z", true},
		{"closing", shop(saigon), "2026-11-23T10:30:00Z", false},
		{"Sunday", shop(saigon), "2026-11-22T03:00:00Z", false},
		{"Sunday there is Monday here", shop(saigon), "2026-11-22T23:00:00Z", false}, // Monday 06:00
		{"holiday", shop(saigon), "2027-02-06T03:00:00Z", false},
		{"the holiday's date is the zone's", shop(saigon), "2026-12-24T04:59:00Z", true},
		{"short day", shop(saigon), "2026-12-24T07:00:00Z", false},
		{"winter 08:00", shop(berlin), "2026-12-01T07:00:00Z", true},
		{"winter 07:59", shop(berlin), "2026-12-01T06:59:59Z", false},
		{"summer 08:00", shop(berlin), "2026-07-01T06:00:00Z", true},
		{"summer 07:59", shop(berlin), "2026-07-01T05:59:59Z", false},
		{"02:30 the first time", night, "2026-10-25T00:30:00Z", true},
		{"02:30 the second time", night, "2026-10-25T01:30:00Z", true},
		{"03:00 after it", night, "2026-10-25T02:00:00Z", false},
		{"the skipped hour: 01:59", night, "2026-03-29T00:59:59Z", false},
		{"the skipped hour: 03:00", night, "2026-03-29T01:00:00Z", false},
		{"half an hour of summer time", shop(lordHowe), "2026-12-01T21:00:00Z", true}, // Wednesday 08:00, +11
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.h.Open(at.UnixMicro()); got != c.open {
			t.Errorf("%s: open %v at %s", c.name, got, c.utc)
		}
	}
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]Span{"08:30-17:00": {510, 1020}, "00:00-24:00": {0, 1440}, "22:00-24:00": {1320, 1440}} {
		if got, err := ParseSpan(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "8:30-17:00", "17:00-08:00", "08:00-08:00", "08:60-09:00", "08:00-24:01", "08:00", "08:00-17:00 ", "-1:00-02:00"} {
		if got, err := ParseSpan(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestDestinationText(t *testing.T) {
	for _, d := range []Destination{{}, {ToQueue, "support"}, {ToHangup, ""}, {ToNumber, "+842812345678"}, {ToAnnouncement, "a:b"}} {
		if got, err := ParseDestination(d.String()); err != nil || got != d {
			t.Errorf("%q: %v %v", d.String(), got, err)
		}
	}
	for _, bad := range []string{"queue", "queue:", "hangup:x", "kitchen:1", ":x"} {
		if got, err := ParseDestination(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}
