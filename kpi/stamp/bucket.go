package stamp

import "time"

// BucketUS is the length of a bucket: 15 minutes. All present-day zone offsets
// are multiples of it, so any local day, a DST day too, is a union of buckets.
const BucketUS int64 = 15 * 60 * 1_000_000

// Bucket is a 15-minute UTC interval, named by its first µs since 1970.
type Bucket int64

// BucketAt returns the bucket that holds the wall instant at (µs since 1970).
func BucketAt(at int64) Bucket {
	b := at - at%BucketUS
	if at < b {
		b -= BucketUS
	}
	return Bucket(b)
}

// Start and End are the bucket's edges in µs since 1970; End is exclusive.
func (b Bucket) Start() int64 { return int64(b) }

// End is the first µs after the bucket.
func (b Bucket) End() int64 { return int64(b) + BucketUS }

// Time returns the bucket's start in UTC.
func (b Bucket) Time() time.Time { return time.UnixMicro(int64(b)).UTC() }
