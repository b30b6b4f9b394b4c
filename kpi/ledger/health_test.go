package ledger

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestHealthFollowsTheWriting: what monitoring reads says what is on the disk, and when the writer last came round.
func TestHealthFollowsTheWriting(t *testing.T) {
	dir := t.TempDir()
	opts := quiet()
	var groups, took atomic.Int64
	opts.Synced = func(d time.Duration) { groups.Add(1); took.Add(int64(d)) }
	j := open(t, dir, opts)
	before := j.Health()
	for i := range 3 {
		j.Append(story("s", i+1), nil)
		synced(t, j)
	}
	h := j.Health()
	files, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if h.Segments != len(files) || h.Bytes != size || h.Bytes <= before.Bytes {
		t.Errorf("%d segments of %d bytes, the folder has %d of %d", h.Segments, h.Bytes, len(files), size)
	}
	if uint64(groups.Load()) != h.Groups || h.Groups == 0 || took.Load() <= 0 {
		t.Errorf("told of %d groups in %d ns, there were %d", groups.Load(), took.Load(), h.Groups)
	}
	if !h.Beat.After(before.Beat) {
		t.Errorf("the writer's last round is still %v", h.Beat)
	}
	shut(t, j)
}

// TestStuckDiskShowsInTheBeat: a writer that hangs in a write no longer comes round, and one that is idle does.
func TestStuckDiskShowsInTheBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &faultyDisk{}
		opts := quiet()
		opts.Disk = disk
		j := open(t, t.TempDir(), opts)
		<-time.After(10 * time.Second)
		if age := time.Since(j.Health().Beat); age > time.Second {
			t.Errorf("an idle writer came round %v ago", age)
		}
		let := make(chan struct{})
		disk.set(func(string) error { <-let; return nil })
		j.Append(story("s", 1), nil)
		<-time.After(20 * time.Second)
		if age := time.Since(j.Health().Beat); age < 19*time.Second {
			t.Errorf("a stuck writer came round %v ago", age)
		}
		close(let)
		synced(t, j)
		shut(t, j)
	})
}
