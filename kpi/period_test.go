package kpi

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestDayIsAUnionOfBuckets(t *testing.T) {
	for _, c := range []struct {
		name, zone, day string
		want            int
		first           string
	}{
		{"plain", "UTC", "2026-03-02", 96, "2026-03-02T00:00:00Z"},
		{"spring forward, 23 h", "Europe/London", "2026-03-29", 92, "2026-03-29T00:00:00Z"},
		{"fall back, 25 h", "Europe/London", "2026-10-25", 100, "2026-10-24T23:00:00Z"},
		{"UTC+5:45", "Asia/Kathmandu", "2026-03-02", 96, "2026-03-01T18:15:00Z"},
		{"half-hour DST", "Australia/Lord_Howe", "2026-04-05", 98, "2026-04-04T13:00:00Z"},
		{"leap day", "Asia/Ho_Chi_Minh", "2028-02-29", 96, "2028-02-28T17:00:00Z"},
		{"month end", "Asia/Taipei", "2026-01-31", 96, "2026-01-30T16:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			noon, err := time.ParseInLocation("2006-01-02 15", c.day+" 12", zone)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Day(noon)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != c.want || got[0].Time().Format(time.RFC3339) != c.first {
				t.Errorf("%d buckets from %s, want %d from %s", len(got), got[0].Time().Format(time.RFC3339), c.want, c.first)
			}
			for i := 1; i < len(got); i++ {
				if got[i].Start() != got[i-1].End() {
					t.Fatalf("bucket %d does not follow the one before", i)
				}
			}
		})
	}
	at := time.UnixMicro(day0)
	if _, err := Buckets(at.Add(time.Minute), at.Add(time.Hour)); err == nil {
		t.Error("an edge inside a bucket is accepted")
	}
	if _, err := Buckets(at.Add(time.Hour), at); err == nil {
		t.Error("a period that ends before it begins is accepted")
	}
}

// The figures of a long period are the sums of its buckets': nothing is lost
// or counted twice at an edge.
func TestBucketsAddUpToTheRecords(t *testing.T) {
	h, _ := foldAll(t, randomDay(4, 3*hour, 50))
	r := h.records()
	sum := Figures{}
	for b := stamp.Bucket(day0 - 4*stamp.BucketUS); b.Start() < day0+12*hour; b = stamp.Bucket(b.End()) {
		for m, v := range Gather(Intervals(r, b, math.MaxInt64), Dim{DimOrg, "o1"}, Event) {
			sum[m] += v
		}
	}
	var talk, wrap, ready int64
	for _, s := range r.Segments {
		talk, wrap = talk+s.TalkUS, wrap+s.WrapUS
	}
	for _, a := range r.Agents {
		if a.State == stamp.StateReady && a.To != 0 {
			ready += a.Length()
		} else if a.State == stamp.StateReady {
			ready += day0 + 12*hour - a.From
		}
	}
	if sum[MTalkUS] != talk || sum[MWrapUS] != wrap || sum["agent_us.ready"] != ready || talk == 0 || ready == 0 {
		t.Errorf("buckets: talk %d, wrap %d, ready %d; records: %d, %d, %d",
			sum[MTalkUS], sum[MWrapUS], sum["agent_us.ready"], talk, wrap, ready)
	}
}
