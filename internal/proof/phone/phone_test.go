package phone_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gopacket/gopacket/pcapgo"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

func TestSpeakerIsHeardOnTheWire(t *testing.T) {
	for _, kind := range []byte{phone.PCMU, phone.PCMA} {
		far, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer far.Close()
		to := far.LocalAddr().(*net.UDPAddr).AddrPort()
		tap, err := wiretap.Open(wiretap.Ports{First: to.Port(), Last: to.Port()})
		if err != nil {
			t.Fatal(err)
		}
		s, err := phone.Listen(phone.NewStream(kind, 101, 440))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		s.Speak(to)
		s.Press('5')
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		heard := func() []wiretap.Packet { return tap.Packets(began, nil) }
		if err := tap.Until(ctx, func() bool { return len(heard()) >= 60 }); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s.Close()
		if err := tap.Close(); err != nil {
			t.Error(err)
		}
		judge(t, heard())
	}
}

func TestPCAPHoldsToneAndKeys(t *testing.T) {
	var b bytes.Buffer
	if err := phone.WritePCAP(&b, phone.NewStream(phone.PCMA, 101, 440), 4*time.Second, '5', 2*time.Second); err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	var packets []wiretap.Packet
	for {
		frame, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, wiretap.Packet{At: info.Timestamp, Data: frame[42:]})
	}
	if len(packets) != 200 {
		t.Errorf("%d packets, want 200", len(packets))
	}
	judge(t, packets)
}

func judge(t *testing.T, packets []wiretap.Packet) {
	t.Helper()
	if got := wiretap.Tone(wiretap.Samples(packets)[:4000], 8000, 440); got < 0.99 {
		t.Errorf("share of 440 Hz is %.3f", got)
	}
	if keys := wiretap.Keys(packets, 101); len(keys) != 1 || keys[0].Digit != '5' || keys[0].Duration != 800 || keys[0].Ends != 3 {
		t.Errorf("keys: %+v", keys)
	}
}
