package faults_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// aFew allows one late duration where fewer than a hundred are measured: one in a
// hundred may be late.
func aFew() rig.Allow {
	return rig.Allow{Finding: func(f check.Finding) bool {
		return f.Table == "capture" && strings.HasPrefix(f.Want, "1 in 100 durations") && strings.HasPrefix(f.Got, "1 of ")
	}}
}

// spread writes p50/p95/max in seconds.
func spread(d []time.Duration) string {
	if len(d) == 0 {
		return "none"
	}
	d = slices.Sorted(slices.Values(d))
	return fmt.Sprintf("%.2f/%.2f/%.2f s of %d", percentile(d, 50).Seconds(), percentile(d, 95).Seconds(), d[len(d)-1].Seconds(), len(d))
}

// percentile is the smallest that n in a hundred do not exceed; d is sorted.
func percentile(d []time.Duration, n int) time.Duration {
	return d[min(len(d)-1, (len(d)*n+99)/100-1)]
}

func p95(d []time.Duration) time.Duration { return percentile(slices.Sorted(slices.Values(d)), 95) }
