package main

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// unlimited is from where on a cgroup's limit is none: v1 says so with the
// largest multiple of a page.
const unlimited = 1 << 60

// cgroupMemory returns the least memory limit, in bytes, of the cgroups that
// the process is in, and of those above; false without any. root is the
// machine's file system; where it has no cgroups there is no limit.
func cgroupMemory(root fs.FS) (limit int64, ok bool) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	limit = unlimited
	for line := range strings.Lines(string(text)) {
		// "0::/system.slice/callstamp.service" in v2, "7:memory:/docker/…" in v1
		hierarchy, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case hierarchy == "0" && controllers == "":
			limit = min(limit, leastOf(root, "sys/fs/cgroup", group, "memory.max"), leastOf(root, "sys/fs/cgroup/unified", group, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			limit = min(limit, leastOf(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	return limit, limit < unlimited
}

// leastOf reads the limits of a group and of all above it. In a container the
// mount shows its own group as the root, whatever the name of the group is.
func leastOf(root fs.FS, mount, group, file string) int64 {
	least := int64(unlimited)
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		if text, err := fs.ReadFile(root, path.Join(mount, dir, file)); err == nil {
			if v, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil { // "max" is none
				least = min(least, v)
			}
		}
		if dir == "/" {
			return least
		}
	}
}
