package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestNumbersAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"dial +84905550001 refused":                 "dial …001 refused",
		"sip:84905550001@10.0.0.7:5060 has gone":    "sip:…001@10.0.0.7:5060 has gone",
		"tel:0905550001;phone-context=x":            "tel:…001;phone-context=x",
		"+84 90 555 00 01, (028) 5550-0146":         "…001, …146",
		"number 028.5550.0146 is busy":              "number …146 is busy",
		`To: "Lan" <sip:61234567@sg.example>`:       `To: "Lan" <sip:…567@sg.example>`,
		"886912345678":                              "…678",
		"1900 and 113 are no secrets":               "1900 and 113 are no secrets",
		"call 019aa511-29f8-7c4e-9d35-500000000077": "call 019aa511-29f8-7c4e-9d35-500000000077",
		"at 2026-11-21T14:00:00.123456Z":            "at 2026-11-21T14:00:00.123456Z",
		"listen 192.168.100.200:65535: refused":     "listen 192.168.100.200:65535: refused",
		"at 1795244543000000 µs":                    "at 1795244543000000 µs",
		"write 00000012.seg: no space":              "write 00000012.seg: no space",
		"took 1.234567891s":                         "took 1.234567891s",
		"sha256 9b5503cdeadbeef0123456789abcdef01":  "sha256 9b5503cdeadbeef0123456789abcdef01",
		"apply 10000001 to 10000512":                "apply 10000001 to 10000512",
		"":                                          "",
	} {
		if got := maskNumbers(text); got != want {
			t.Errorf("%q\n is %q\nnot %q", text, got, want)
		}
	}
}

type stranger struct {
	Number string
	inner  map[string]string
}

// TestNoWayAroundTheMask: every way to hand a number to a logger.
func TestNoWayAroundTheMask(t *testing.T) {
	const number = "+84905550001"
	for _, json := range []bool{true, false} {
		var out bytes.Buffer
		o := &slog.HandlerOptions{Level: slog.LevelDebug}
		var h slog.Handler = slog.NewTextHandler(&out, o)
		if json {
			h = slog.NewJSONHandler(&out, o)
		}
		log := slog.New(masking{h})
		log.Debug("called " + number)
		log.Info("m", "number", "61234567", "called", "84905550001", "text", "to "+number)
		log.Warn("m", "err", fmt.Errorf("dial: %w", errors.New("no route to sip:84905550001@10.0.0.7")))
		log.Error("m", "any", stranger{number, map[string]string{"a": number}}, "pointer", &stranger{Number: number}, "bytes", []byte(number), "list", []string{number})
		log.With("who", number).WithGroup("g").With("again", number).Info("m", slog.Group("in", "deep", number))
		log.InfoContext(context.Background(), "m", "valuer", late1{number}, "raw", json2(number))
		if bad := regexp.MustCompile(`[^\n]*(9055|61234)[^\n]*`).FindString(out.String()); bad != "" {
			t.Errorf("json %v: %s", json, bad)
		}
	}
}

type late1 struct{ number string }

// LogValue implements slog.LogValuer.
func (l late1) LogValue() slog.Value { return slog.StringValue("is " + l.number) }

func json2(number string) json.RawMessage { return json.RawMessage(`{"n":"` + number + `"}`) }

// TestWhatIsNoNumberKeepsItsForm: figures stay figures, and a call has one key.
func TestWhatIsNoNumberKeepsItsForm(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(masking{slog.NewJSONHandler(&out, nil)})
	log.Info("m", "seq", uint64(1234567890), "took", 1500*time.Millisecond, "call_id", "019aa511-29f8-7c4e-9d35-5f0b6c1e2a77",
		"list", []int{1, 2}, "addr", netip.MustParseAddrPort("10.1.2.3:5060"))
	var got map[string]any
	fine(t, json.Unmarshal(out.Bytes(), &got))
	if got["seq"] != 1234567890.0 || got["took"] != 1.5e9 || got["call"] != "019aa511-29f8-7c4e-9d35-5f0b6c1e2a77" || got["call_id"] != nil ||
		fmt.Sprint(got["list"]) != "[1 2]" || got["addr"] != "10.1.2.3:5060" {
		t.Errorf("logged %s", out.String())
	}
}

// FuzzMask hides a number, written as people and machines write them, in any text.
func FuzzMask(f *testing.F) {
	f.Add("dial ", " refused", uint64(84905550001), uint8(0))
	f.Add("<sip:", "@10.0.0.1>", uint64(886912345678), uint8(1))
	f.Add("at 2026-11-21 ", "", uint64(905550001), uint8(3))
	f.Fuzz(func(t *testing.T, before, after string, n uint64, form uint8) {
		if !maskable(before, after) {
			return
		}
		number := fmt.Sprintf("%d", 100_000_000+n%900_000_000_000_000)
		text := before + " " + dialed(number, form) + " " + after
		if got := maskNumbers(text); strings.Contains(strip(got), number) {
			t.Errorf("%q is %q", text, got)
		}
	})
}

// maskable: digits beside the number would make it another one, an instant or a hash.
func maskable(before, after string) bool {
	return !strings.ContainsAny(before+after, "0123456789") && len(before)+len(after) < 200
}

// dialed is a number in one of the usual forms.
func dialed(number string, form uint8) string {
	r := rand.New(rand.NewPCG(uint64(form), 7))
	switch form % 5 {
	case 0:
		return "+" + number
	case 1:
		return "sip:" + number + "@x"
	case 2:
		return "tel:" + number
	case 3:
		return number
	}
	var b strings.Builder
	for i, d := range number {
		if i > 0 && r.IntN(3) == 0 {
			b.WriteString([]string{" ", "-", ".", "/"}[r.IntN(4)])
		}
		b.WriteRune(d)
	}
	return "+" + b.String()
}

func strip(text string) string {
	return strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "(", "", ")", "").Replace(text)
}
