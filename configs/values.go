package configs

import (
	"fmt"
	"strconv"
	"strings"
)

// Bytes is a size, written "64MiB", "16KiB" or as a plain number of bytes.
type Bytes int64

var byteUnits = []struct {
	suffix string
	size   int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// UnmarshalText reads a size with or without its unit.
func (b *Bytes) UnmarshalText(text []byte) error {
	number, size := strings.TrimSpace(string(text)), int64(1)
	for _, unit := range byteUnits {
		if before, found := strings.CutSuffix(number, unit.suffix); found {
			number, size = strings.TrimSpace(before), unit.size
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/size {
		return fmt.Errorf("%q is not a size such as 64MiB", text)
	}
	*b = Bytes(n * size)
	return nil
}

// String writes the size in the largest unit that divides it.
func (b Bytes) String() string {
	for _, unit := range byteUnits {
		if n := int64(b); n != 0 && n%unit.size == 0 {
			return strconv.FormatInt(n/unit.size, 10) + unit.suffix
		}
	}
	return "0B"
}

// PortRange is a range of ports, both ends included, written "20000-29999".
type PortRange struct{ First, Last int }

// UnmarshalText reads "first-last".
func (r *PortRange) UnmarshalText(text []byte) error {
	first, last, found := strings.Cut(string(text), "-")
	a, errA := strconv.Atoi(strings.TrimSpace(first))
	b, errB := strconv.Atoi(strings.TrimSpace(last))
	if !found || errA != nil || errB != nil {
		return fmt.Errorf("%q is not a range such as 20000-29999", text)
	}
	*r = PortRange{a, b}
	return nil
}

// String writes "first-last".
func (r PortRange) String() string { return fmt.Sprintf("%d-%d", r.First, r.Last) }
