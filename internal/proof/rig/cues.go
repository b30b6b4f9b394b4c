package rig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// Cues are the beginnings of what the product plays in English, for
// Options.Cues, as any caller knows them after a few calls: they are read from
// the files that it is built with.
func Cues(t testing.TB) map[string][]int16 {
	t.Helper()
	root, err := moduleRoot()
	must(t, err)
	all := map[string][]int16{}
	for name, file := range map[string]string{"welcome": "en/queue-welcome", "survey": "en/csat-ask-1-5", "again": "en/csat-invalid",
		"thanks": "en/csat-thanks", "drop": "en/drop-safe-harbour", "music": "music"} {
		b, err := os.ReadFile(filepath.Join(root, "media", "prompts", file+".wav"))
		must(t, err)
		all[name], err = samplesOf(b)
		if err != nil {
			t.Fatalf("read %s.wav: %v", file, err)
		}
	}
	return all
}

// samplesOf reads a WAV file of G.711 µ-law at 8 kHz: "RIFF" size "WAVE", then
// chunks of id, size and data padded to an even length.
func samplesOf(b []byte) ([]int16, error) {
	const muLaw, rate = 7, 8000
	if len(b) < 12 || string(b[8:12]) != "WAVE" {
		return nil, fmt.Errorf("no WAVE header in %d bytes", len(b))
	}
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:]))
		body := b[8:min(8+size, len(b))]
		switch id {
		case "fmt ":
			if f, hz := binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint32(body[4:]); f != muLaw || hz != rate {
				return nil, fmt.Errorf("format %d at %d Hz, want µ-law at %d", f, hz, rate)
			}
		case "data":
			samples := make([]int16, len(body))
			for i, v := range wiretap.Decode(phone.PCMU, body) {
				samples[i] = int16(v * 4 * 8159) // of 14 bits, in 16
			}
			return samples, nil
		}
		b = b[min(8+size+size&1, len(b)):]
	}
	return nil, errors.New("no sound in it")
}

// Prompt is a prompt that the binary brings, "en/queue-closed", as a cue.
func Prompt(t testing.TB, file string) []int16 {
	t.Helper()
	root, err := moduleRoot()
	must(t, err)
	b, err := os.ReadFile(filepath.Join(root, "media", "prompts", file+".wav"))
	must(t, err)
	samples, err := samplesOf(b)
	if err != nil {
		t.Fatalf("read %s.wav: %v", file, err)
	}
	return samples
}
