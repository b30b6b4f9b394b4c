package wiretap_test

import (
	"context"
	"encoding/binary"
	"math"
	"net"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// TestTapHearsEachDatagramOnce sends from one socket to another and listens to the receiver's port alone.
func TestTapHearsEachDatagramOnce(t *testing.T) {
	a, b := socket(t), socket(t)
	port := uint16(b.LocalAddr().(*net.UDPAddr).Port)
	tap, err := wiretap.Open(wiretap.Ports{First: port, Last: port})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i := range 3 {
		send(t, a, b.LocalAddr(), []byte{byte(i)})
	}
	send(t, a, a.LocalAddr(), []byte("not for us"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := tap.Until(ctx, func() bool { return len(tap.Packets(began, nil)) >= 3 }); err != nil {
		t.Fatal(err)
	}
	if err := tap.Close(); err != nil {
		t.Fatal(err)
	}
	if err := tap.Close(); err != nil {
		t.Fatalf("second close: %v", err)
	}
	heard := tap.Packets(began, nil)
	if len(heard) != 3 {
		t.Fatalf("heard %d packets, want 3", len(heard))
	}
	for i, p := range heard {
		if p.From.String() != a.LocalAddr().String() || p.To.Port() != port || p.Data[0] != byte(i) || p.At.Sub(began) > 10*time.Second {
			t.Errorf("packet %d: %+v", i, p)
		}
	}
}

func TestToneIsFoundInBothLaws(t *testing.T) {
	for _, row := range []struct {
		law  string
		kind byte
	}{{"µ-law", phone.PCMU}, {"A-law", phone.PCMA}} {
		var packets []wiretap.Packet
		for n := range 50 {
			payload := make([]byte, 160)
			for i := range payload {
				payload[i] = phone.Encode(row.kind, 0.5*math.Sin(2*math.Pi*1000*float64(n*160+i)/8000))
			}
			packets = append(packets, rtp(row.kind, uint32(n*160), payload))
		}
		samples := wiretap.Samples(packets)
		if len(samples) != 8000 {
			t.Fatalf("%s: %d samples", row.law, len(samples))
		}
		if got := wiretap.Tone(samples, 8000, 1000); got < 0.99 {
			t.Errorf("%s: share of 1000 Hz is %.3f", row.law, got)
		}
		if got := wiretap.Tone(samples, 8000, 440); got > 0.001 {
			t.Errorf("%s: share of 440 Hz is %.3f", row.law, got)
		}
		if got := wiretap.Power(samples); math.Abs(got-0.125) > 0.005 {
			t.Errorf("%s: power %.4f, want 0.125", row.law, got)
		}
	}
}

func TestKeysAreCountedByTimestamp(t *testing.T) {
	event := func(ts uint32, digit, end byte, duration uint16) wiretap.Packet {
		return rtp(101, ts, binary.BigEndian.AppendUint16([]byte{digit, end<<7 | 10}, duration))
	}
	keys := wiretap.Keys([]wiretap.Packet{
		event(800, 5, 0, 160), event(800, 5, 0, 320), event(800, 5, 1, 480), event(800, 5, 1, 480), event(800, 5, 1, 480),
		rtp(0, 1600, make([]byte, 160)),
		event(2400, 11, 0, 160), event(2400, 11, 1, 320),
	}, 101)
	if len(keys) != 2 || keys[0].Digit != '5' || keys[0].Duration != 480 || keys[0].Ends != 3 || keys[0].Packets != 5 || keys[1].Digit != '#' {
		t.Errorf("keys: %+v", keys)
	}
}

func rtp(kind byte, ts uint32, payload []byte) wiretap.Packet {
	b := make([]byte, 12, 12+len(payload))
	b[0], b[1] = 0x80, kind
	binary.BigEndian.PutUint32(b[4:], ts)
	return wiretap.Packet{Data: append(b, payload...)}
}

func socket(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func send(t *testing.T, c net.PacketConn, to net.Addr, b []byte) {
	t.Helper()
	if _, err := c.WriteTo(b, to); err != nil {
		t.Fatal(err)
	}
}
