package main

import (
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// den is a room whose walls a test moves.
type den struct {
	*room
	talking, free, all, open int
	used, limit              uint64
}

func newDen(calls int) *den {
	d := &den{free: 40, all: 40, limit: math.MaxInt64}
	f := &files{limit: 100, reserve: reserveOf(100, 200), open: func() int { return d.open }}
	m := &memory{read: func() (uint64, uint64) { return d.used, d.limit }, sweep: func() {}}
	d.room = newRoom(calls, func() int { return d.talking }, func() (int, int) { return d.free, d.all }, f, m)
	return d
}

func TestRoom(t *testing.T) {
	for _, c := range []struct {
		name          string
		change        func(*den)
		in, out, page shortage
	}{
		{"all free", func(*den) {}, "", "", ""},
		{"calls for customers only", func(d *den) { d.talking = 38 }, "", shortCalls, ""},
		{"no calls", func(d *den) { d.talking = 40 }, shortCalls, shortCalls, ""},
		{"ports for customers only", func(d *den) { d.free = 2 }, "", shortPorts, ""},
		{"the last port", func(d *den) { d.free = 1 }, "", shortPorts, ""},
		{"no ports", func(d *den) { d.free = 0 }, shortPorts, shortPorts, ""},
		{"ports without a range", func(d *den) { d.free, d.all = -7, 0 }, "", "", ""},
		{"the last two files", func(d *den) { d.open = 73 }, "", "", ""},
		{"files for pages only", func(d *den) { d.open = 74 }, shortFiles, shortFiles, ""},
		{"files for the stores only", func(d *den) { d.open = 88 }, shortFiles, shortFiles, shortFiles},
		{"memory in use", func(d *den) { d.used, d.limit = 84, 100 }, "", "", ""},
		{"memory short", func(d *den) { d.used, d.limit = 85, 100 }, shortMemory, shortMemory, shortMemory},
	} {
		ask := func(judge func(*room) shortage) shortage {
			d := newDen(40)
			c.change(d)
			got := judge(d.room)
			if told := d.short(time.Now()); got != "" && !slices.Equal(told, []string{string(got)}) || got == "" && told != nil {
				t.Errorf("%s: %q is told as %q", c.name, got, told)
			}
			return got
		}
		if in, out, page := ask((*room).in), ask((*room).out), ask((*room).page); in != c.in || out != c.out || page != c.page {
			t.Errorf("%s: %q, %q, %q; want %q, %q, %q", c.name, in, out, page, c.in, c.out, c.page)
		}
	}
}

// Without calls.max there is room for as many as there are ports.
func TestRoomWithoutMost(t *testing.T) {
	d := newDen(0)
	d.talking = 1_000_000
	if in, out := d.in(), d.out(); in != "" || out != "" {
		t.Errorf("%q, %q", in, out)
	}
}

// Calls that come at one instant and find one port enter one by one.
func TestTheLastPortIsOnes(t *testing.T) {
	d := newDen(1000)
	d.free = 5
	var entered, refused int
	var mu sync.Mutex
	var arriving sync.WaitGroup
	for range 50 {
		arriving.Go(func() {
			if short := d.enter(func() { entered++; d.free-- }); short != "" {
				mu.Lock()
				refused++
				mu.Unlock()
			}
		})
	}
	arriving.Wait()
	if entered != 5 || refused != 45 {
		t.Errorf("%d entered, %d were refused", entered, refused)
	}
}

// Between two counts of the descriptors what was granted counts as open.
func TestFilesAreGranted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &files{limit: 100, reserve: 25, open: func() int { return 65 }, fresh: countEvery}
		calls := func() (n int) {
			for f.room(filesPerCall, f.reserve) {
				n++
			}
			return n
		}
		if n := calls(); n != 5 {
			t.Errorf("%d calls at once", n)
		}
		time.Sleep(countEvery) // all of them were refused otherwise, and are gone
		if n := calls(); n != 5 {
			t.Errorf("%d calls after counting again", n)
		}
		if !(&files{}).room(1000, 0) || !(&files{limit: 10, open: func() int { return -1 }}).room(1000, 0) {
			t.Error("no room where nobody knows")
		}
	})
}

func TestReserve(t *testing.T) {
	for _, c := range [][3]int{{0, 40, 0}, {64, 40, 16}, {256, 40, 64}, {1024, 40, 88}, {1 << 20, 1000, 1048}} {
		if got := reserveOf(c[0], c[1]); got != c[2] {
			t.Errorf("of %d with %d for stores: %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

// Memory is short from 85 % on, and no longer below 82 %.
func TestMemoryPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var used uint64
		var sweeps atomic.Int32
		m := &memory{read: func() (uint64, uint64) { return used, 1000 }, fresh: weighEvery, sweep: func() { sweeps.Add(1) }}
		for _, c := range []struct {
			used  uint64
			short bool
		}{{100, false}, {849, false}, {850, true}, {830, true}, {820, true}, {819, false}, {849, false}} {
			time.Sleep(weighEvery)
			if used = c.used; m.pressed() != c.short {
				t.Errorf("%d of 1000: %v", c.used, !c.short)
			}
		}
		if used = 990; m.pressed() {
			t.Error("looked again within a tenth of a second")
		}
		for range 25 { // ten looks a second
			time.Sleep(weighEvery)
			m.pressed()
		}
		if synctest.Wait(); sweeps.Load() != 3 {
			t.Errorf("collected %d times", sweeps.Load())
		}
	})
	if used, limit := usedMemory(); used < 100<<10 || used > 4<<30 || limit == 0 {
		t.Errorf("this process uses %d of %d bytes", used, limit)
	}
}

func TestCgroupMemory(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for _, c := range []struct {
		name  string
		root  fstest.MapFS
		limit int64
		ok    bool
	}{
		{"no cgroups", fstest.MapFS{}, unlimited, false},
		{"v2", fstest.MapFS{"proc/self/cgroup": file("0::/system.slice/callstamp.service\n"),
			"sys/fs/cgroup/system.slice/memory.max": file("max\n"), "sys/fs/cgroup/system.slice/callstamp.service/memory.max": file("536870912\n")}, 512 << 20, true},
		{"v2, less above", fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/memory.max": file("1000\n"), "sys/fs/cgroup/a/b/memory.max": file("2000\n")}, 1000, true},
		{"v2 in a container", fstest.MapFS{"proc/self/cgroup": file("0::/docker/0123\n"), "sys/fs/cgroup/memory.max": file("7000\n")}, 7000, true},
		{"v2, none", fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n")}, unlimited, false},
		{"v1", fstest.MapFS{"proc/self/cgroup": file("4:cpu,cpuacct:/\n7:memory:/jail\n"),
			"sys/fs/cgroup/memory/jail/memory.limit_in_bytes": file("268435456\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, 256 << 20, true},
		{"v1, none", fstest.MapFS{"proc/self/cgroup": file("7:memory:/\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, unlimited, false},
	} {
		if limit, ok := cgroupMemory(c.root); ok != c.ok || ok && limit != c.limit {
			t.Errorf("%s: %d %v, want %d", c.name, limit, ok, c.limit)
		}
	}
}

// Who was turned away can be scraped.
func TestRefusalsAreCounted(t *testing.T) {
	d := newDen(40)
	d.talking = 40
	d.in()
	d.in()
	d.out()
	d.dialing()
	r := prometheus.NewRegistry()
	d.measure(r)
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, family := range all {
		for _, m := range family.GetMetric() {
			if m.GetCounter().GetValue() > 0 {
				got = append(got, strings.Join(strings.Fields(m.String()), " "))
			}
		}
	}
	if len(got) != 2 || !strings.Contains(got[0]+got[1], `"in"`) || !strings.Contains(got[0]+got[1], "value:2") {
		t.Errorf("%q", got)
	}
}
