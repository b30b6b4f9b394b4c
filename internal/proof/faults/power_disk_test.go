package faults_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// powerDisk is an ext4 on a loop device, which reads and writes its image past
// the page cache. At a power cut the file system stops in the middle of
// whatever it does; what the image has by then is what a disk would have.
type powerDisk struct {
	dir    string // where it is mounted
	image  string // the present one
	folder string // of the images
	cuts   int
}

// powerDiskBytes is how large the file system is; the image is sparse.
const powerDiskBytes = 3 << 30

// newPowerDisk makes one. The error says what this machine does not allow. Use
// it inside rig.OwnNetwork: its mounts go with the process, and with the
// mounts their devices.
func newPowerDisk(t *testing.T) (*powerDisk, error) {
	t.Helper()
	top, err := os.MkdirTemp("", "callstamp-power-") // not t.TempDir: PostgreSQL's user has to get in
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(top)) })
	must(t, os.Chmod(top, 0o755))
	d := &powerDisk{dir: filepath.Join(top, "disk"), folder: filepath.Join(top, "images"), image: filepath.Join(top, "images", "0")}
	must(t, os.Mkdir(d.dir, 0o755))
	must(t, os.Mkdir(d.folder, 0o700))
	f, err := os.Create(d.image)
	must(t, err)
	must(t, errors.Join(f.Truncate(powerDiskBytes), f.Close()))
	if err := said("mkfs.ext4", "-q", "-F", d.image); err != nil {
		return nil, err
	}
	if err := d.mount(); err != nil {
		return nil, err
	}
	t.Cleanup(func() { must(t, unix.Unmount(d.dir, unix.MNT_DETACH)) })
	return d, os.Chmod(d.dir, 0o755)
}

// said runs a program; the error has what it said.
func said(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// mount puts the image behind a loop device and mounts it. The device goes by
// itself with the mount.
func (d *powerDisk) mount() error {
	out, err := exec.Command("losetup", "--direct-io=on", "--find", "--show", d.image).CombinedOutput()
	if err != nil {
		return fmt.Errorf("losetup: %w: %s", err, strings.TrimSpace(string(out)))
	}
	device := strings.TrimSpace(string(out))
	err = unix.Mount(device, d.dir, "ext4", 0, "")
	return errors.Join(err, said("losetup", "--detach", device)) // at the last unmount
}

// ext4's shutdown: from this moment on nothing of it reaches the device, its
// journal included. xfstests cuts the power so.
const (
	ext4Shutdown       = 0x8004587d // _IOR('X', 125, __u32)
	withoutJournalling = uint32(2)  // EXT4_GOING_FLAGS_NOLOGFLUSH
)

// cut stops the disk.
func (d *powerDisk) cut() error {
	f, err := os.Open(d.dir)
	if err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	defer f.Close()
	how := withoutJournalling
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), ext4Shutdown, uintptr(unsafe.Pointer(&how))); errno != 0 {
		return fmt.Errorf("cut the power: %w", errno)
	}
	return nil
}

// comeBack copies what the image has and mounts the copy: nothing that the
// kernel still remembers of the old one is there. Nobody may use the disk.
func (d *powerDisk) comeBack(t *testing.T) {
	t.Helper()
	var err error
	free := rig.Await(20*time.Second, func() bool {
		err = unix.Unmount(d.dir, 0)
		return err == nil
	})
	if !free {
		t.Fatalf("the disk is in use: %v", err)
	}
	d.cuts++
	old := d.image
	d.image = filepath.Join(d.folder, fmt.Sprint(d.cuts))
	must(t, said("cp", "--sparse=always", old, d.image))
	must(t, os.Remove(old))
	must(t, d.mount())
}
