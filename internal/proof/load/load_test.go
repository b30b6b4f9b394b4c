package load

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gopacket/gopacket/pcapgo"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// lines reads a ledger as it stands on disk.
func lines(t *testing.T, path string) (all []check.Note) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var n check.Note
		if err := json.Unmarshal(s.Bytes(), &n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// An act is in the file when Will returns, with the instant of the return.
func TestActIsWrittenBeforeItIsDone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	l, err := NewLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now().UnixMicro()
	l.Will(check.Note{Who: "agent", What: "accept", At: before})
	after := time.Now().UnixMicro()
	all := lines(t, path)
	if len(all) != 2 || all[0].What != "accept" || all[1].Of != all[0].No || all[1].Gone < before || all[1].Gone > after {
		t.Errorf("between %d and %d: %+v", before, after, all)
	}
	l.Saw(check.Note{Who: "agent", What: "unring"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if all = lines(t, path); len(all) != 3 || all[2].No != 3 {
		t.Errorf("after the end: %+v", all)
	}
	if _, err := NewLedger(path); err == nil {
		t.Error("a ledger that is there was written over")
	}
}

// A witness that is let tick misses nothing.
func TestSteadyTicks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	synctest.Test(t, func(t *testing.T) {
		l, err := NewLedger(path)
		if err != nil {
			t.Fatal(err)
		}
		ticks := NewTicks(l)
		<-time.After(time.Second + tickEvery/2)
		ticks.Stop()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if all := lines(t, path); len(all) != 1 || all[0].What != "ticks" || all[0].Ticks != 100 {
		t.Errorf("a second is 100 ticks, none of them late: %+v", all)
	}
}

// A stall is told with its length, and counts when it is longer than a tick.
func TestStallsAreTold(t *testing.T) {
	at := time.Unix(1000, 0)
	for late, want := range map[time.Duration][2]int64{time.Millisecond: {0, 0}, 5 * time.Millisecond: {5000, 0}, 30 * time.Millisecond: {30000, 1}} {
		n, noted := missed(at, at.Add(tickEvery+late))
		if noted != (want[0] > 0) || n.US != want[0] || int64(n.Ticks) != want[1] {
			t.Errorf("%s late: %+v", late, n)
		}
	}
}

// Signalling is kept whole, of media the headers, of anything else nothing;
// each packet once, with a time of the kernel's.
func TestCaptureKeepsWhatTells(t *testing.T) {
	sender, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	var at [3]net.PacketConn // signalling, media, another
	var port [3]uint16
	for i := range at {
		if at[i], err = net.ListenPacket("udp4", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		defer at[i].Close()
		port[i] = uint16(at[i].LocalAddr().(*net.UDPAddr).Port)
	}
	path := filepath.Join(t.TempDir(), "x.pcap")
	c, err := OpenCapture(path, Ports{Signal: port[0], First: port[1], Last: port[1]})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i := range at {
		if _, err := sender.WriteTo(make([]byte, 172), at[i].LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	if lost, err := c.Close(); err != nil || lost != 0 {
		t.Fatalf("lost %d: %v", lost, err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for {
		b, info, err := r.ReadPacketData()
		if err != nil {
			break
		}
		sizes = append(sizes, len(b))
		if d := info.Timestamp.Sub(began); d < -time.Second || d > 5*time.Second {
			t.Errorf("a packet at %s of the sending", d)
		}
	}
	if want := []int{headers + 8 + 172, rtpPacket}; !slices.Equal(sizes, want) {
		t.Errorf("captured %v bytes, want %v", sizes, want)
	}
}
