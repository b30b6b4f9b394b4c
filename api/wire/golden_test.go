package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
)

// golden is where the messages lie that the browser's tests read too.
const golden = "../testdata/wire"

// bodies makes the body of each type of frame; nil stands for no body.
func bodies() map[string]any {
	return map[string]any{
		wire.TypeHello: new(wire.Hello), wire.TypeHeartbeat: new(wire.Heartbeat),
		wire.TypeReady: nil, wire.TypePause: new(wire.Pause), wire.TypeLogout: nil,
		wire.TypeMediaOffer: new(wire.SDP), wire.TypeMediaFail: new(wire.MediaFail),
		wire.TypeRinging: new(wire.OfferRef), wire.TypeAccept: new(wire.OfferRef), wire.TypeDecline: new(wire.OfferRef),
		wire.TypeHold: new(wire.Switch), wire.TypeMute: new(wire.Switch), wire.TypeRecord: new(wire.Switch), wire.TypeRecPause: new(wire.Switch), wire.TypeHangup: new(wire.CallRef),
		wire.TypeDial: new(wire.Dial), wire.TypeConsult: new(wire.Ask), wire.TypeConsultEnd: new(wire.CallRef),
		wire.TypeComplete: new(wire.CallRef), wire.TypeTransfer: new(wire.Ask), wire.TypeConference: new(wire.CallRef),
		wire.TypePark: new(wire.CallRef), wire.TypeRetrieve: new(wire.CallRef), wire.TypeDispose: new(wire.Dispose), wire.TypeNote: new(wire.Note),
		wire.TypeWrapExtend: new(wire.CallRef), wire.TypeWrapEnd: new(wire.WrapEnd),

		wire.TypeWelcome: new(wire.Welcome), wire.TypeDone: nil, wire.TypeError: new(wire.Error),
		wire.TypeHeartbeatAck: new(wire.HeartbeatAck), wire.TypeMediaAnswer: new(wire.SDP),
		wire.TypePresence: new(wire.Presence), wire.TypeRing: new(wire.Ring), wire.TypeUnring: new(wire.Unring),
		wire.TypeCall: new(wire.Call), wire.TypeNotice: new(wire.Notice), wire.TypeTakenOver: nil,
	}
}

// pages makes what each other golden file holds.
func pages() map[string]any {
	return map[string]any{
		"live.json": new(wire.Live), "live_first.json": new(wire.Live),
		"ready.json": new(wire.Ready), "login.json": new(wire.Login), "session.json": new(wire.Session), "campaign.json": new(wire.Campaign),
		"kpi.json": new(wire.KPI), "report.json": new(wire.Report),
		"parked.json": new(wire.Parked), "targets.json": new(wire.Targets), "call_row.json": new(wire.CallRow), "call_row_open.json": new(wire.CallRow), "call_detail.json": new(wire.CallDetail),
	}
}

func TestGoldenFrames(t *testing.T) {
	for typ, body := range bodies() {
		t.Run(typ, func(t *testing.T) {
			text := read(t, "frame_"+typ+".json")
			var frame wire.Frame
			if err := strict(text, &frame); err != nil {
				t.Fatalf("decode the frame: %v", err)
			}
			if frame.Type != typ {
				t.Errorf("type = %q, want %q", frame.Type, typ)
			}
			if body == nil {
				if frame.Body != nil {
					t.Errorf("body = %s, want none", frame.Body)
				}
			} else {
				if err := strict(frame.Body, body); err != nil {
					t.Fatalf("decode the body: %v", err)
				}
				frame.Body = encode(t, body)
			}
			same(t, frame, text)
		})
	}
}

func TestGoldenPages(t *testing.T) {
	for name, value := range pages() {
		t.Run(name, func(t *testing.T) {
			text := read(t, name)
			if err := strict(text, value); err != nil {
				t.Fatalf("decode: %v", err)
			}
			same(t, value, text)
		})
	}
}

// TestGoldenComplete fails for a file that nobody reads and for a field that
// no golden file shows.
func TestGoldenComplete(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(golden, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		typ, frame := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "frame_")
		if _, ok := bodies()[typ]; frame && !ok {
			t.Errorf("%s: no frame has this type", name)
		}
		if _, ok := pages()[name]; !frame && !ok {
			t.Errorf("%s: no test reads it", name)
		}
	}
	for typ, body := range bodies() {
		var frame wire.Frame
		if err := json.Unmarshal(read(t, "frame_"+typ+".json"), &frame); err != nil {
			t.Fatal(err)
		}
		if body != nil {
			everyField(t, typ, body, frame.Body)
		}
	}
}

// everyField compares the names in the golden body with those of the type.
func everyField(t *testing.T, typ string, body any, text json.RawMessage) {
	t.Helper()
	var shown map[string]json.RawMessage
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatal(err)
	}
	for _, field := range fields(body) {
		if _, ok := shown[field]; !ok {
			t.Errorf("frame_%s.json does not show the field %q", typ, field)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// strict decodes one JSON value without a field or a word too many.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func encode(t *testing.T, value any) json.RawMessage {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatalf("encode: %v", err)
	}
	return bytes.TrimSpace(out.Bytes())
}

// same fails unless value encodes to the golden text, spaces apart.
func same(t *testing.T, value any, text []byte) {
	t.Helper()
	var want bytes.Buffer
	if err := json.Compact(&want, text); err != nil {
		t.Fatal(err)
	}
	if got := encode(t, value); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("encoded again:\n got %s\nwant %s", got, want.Bytes())
	}
}
