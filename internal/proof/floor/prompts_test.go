package floor_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFloorPrompts: a manager builds a menu of prompts by the interface. What is
// dangling, round or mute is refused with a sentence; a studio's file becomes a
// prompt that the next caller hears, and its next version the one after.
func TestFloorPrompts(t *testing.T) {
	f := openFront(t, rig.Options{Uncaptured: true}, map[string]any{"routes": []any{route("1900", "queue:service")}})
	boss := rig.NewClient(t, f.URL(), "boss")
	refused := func(method, path string, body any, says string) {
		t.Helper()
		if code, answer := boss.Ask(method, path, body); code != http.StatusBadRequest || !strings.Contains(answer, says) {
			t.Errorf("%s %s: %d %s, want a refusal that says %q", method, path, code, answer, says)
		}
	}
	done := func(method, path string, body any) {
		t.Helper()
		if code, answer := boss.Ask(method, path, body); code != http.StatusNoContent {
			t.Fatalf("%s %s: %d %s", method, path, code, answer)
		}
	}
	menu := map[string]any{"name": "Main", "language": "", "prompt": "hello", "timeout_us": 1_000_000, "retries": 0, "invalid": "", "silent": "",
		"failed": "hangup", "operator": "", "options": map[string]any{"1": "queue:service"}}
	refused(http.MethodPut, "/api/menus/main", menu, `no such prompt in en`)
	upload := func(wav []byte) (int, string) {
		return boss.Send(http.MethodPut, "/api/prompts/en?name=hello", "audio/wav", wav)
	}
	if code, answer := upload([]byte("ID3 no wave")); code != http.StatusBadRequest || !strings.Contains(answer, "save it as WAV") {
		t.Errorf("an MP3 was answered %d %s", code, answer)
	}
	version := func(wav []byte) int {
		t.Helper()
		code, answer := upload(wav)
		var p struct{ Version int }
		if code != http.StatusOK || json.Unmarshal([]byte(answer), &p) != nil {
			t.Fatalf("upload: %d %s", code, answer)
		}
		return p.Version
	}
	if v := version(tone(44100, 2, 24, 700)); v != 1 {
		t.Errorf("the first version is %d", v)
	}
	for key, to := range map[string]string{"2": "menu:gone", "3": "announcement:gone", "4": "voicemail:service"} {
		menu["options"] = map[string]any{"1": "queue:service", key: to}
		refused(http.MethodPut, "/api/menus/main", menu, "key "+key)
	}
	menu["options"], menu["failed"] = map[string]any{"1": "queue:service"}, "menu:main"
	refused(http.MethodPut, "/api/menus/main", menu, "go round: menu:main → menu:main")
	menu["failed"] = "hangup"
	done(http.MethodPut, "/api/menus/main", menu)
	done(http.MethodPut, "/api/routes/1900", map[string]any{"name": "Hotline", "position": 0, "trunk": "", "pattern": "1900", "to": "menu:main",
		"head_start_us": 0, "vip": false, "active": true})
	refused(http.MethodDelete, "/api/menus/main", nil, "its destination leads to the menu")

	hears := func(number string) float64 {
		var heard []int16
		c := f.call(phonenet.Script{Number: number, Dialed: "1900", Heard: func(payload []byte, pt uint8) {
			if pt == 0 || pt == 8 {
				heard = append(heard, phonenet.Decode(payload, pt)...)
			}
		}})
		c.want(t, number, "ended", 0, "", "ivr.entered ivr.node ivr.exited", map[string]any{"outcome": "menu"})
		return pitch(heard)
	}
	if hz := hears("+84940"); math.Abs(hz-700) > 15 {
		t.Errorf("the first version is heard at %.0f Hz", hz)
	}
	if v := version(tone(16000, 1, 16, 1000)); v != 2 {
		t.Errorf("the second version is %d", v)
	}
	if hz := hears("+84941"); math.Abs(hz-1000) > 15 {
		t.Errorf("the second version is heard at %.0f Hz", hz)
	}
	f.importAndCheck(t)
	if n := f.SQL.Count(`SELECT count(*) FROM config_history WHERE kind = 'prompts' AND object = 'en/hello' AND actor <> 'sql'`); n != 2 {
		t.Errorf("%d changes of the prompt in the history", n)
	}
}

// importAndCheck takes a folder as Asterisk lays it out, and asks what is missing
// before and after.
func (f *front) importAndCheck(t *testing.T) {
	t.Helper()
	f.SQL.Exec(`UPDATE doors SET comfort = 'soon'`)
	f.SQL.Exec(`INSERT INTO doors (organisation_id, id, comfort) VALUES ('proof', 'service', 'soon') ON CONFLICT DO NOTHING`)
	if code, out, says := f.Command(f.DSN, "prompts", "check"); code == 0 || !strings.Contains(out, `queue service: comfort says "soon"`) {
		t.Errorf("prompts check: %d %s %s", code, out, says)
	}
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "en", "custom"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "en", "soon.wav"), tone(48000, 1, 16, 900), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "en", "custom", "hello.wav"), tone(8000, 1, 16, 900), 0o644))
	if code, out, says := f.Command(f.DSN, "prompts", "import", dir); code != 0 || !strings.Contains(out, "2 prompts imported, 0 files left out.") {
		t.Errorf("prompts import: %d %s %s", code, out, says)
	}
	if code, out, says := f.Command(f.DSN, "prompts", "check"); code != 0 {
		t.Errorf("prompts check: %d %s %s", code, out, says)
	}
}

// tone is a WAV of 600 ms.
func tone(rate, channels, bits int, hertz float64) []byte {
	var data []byte
	for i := range rate * 6 / 10 {
		v := uint32(int32(0.4 * math.MaxInt32 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate))))
		for range channels {
			for b := 4 - bits/8; b < 4; b++ {
				data = append(data, byte(v>>(8*b)))
			}
		}
	}
	var w bytes.Buffer
	le := func(v any) { _ = binary.Write(&w, binary.LittleEndian, v) }
	io.WriteString(&w, "RIFF")
	le(uint32(36 + len(data)))
	io.WriteString(&w, "WAVEfmt ")
	le(uint32(16))
	le([]uint16{1, uint16(channels)})
	le([]uint32{uint32(rate), uint32(rate * channels * bits / 8)})
	le([]uint16{uint16(channels * bits / 8), uint16(bits)})
	io.WriteString(&w, "data")
	le(uint32(len(data)))
	w.Write(data)
	return w.Bytes()
}

// pitch counts how often the loud part of a sound rises through zero, in Hz.
func pitch(samples []int16) float64 {
	rises, n, last := 0, 0, int16(0)
	for i := 0; i+160 <= len(samples); i += 160 {
		loud := false
		for _, s := range samples[i : i+160] {
			loud = loud || s > 4000
		}
		if !loud {
			continue
		}
		for _, s := range samples[i : i+160] {
			if last < 0 && s >= 0 {
				rises++
			}
			last = s
			n++
		}
	}
	return float64(rises) / (float64(n) / 8000)
}
