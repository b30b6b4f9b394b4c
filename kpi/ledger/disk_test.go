package ledger

import (
	"errors"
	"math/rand/v2"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// faultyDisk is the real disk with faults. What a failed fsync leaves behind is
// overwritten with garbage, as a disk may do.
type faultyDisk struct {
	osDisk

	mu     sync.Mutex
	fail   func(op string) error // nil: never; asked before each create, write, sync, truncate, remove, syncdir
	groups []group
}

// group is a stretch of a file that one fsync made durable.
type group struct {
	path       string
	start, end int64
}

func (d *faultyDisk) ask(op string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail == nil {
		return nil
	}
	return d.fail(op)
}

func (d *faultyDisk) set(fail func(op string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = fail
}

func (d *faultyDisk) Create(path string) (File, error) {
	if err := d.ask("create"); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	return &faultyFile{d: d, f: f}, err
}

func (d *faultyDisk) Remove(path string) error {
	if err := d.ask("remove"); err != nil {
		return err
	}
	return os.Remove(path)
}

func (d *faultyDisk) SyncDir(dir string) error {
	if err := d.ask("syncdir"); err != nil {
		return err
	}
	return syncDir(dir)
}

type faultyFile struct {
	d       *faultyDisk
	f       *os.File
	written int64
	synced  int64
}

func (f *faultyFile) Write(b []byte) (int, error) {
	if err := f.d.ask("write"); err != nil {
		n, _ := f.f.Write(b[:rand.IntN(len(b)+1)])
		f.written += int64(n)
		return n, err
	}
	n, err := f.f.Write(b)
	f.written += int64(n)
	return n, err
}

func (f *faultyFile) Sync() error {
	if err := f.d.ask("sync"); err != nil {
		garbage := make([]byte, f.written-f.synced)
		for i := range garbage {
			garbage[i] = byte(rand.Uint32())
		}
		_, werr := f.f.WriteAt(garbage, f.synced)
		return errors.Join(err, werr)
	}
	if err := f.f.Sync(); err != nil {
		return err
	}
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	f.d.groups = append(f.d.groups, group{f.f.Name(), f.synced, f.written})
	f.synced = f.written
	return nil
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.d.ask("truncate"); err != nil {
		return err
	}
	return f.f.Truncate(size)
}

func (f *faultyFile) Close() error { return f.f.Close() }

// quotaDisk is a disk of a given size, for machines where none can be mounted.
type quotaDisk struct {
	osDisk

	mu   sync.Mutex
	size int64
	used map[string]int64
}

func (d *quotaDisk) charge(path string, bytes int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.freeLocked() < bytes {
		return unix.ENOSPC
	}
	d.used[path] += bytes
	return nil
}

func (d *quotaDisk) freeLocked() int64 {
	free := d.size
	for _, n := range d.used {
		free -= n
	}
	return free
}

func (d *quotaDisk) forget(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.used, path)
}

func (d *quotaDisk) Free(string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.freeLocked(), nil
}

func (d *quotaDisk) Remove(path string) error {
	d.forget(path)
	return os.Remove(path)
}

func (d *quotaDisk) Reserve(path string, bytes int64) error {
	if err := d.charge(path, bytes); err != nil {
		return err
	}
	return d.osDisk.Reserve(path, bytes)
}

func (d *quotaDisk) Create(path string) (File, error) {
	f, err := d.osDisk.Create(path)
	return &quotaFile{File: f, d: d, path: path}, err
}

type quotaFile struct {
	File

	d    *quotaDisk
	path string
}

func (f *quotaFile) Write(b []byte) (int, error) {
	if err := f.d.charge(f.path, int64(len(b))); err != nil {
		return 0, err
	}
	return f.File.Write(b)
}

func (f *quotaFile) Truncate(size int64) error {
	f.d.forget(f.path)
	if err := f.d.charge(f.path, size); err != nil {
		return err
	}
	return f.File.Truncate(size)
}
