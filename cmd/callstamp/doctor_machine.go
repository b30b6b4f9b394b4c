package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fsyncSlow is when the disk would hold calls up: the answer to an INVITE waits
// for one fsync.
const fsyncSlow = 100 * time.Millisecond

// checkJournal writes to the journal's folder as the journal does.
func (d *doctor) checkJournal(context.Context) {
	dir := d.config.Node.JournalDir()
	own := "make " + d.config.Node.DataDir + " a folder of the user that runs callstamp (node.data_dir)"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.add("journal", bad, err.Error(), own)
		return
	}
	took, err := tryDisk(dir)
	if err != nil {
		d.add("journal", bad, err.Error(), own)
		return
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		d.add("journal", bad, err.Error(), "put node.data_dir on a local disk")
		return
	}
	l := d.config.Ledger
	d.judgeDisk(dir, took, int64(disk.Bavail)*int64(disk.Bsize), int64(l.SegmentBytes+l.ReserveBytes))
}

// judgeDisk wants room for need bytes, one segment and the reserve.
func (d *doctor) judgeDisk(dir string, fsync time.Duration, free, need int64) {
	say := fmt.Sprintf("%s: fsync in %v, %d MiB free", dir, fsync.Round(10*time.Microsecond), free>>20)
	switch {
	case free < need:
		d.add("journal", bad, say, fmt.Sprintf("free at least %d MiB: one segment and the reserve", need>>20))
	case fsync > fsyncSlow:
		d.add("journal", bad, say+", too slow", "put node.data_dir on a local disk: each call's answer waits for it")
	default:
		d.add("journal", good, say, "")
	}
}

// tryDisk writes a file and measures the fsync.
func tryDisk(dir string) (took time.Duration, err error) {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // an empty file in the folder of temporary ones
	defer f.Close()
	if _, err := f.Write(make([]byte, 4096)); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := f.Sync(); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

// Files that calls need: two sockets each, and what does not depend on them.
const (
	filesPerCall = 2
	filesBesides = 256
)

// checkFiles looks at the limit of open files. Go has raised it as far as the
// system lets it.
func (d *doctor) checkFiles(context.Context) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		d.add("open files", bad, err.Error(), "")
		return
	}
	d.judgeFiles(limit.Cur)
}

func (d *doctor) judgeFiles(limit uint64) {
	need := uint64(d.config.Calls.Max*filesPerCall + filesBesides)
	if limit < need {
		d.add("open files", bad, fmt.Sprintf("%d may be open, calls.max = %d needs %d", limit, d.config.Calls.Max, need),
			"LimitNOFILE in the systemd unit or ulimit -n, or a lower calls.max")
		return
	}
	d.add("open files", good, fmt.Sprintf("%d may be open, %d are needed", limit, need), "")
}

// checkZones looks for the time zone data.
func (d *doctor) checkZones(context.Context) {
	for _, zone := range []string{d.config.Organisation.Zone, "Asia/Ho_Chi_Minh"} {
		if _, err := time.LoadLocation(zone); err != nil {
			d.add("time zones", bad, err.Error(), "install tzdata, or use a binary of make build, which carries it")
			return
		}
	}
	now := time.Now()
	local, _ := time.LoadLocation(d.config.Organisation.Zone) // found above
	d.add("time zones", good, fmt.Sprintf("%s: it is %s", local, now.In(local).Format("15:04 on 2 January 2006")), "")
}
