package media

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func eventPayload(code byte, end bool, duration uint16) []byte {
	b := []byte{code, 10, 0, 0}
	if end {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], duration)
	return b
}

// keyPackets are those of one key: every 20 ms, the end three times.
func keyPackets(code byte, ts uint32, frames int) (out [][]byte, stamps []uint32) {
	for i := 1; i <= frames+2; i++ {
		out = append(out, eventPayload(code, i >= frames, uint16(min(i, frames)*FrameSize)))
		stamps = append(stamps, ts)
	}
	return out, stamps
}

// M6: twelve keys, each told once, whatever is lost (but not all of it) or doubled.
func TestDigitsAreToldOnce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var d digitReader
		var got []pressed
		now := time.Now()
		for i := range 12 {
			packets, stamps := keyPackets(byte(i), uint32(1000+i*2000), 5)
			keep := rnd.IntN(len(packets))
			for n, p := range packets {
				now = now.Add(20 * time.Millisecond)
				if n != keep && rnd.IntN(3) == 0 {
					continue
				}
				for range 1 + rnd.IntN(2) {
					got = d.heard(header{ssrc: 9, ts: stamps[n]}, p, now, got)
				}
			}
			now = now.Add(digitGap)
			got = d.expire(now, got)
		}
		var keysTold []byte
		for _, p := range got {
			keysTold = append(keysTold, p.key)
		}
		if string(keysTold) != keys[:12] {
			t.Fatalf("round %d: %q", round, keysTold)
		}
	}
}

func TestDigitsTellBeginningAndDuration(t *testing.T) {
	var d digitReader
	start := time.Now()
	packets, stamps := keyPackets(5, 777, 6)
	var got []pressed
	for i, p := range packets {
		got = d.heard(header{ssrc: 1, ts: stamps[i]}, p, start.Add(time.Duration(i)*frameTime), got)
	}
	if want := []pressed{{'5', start, 120 * time.Millisecond}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDigitsWithoutEnd(t *testing.T) {
	start := time.Now()
	var d digitReader
	got := d.heard(header{ts: 1}, eventPayload(3, false, 160), start, nil)
	if got = d.expire(start.Add(digitGap-1), got); len(got) != 0 {
		t.Error("told too early")
	}
	got = d.expire(start.Add(digitGap), got)
	got = d.heard(header{ts: 1}, eventPayload(3, true, 320), start.Add(time.Second), got) // its end, a second late
	if len(got) != 1 || got[0].key != '3' {
		t.Errorf("%v", got)
	}

	d = digitReader{}
	got = d.heard(header{ts: 1}, eventPayload(3, false, 160), start, nil)
	got = d.heard(header{ts: 5000}, eventPayload(3, true, 160), start.Add(50*time.Millisecond), got)
	if len(got) != 2 {
		t.Errorf("the same key twice, the first without end: %v", got)
	}
}

// RFC 4733 §2.5.1.3: a key longer than the duration field goes on in another segment.
func TestDigitsLongerThanASegment(t *testing.T) {
	var d digitReader
	now := time.Now()
	got := d.heard(header{ts: 100}, eventPayload(1, false, 0xFFFF), now, nil)
	got = d.heard(header{ts: 100 + 0xFFFF}, eventPayload(1, false, 800), now, got)
	got = d.heard(header{ts: 100}, eventPayload(1, false, 0xFFFF), now, got) // late
	got = d.heard(header{ts: 100 + 0xFFFF}, eventPayload(1, true, 8001), now, got)
	if len(got) != 1 || got[0].duration != samplesToTime(0xFFFF+8001) {
		t.Errorf("%v", got)
	}
}

func FuzzDigits(f *testing.F) {
	f.Add([]byte{5, 0x8A, 3, 0x20}, uint32(1))
	f.Add([]byte{16, 0, 0}, uint32(2))
	f.Fuzz(func(t *testing.T, payload []byte, ts uint32) {
		var d digitReader
		now := time.Now()
		out := d.heard(header{ts: ts}, payload, now, nil)
		out = d.heard(header{ts: ts}, payload, now, out)
		out = d.expire(now.Add(time.Second), out)
		if len(out) > 1 {
			t.Errorf("one event, %d keys", len(out))
		}
		for _, k := range out {
			if !slices.Contains([]byte(keys), k.key) || k.duration < 0 {
				t.Errorf("key %q for %v", k.key, k.duration)
			}
		}
	})
}

func TestKeypadSpeaksRFC4733(t *testing.T) {
	var k keypad
	if err := k.press("1#", 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	var got [][]byte
	firsts := 0
	for frames := 0; k.busy(); frames++ {
		b := make([]byte, 4)
		first, send := k.event(b)
		if first {
			firsts++
		}
		if send {
			got = append(got, b)
		}
		if frames > 100 {
			t.Fatal("never ends")
		}
	}
	want, _ := keyPackets(1, 0, 5)
	second, _ := keyPackets(11, 0, 5)
	want = append(want, second...)
	if !slices.EqualFunc(got, want, slices.Equal) || firsts != 2 {
		t.Errorf("%v, want %v; %d beginnings", got, want, firsts)
	}
	for _, bad := range []string{"1x", "ü", "123456789012345678901234567890123"} {
		if err := k.press(bad, 0); err == nil || k.busy() {
			t.Errorf("press %q: %v, %d keys wait", bad, err, len(k.waiting))
		}
	}
}

// What our own keypad plays, our own ear understands: every key, in both laws.
func TestInbandHearsTheKeypad(t *testing.T) {
	for _, law := range []Law{PCMU, PCMA} {
		for _, hold := range []time.Duration{60 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond} {
			var k keypad
			if err := k.press(keys, hold); err != nil {
				t.Fatal(err)
			}
			var r inbandReader
			var got []pressed
			at := time.Now()
			for ; k.busy(); at = at.Add(frameTime) {
				b := make([]byte, FrameSize)
				k.sound(law, b)
				got = r.heard(b, law, at, got)
			}
			told := ""
			for _, p := range got {
				told += string(p.key)
				if d := p.duration - hold; d < -30*time.Millisecond || d > 30*time.Millisecond {
					t.Errorf("%v %c held for %v, heard for %v", law, p.key, hold, p.duration)
				}
			}
			if told != keys {
				t.Errorf("%v %v: %q, want %q", law, hold, told, keys)
			}
		}
	}
}

func TestInbandIsDeafToOtherSounds(t *testing.T) {
	noise := make([]int16, 8000*20)
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = int16(rnd.IntN(20000) - 10000)
	}
	for name, clip := range map[string]*Clip{
		"noise":          NewClip(noise),
		"one row":        Tone(time.Second, 697),
		"one column":     Tone(time.Second, 1336),
		"dial tone":      Tone(time.Second, 350, 440),
		"busy":           Tone(time.Second, 480, 620),
		"two rows":       Tone(time.Second, 697, 941),
		"three tones":    Tone(time.Second, 770, 1336, 1900),
		"a vowel's comb": Tone(time.Second, 150, 300, 450, 600, 750, 900, 1050, 1200, 1350),
	} {
		var r inbandReader
		got := r.heard(clip.coded[PCMA], PCMA, time.Now(), nil)
		got = r.heard(make([]byte, 800), PCMU, time.Now(), got)
		if len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}
