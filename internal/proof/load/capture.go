package load

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// Capture writes the datagrams of some UDP ports on loopback to a pcap file,
// each with the kernel's time of its arrival.
type Capture struct {
	fd   int
	file *os.File
	buf  *bufio.Writer
	out  *pcapgo.Writer
	stop chan struct{}
	done chan error
}

// Ports says what is captured: all of Signal, and of packets from or to Media
// what tells about RTP.
type Ports struct {
	Signal      uint16
	First, Last uint16 // of media
}

const (
	wholePacket = 65535
	rtpPacket   = 14 + 20 + 8 + 16         // Ethernet, IP, UDP, an RTP header and a telephone-event
	receiveRoom = 64 << 20                 // the load may stall; no packet may be lost
	wakeEvery   = 100 * time.Millisecond   // to see Close, once nothing comes any more
	headers     = 14 + 20                  // where UDP begins: loopback has no IP options
	sockTimeout = int64(wakeEvery / 1_000) // µs
)

// OpenCapture begins to write to path. It needs root or CAP_NET_RAW.
func OpenCapture(path string, p Ports) (*Capture, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open capture (needs root or CAP_NET_RAW): %w", err)
	}
	c := &Capture{fd: fd, stop: make(chan struct{}), done: make(chan error, 1)}
	if err := c.begin(path, p); err != nil {
		return nil, errors.Join(fmt.Errorf("open capture: %w", err), unix.Close(fd))
	}
	go func() { c.done <- c.read() }()
	return c, nil
}

func (c *Capture) begin(path string, p Ports) error {
	if err := c.filter(p); err != nil {
		return err
	}
	for _, o := range []struct{ level, name, value int }{
		{unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1},
		{unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1}, // loopback shows each packet twice
		{unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveRoom},
	} {
		if err := unix.SetsockoptInt(c.fd, o.level, o.name, o.value); err != nil {
			return fmt.Errorf("set socket option %d: %w", o.name, err)
		}
	}
	if err := unix.SetsockoptTimeval(c.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: sockTimeout}); err != nil {
		return err
	}
	lo, err := wiretap.Loopback()
	if err != nil {
		return err
	}
	all := uint16(unix.ETH_P_ALL)
	if err := unix.Bind(c.fd, &unix.SockaddrLinklayer{Protocol: all<<8 | all>>8, Ifindex: lo}); err != nil {
		return err
	}
	if c.file, err = os.Create(path); err != nil {
		return err
	}
	c.buf = bufio.NewWriterSize(c.file, 1<<20)
	c.out = pcapgo.NewWriterNanos(c.buf)
	return c.out.WriteFileHeader(wholePacket, layers.LinkTypeEthernet)
}

// filter lets through what the ports say, in the kernel.
func (c *Capture) filter(p Ports) error {
	const drop, whole, short = 19, 20, 21
	jump := func(at, to int) uint8 { return uint8(to - at - 1) }
	port := func(at int, off uint32) []bpf.Instruction {
		return []bpf.Instruction{
			bpf.LoadAbsolute{Off: off, Size: 2},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(p.Signal), SkipTrue: jump(at+1, whole)},
			bpf.JumpIf{Cond: bpf.JumpLessThan, Val: uint32(p.First), SkipTrue: 1},
			bpf.JumpIf{Cond: bpf.JumpLessOrEqual, Val: uint32(p.Last), SkipTrue: jump(at+3, short)},
		}
	}
	ins := []bpf.Instruction{
		bpf.LoadAbsolute{Off: 12, Size: 2}, // EtherType
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0x0800, SkipFalse: jump(1, drop)},
		bpf.LoadAbsolute{Off: 23, Size: 1}, // IP protocol
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.IPPROTO_UDP, SkipFalse: jump(3, drop)},
	}
	ins = append(ins, port(4, headers)...)
	ins = append(ins, port(8, headers+2)...)
	for len(ins) <= drop {
		ins = append(ins, bpf.RetConstant{Val: 0})
	}
	ins = append(ins, bpf.RetConstant{Val: wholePacket}, bpf.RetConstant{Val: rtpPacket})
	raw, err := bpf.Assemble(ins)
	if err != nil {
		return fmt.Errorf("assemble filter: %w", err)
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return unix.SetsockoptSockFprog(c.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]})
}

func (c *Capture) read() error {
	frame, meta := make([]byte, wholePacket), make([]byte, 256)
	for {
		n, oob, _, _, err := unix.Recvmsg(c.fd, frame, meta, 0)
		switch {
		case errors.Is(err, unix.EAGAIN):
			select {
			case <-c.stop:
				return nil
			default:
				continue
			}
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("read capture: %w", err)
		}
		at, err := kernelTime(meta[:oob])
		if err != nil {
			return err
		}
		info := gopacket.CaptureInfo{Timestamp: at, CaptureLength: n, Length: n}
		if err := c.out.WritePacket(info, frame[:n]); err != nil {
			return fmt.Errorf("write capture: %w", err)
		}
	}
}

func kernelTime(meta []byte) (time.Time, error) {
	messages, err := unix.ParseSocketControlMessage(meta)
	if err != nil {
		return time.Time{}, fmt.Errorf("read capture's time: %w", err)
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			return time.Unix((*unix.Timespec)(unsafe.Pointer(&m.Data[0])).Unix()), nil
		}
	}
	return time.Time{}, errors.New("read capture: a packet without the kernel's time")
}

// Close writes what is left and returns how many packets the kernel had to
// drop because nobody read them in time.
func (c *Capture) Close() (lost int, err error) {
	close(c.stop)
	err = <-c.done
	stats, serr := unix.GetsockoptTpacketStats(c.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if serr == nil {
		lost = int(stats.Drops)
	}
	return lost, errors.Join(err, serr, c.buf.Flush(), c.file.Close(), unix.Close(c.fd))
}
