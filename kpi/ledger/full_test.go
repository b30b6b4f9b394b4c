package ledger

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	fullDisk    = 8 << 20
	fullReserve = 2 << 20
)

// TestFullDisk fills a real disk of 8 MB, where one can be mounted, and else
// the seam's: first dialing stops, then INVITEs, then the reserve carries what
// goes on, and all comes back by itself when there is space.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	opts := quiet()
	opts.ReserveBytes, opts.SegmentBytes = fullReserve, 256<<10
	fill := func(path string, bytes int64) error { return osDisk{}.Reserve(path, bytes) }
	free := func(path string) error { return os.Remove(path) }
	if err := mountSmall(t, dir, fullDisk); err == nil {
		t.Log("on a tmpfs of 8 MB")
	} else {
		t.Logf("on the seam's disk of 8 MB: can't mount: %v", err)
		disk := &quotaDisk{size: fullDisk, used: map[string]int64{}}
		opts.Disk, fill, free = disk, disk.Reserve, disk.Remove
	}
	j := open(t, dir, opts)
	stuff := func(name string, leave int64) {
		n, err := j.opts.Disk.Free(dir)
		if err != nil {
			t.Fatal(err)
		}
		if n > leave {
			if err := fill(filepath.Join(dir, name), n-leave); err != nil {
				t.Fatal(err)
			}
		}
	}
	waitState(t, j, Ok, 0)
	j.Append(story("s", 100), nil)
	synced(t, j)

	stuff("junk.1", fullReserve*3/4)
	waitState(t, j, Low, 0)
	stuff("junk.2", fullReserve/4)
	waitState(t, j, Critical, 0)
	stuff("junk.3", 0)

	appended := uint64(100)
	for range 20 { // about 700 kB: more than a half of the reserve is not needed
		appended = j.Append(story("s", 100), nil)
		synced(t, j)
	}
	waitState(t, j, Critical, 1)
	for j.Health().Waiting == 0 { // calls go on until the reserve is used up, and further
		appended = j.Append(story("s", 200), nil)
		time.Sleep(2 * time.Millisecond)
		if appended > 100_000 {
			t.Fatal("the disk never filled up")
		}
		waitWritten(j, 50*time.Millisecond)
	}
	waitState(t, j, Critical, 2)
	if h := j.Health(); h.Failing == nil || h.Failures < 3 {
		t.Errorf("with nothing left: %+v", h)
	}
	began := time.Now()
	removeAll(t, dir, "junk.*", free)
	waitState(t, j, Ok, 0)
	synced(t, j)
	t.Logf("%d stamps, recovered in %v", appended, time.Since(began).Round(time.Millisecond))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("recovered in %v, allowed are 10 s", took)
	}
	shut(t, j)
	if sum, err := Verify(dir); err != nil || sum.Last != appended {
		t.Errorf("appended %d: %+v, %v", appended, sum, err)
	}
}

// waitState polls until the health is as wanted.
func waitState(t *testing.T, j *Journal, state State, released int) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		h := j.Health()
		if h.State == state && h.Released == released {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("health is %+v, want %s with %d halves released", h, state, released)
		}
	}
}

// waitWritten gives the writer up to most to write what waits.
func waitWritten(j *Journal, most time.Duration) {
	for deadline := time.Now().Add(most); j.Health().Waiting > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}
