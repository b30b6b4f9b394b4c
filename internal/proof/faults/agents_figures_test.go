package faults_test

import (
	"fmt"
	"slices"
	"time"
)

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
