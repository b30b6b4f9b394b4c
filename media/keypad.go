package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	maxKeys = 32
	// A key shorter than 40 ms need not be recognised (ITU-T Q.24); nobody presses for longer than 5 s.
	minHold, maxHold = 40 * time.Millisecond, 5 * time.Second
	// keyPause between two keys; Q.24 asks for 40 ms at least.
	keyPause = 80 * time.Millisecond
	// endPackets is how often the end of a key is sent (RFC 4733 §2.5.1.4).
	endPackets = 3
	keyVolume  = 10 // dBm0, negated
)

// ErrKeys says that Press was given something that is not on a telephone's keypad, or too much of it.
var ErrKeys = errors.New("not a sequence of keys")

// keypad sends keys, a packet per tick of the wheel.
type keypad struct {
	waiting []key
	frame   int // ticks since the key at the head began
	tone    dualTone
}

type key struct {
	code   byte
	frames int
}

func (k *keypad) press(digits string, hold time.Duration) error {
	if len(k.waiting)+len(digits) > maxKeys {
		return fmt.Errorf("press %d keys with %d waiting: %w", len(digits), len(k.waiting), ErrKeys)
	}
	var pressed []key
	for _, c := range strings.ToUpper(digits) {
		code := strings.IndexRune(keys, c)
		if code < 0 {
			return fmt.Errorf("press %q: %w", c, ErrKeys)
		}
		pressed = append(pressed, key{byte(code), int(min(max(hold, minHold), maxHold) / frameTime)})
	}
	k.waiting = append(k.waiting, pressed...)
	return nil
}

func (k *keypad) busy() bool { return len(k.waiting) > 0 }

// event is the next step of the key at the head as a telephone-event; send is false in the pause between two keys.
func (k *keypad) event(dst []byte) (first, send bool) {
	head := k.waiting[0]
	first, send = k.frame == 0, k.frame < head.frames+endPackets-1
	if send {
		dst[0], dst[1] = head.code, keyVolume
		if k.frame >= head.frames-1 {
			dst[1] |= 0x80
		}
		binary.BigEndian.PutUint16(dst[2:], uint16(min(k.frame+1, head.frames)*FrameSize))
	}
	k.advance(head.frames + endPackets - 1)
	return first, send
}

// sound is the next step as a tone, for far sides without telephone-event.
func (k *keypad) sound(law Law, dst []byte) {
	head := k.waiting[0]
	if k.frame == 0 {
		k.tone = keyTone(keys[head.code])
	}
	for i := range dst {
		dst[i] = law.Silence()
		if k.frame < head.frames {
			dst[i] = law.Encode(k.tone.next())
		}
	}
	k.advance(head.frames)
}

// advance ends the step; a key takes busy frames and the pause.
func (k *keypad) advance(busy int) {
	k.frame++
	if k.frame >= busy+int(keyPause/frameTime) {
		k.waiting, k.frame = k.waiting[1:], 0
	}
}
