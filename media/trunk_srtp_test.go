package media_test

import (
	"net"
	"testing"
	"time"

	"github.com/callstamp/callstamp/media"
)

func pcmaFormat() media.Format {
	return media.Format{PCMA: 8, PCMU: media.NoPT, Event: 101, Prefer: media.PCMA, Ptime: 20 * time.Millisecond}
}

// secured are two trunk ends that talk with each other, and what each was told of the other.
func secured(t *testing.T, suite media.Suite) (a, b media.TrunkEnd, ofA, ofB media.Remote) {
	t.Helper()
	e := startEngine(t)
	ends := [2]media.TrunkEnd{}
	for i := range ends {
		end, err := e.NewTrunk(media.TrunkConfig{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { end.Close(nil) })
		ends[i] = end
	}
	ka, kb := suite.NewKey(), suite.NewKey()
	ofB = media.Remote{RTP: ends[1].LocalAddr(), Format: pcmaFormat(), Crypto: &media.Crypto{Suite: suite, TX: ka, RX: kb}}
	ofA = media.Remote{RTP: ends[0].LocalAddr(), Format: pcmaFormat(), Crypto: &media.Crypto{Suite: suite, TX: kb, RX: ka}}
	return ends[0], ends[1], ofA, ofB
}

// TestSecureTrunk: sound and keys go through protected, both ways, over a new SDP with the same keys and with others;
// what was protected with another key is not heard.
func TestSecureTrunk(t *testing.T) {
	for _, suite := range media.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			a, b, ofA, ofB := secured(t, suite)
			a.SetRemote(ofB)
			b.SetRemote(ofA)
			a.Play("tone", endless{})
			b.Play("tone", endless{})
			hears := func(e media.TrunkEnd, n uint64) {
				t.Helper()
				from := e.Stats().Received
				eventually(t, "sound", func() bool { return e.Stats().Received >= from+n })
			}
			hears(a, 10)
			hears(b, 10)
			b.SetRemote(ofA) // a re-INVITE that changes nothing
			hears(b, 10)
			next := suite.NewKey()
			ofA.Crypto = &media.Crypto{Suite: suite, TX: ofA.Crypto.TX, RX: next}
			b.SetRemote(ofA)
			from, bad := b.Stats().Received, b.Stats().Malformed
			eventually(t, "packets of the old key", func() bool { return b.Stats().Malformed >= bad+5 })
			if got := b.Stats().Received - from; got > 2 { // those that were on their way
				t.Errorf("%d packets of the old key were heard", got)
			}
			ofB.Crypto = &media.Crypto{Suite: suite, TX: next, RX: ofB.Crypto.RX}
			a.SetRemote(ofB)
			hears(b, 10)
			if a.Stats().Malformed != 0 {
				t.Errorf("%d packets were lost to a change of the other direction's key", a.Stats().Malformed)
			}
		})
	}
}

// TestSecureOnTheWire: whoever has no key sees no sound, and plain RTP is not let in.
func TestSecureOnTheWire(t *testing.T) {
	a, _, _, ofB := secured(t, media.AES128SHA80)
	wire, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer wire.Close()
	ofB.RTP = wire.LocalAddr().(*net.UDPAddr).AddrPort()
	a.SetRemote(ofB)
	a.Play("tone", endless{})
	buf := make([]byte, 2000)
	for range 5 {
		n, from, err := wire.ReadFromUDPAddrPort(buf)
		if err != nil {
			t.Fatal(err)
		}
		if want := 12 + 160 + 10; n != want {
			t.Fatalf("%d bytes, want %d: header, sound, tag", n, want)
		}
		same := 0
		for _, c := range buf[12:172] {
			if c == 0x55 {
				same++
			}
		}
		if same > 20 {
			t.Fatal("the sound can be read")
		}
		plain := append([]byte{0x80, 8, 0, byte(n), 0, 0, 0, 0, 1, 2, 3, 4}, make([]byte, 160)...)
		if _, err := wire.WriteToUDPAddrPort(plain, from); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "plain packets are refused", func() bool { return a.Stats().Malformed >= 5 })
	if got := a.Stats().Received; got != 0 {
		t.Errorf("%d plain packets were heard", got)
	}
}

// endless is the same byte for ever.
type endless struct{}

func (endless) Frame(_ media.Law, dst []byte) int {
	for i := range dst {
		dst[i] = 0x55
	}
	return len(dst)
}

// BenchmarkSecureSend is what the protection of a packet costs on its way out.
func BenchmarkSecureSend(b *testing.B) {
	e := startEngine(b)
	end, err := e.NewTrunk(media.TrunkConfig{})
	if err != nil {
		b.Fatal(err)
	}
	defer end.Close(nil)
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	for _, suite := range append([]media.Suite{""}, media.Suites()...) {
		b.Run("suite="+string(suite), func(b *testing.B) {
			r := media.Remote{RTP: sink.LocalAddr().(*net.UDPAddr).AddrPort(), Format: pcmaFormat()}
			if suite != "" {
				r.Crypto = &media.Crypto{Suite: suite, TX: suite.NewKey(), RX: suite.NewKey()}
			}
			end.SetRemote(r)
			room := make([]byte, 12+160, 1500)
			b.ReportAllocs()
			seq := uint16(0)
			for b.Loop() {
				seq++
				end.WriteRTP(&media.Packet{B: room, At: time.Now(), Law: media.PCMA, Seq: seq, TS: uint32(seq) * 160, SSRC: 7, Via: 9})
			}
		})
	}
}
