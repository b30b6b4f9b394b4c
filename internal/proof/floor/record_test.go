package floor_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// chorus speaks for so many frames each part, then the next, from the first
// frame that is asked for; after the last it is silent.
type chorus struct {
	parts []part
	n     int
	phase [2]float64
}

// part is up to two sines at once, or nothing.
type part struct {
	frames int
	hz     [2]float64
}

func (c *chorus) Frame(dst []int16) {
	n := c.n
	c.n++
	for _, p := range c.parts {
		if n -= p.frames; n >= 0 {
			continue
		}
		for i := range dst {
			v := 0.0
			for k, hz := range p.hz {
				if hz > 0 {
					v += 8000 * math.Sin(c.phase[k])
					c.phase[k] += 2 * math.Pi * hz / 8000
				}
			}
			dst[i] = int16(v)
		}
		return
	}
	clear(dst)
}

// tape is a recording as a player reads it.
type tape struct {
	channels [2][]float64 // left the customer, right the agents
}

// listen reads a recording's WAV file: G.711, two channels.
func listen(t *testing.T, b []byte) (r tape) {
	t.Helper()
	if len(b) < 58 || string(b[:4]) != "RIFF" || string(b[50:54]) != "data" || binary.LittleEndian.Uint16(b[22:]) != 2 {
		t.Fatalf("%d bytes are no WAV of two channels", len(b))
	}
	law := uint8(phone.PCMU)
	if binary.LittleEndian.Uint16(b[20:]) == 6 {
		law = phone.PCMA
	}
	for i, v := range wiretap.Decode(law, b[58:]) {
		r.channels[i%2] = append(r.channels[i%2], v)
	}
	return r
}

// frames counts the 20 ms frames of a channel, between two instants, in which hz
// has more than half of what is loud enough to be heard.
func (r tape) frames(c int, hz float64, from, to time.Duration) (n int) {
	all := r.channels[c]
	lo, hi := int(from.Seconds()*8000), min(int(to.Seconds()*8000), len(all))
	for i := lo; i+160 <= hi; i += 160 {
		if goertzel(all[i:i+160], hz) > 0.4 {
			n++
		}
	}
	return n
}

func (r tape) length() time.Duration { return time.Duration(len(r.channels[0])) * time.Second / 8000 }

// goertzel is the share of hz in the sound, 0 where there is next to none.
func goertzel(samples []float64, hz float64) float64 {
	var s1, s2, total float64
	k := 2 * math.Cos(2*math.Pi*hz/8000)
	for _, v := range samples {
		s1, s2 = v+k*s1-s2, s1
		total += v * v
	}
	if total/float64(len(samples)) < 1e-5 { // −50 dBFS
		return 0
	}
	return 2 * (s1*s1 + s2*s2 - k*s1*s2) / (float64(len(samples)) * total)
}

// TestFloorRecording: a queue that records. The customer is told first; left is
// the customer and right the agent, and neither is the other; what is said in the
// pause is not on the tape and the gap is where it was; keys heard as tones are
// silenced; the sums are right, any range is the same bytes, each access is
// written down, an agent gets nothing, and a deleted recording is gone.
func TestFloorRecording(t *testing.T) {
	const customerHz, agentHz, cardHz = 400.0, 1000.0, 1700.0
	h := rig.Open(t, rig.Options{Desks: 1, Uncaptured: true})
	b := manager(t, h)
	b.does("PUT", "/api/recording-policies/queue:desks", wire.RecordingPolicy{Mode: "all", Disclosure: "call-recorded", KeepDays: 30})
	c := &crew{t: t, h: h, plan: func(string, wire.Ring) robot.Plan {
		return robot.Plan{React: 100 * time.Millisecond, Talk: 13 * time.Second, Pauses: []robot.Hold{{After: 7 * time.Second, For: 2 * time.Second}}, Wrap: 50 * time.Millisecond}
	}}
	rig.SeatRobots(t, nil, robot.Config{
		Server: h.URL(), Login: "d01", Password: rig.Password, Stay: true, Voice: &robot.Tone{Hz: agentHz},
		Decide: func(r wire.Ring) robot.Plan { return c.decide("d01", r) }, Note: c.note,
	})
	// The customer's clock begins with the call; the talk some 0.5 s later, the
	// recording after 3.1 s of announcement: the keys fall before the pause.
	voice := &chorus{parts: []part{
		{250, [2]float64{customerHz}}, {15, [2]float64{770, 1336}}, {15, [2]float64{}}, {15, [2]float64{852, 1477}}, {60, [2]float64{customerHz}},
		{130, [2]float64{cardHz}}, {2000, [2]float64{customerHz}},
	}}
	done := make(chan error, 1)
	go func() {
		_, err := h.Net.Place(t.Context(), phonenet.Script{Number: "+84900000011", Dialed: "1902", Voice: voice})
		done <- err
	}()
	must(t, <-done)
	rig.Eventually(t, "the recording is stored", func() bool { return len(rig.Payloads[stamp.RecStored](h.SQL, "rec.stored")) == 1 }, nil)
	for kind, want := range map[stamp.Kind]int64{"rec.announced": 1, "rec.disclosed": 1, "rec.started": 1, "rec.paused": 1, "rec.resumed": 1, "rec.stopped": 1, "media.voice": 1} {
		if n := h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = $1`, kind); n != want {
			t.Errorf("%d stamps %s, want %d", n, kind, want)
		}
	}
	stored := rig.Payloads[stamp.RecStored](h.SQL, "rec.stored")[0]
	at := "/api/calls/" + string(stored.Call) + "/recordings"
	var list []wire.Recording
	b.Do(http.MethodGet, at, nil, &list)
	if len(list) != 1 || list[0].WAVSum != stored.WAV || len(list[0].Gaps) != 1 || list[0].Why != "ended" {
		t.Fatalf("recordings %+v", list)
	}
	wav := b.bytes(t, at+"/1/audio", "")
	if sum := sum256(wav); sum != stored.WAV || int64(len(wav)) != list[0].Bytes {
		t.Errorf("%d bytes with sum %s, want %d with %s", len(wav), sum, list[0].Bytes, stored.WAV)
	}
	if got := b.bytes(t, at+"/1/audio", "bytes=20000-29999"); string(got) != string(wav[20000:30000]) {
		t.Errorf("a range of %d bytes is another than in the whole", len(got))
	}
	judge(t, listen(t, wav), list[0].Gaps[0], customerHz, agentHz, cardHz)

	agent := rig.NewClient(t, h.URL(), "d01")
	if status, _ := agent.Ask(http.MethodGet, at+"/1/audio", nil); status != http.StatusForbidden {
		t.Errorf("an agent is answered %d", status)
	}
	var log []wire.RecordingAccess
	b.Do(http.MethodGet, at+"/1/accesses", nil, &log)
	if len(log) != 2 || log[0].From != 20000 || log[0].To != 30000 || log[1].To != int64(len(wav)) {
		t.Errorf("accesses %+v", log)
	}
	b.does(http.MethodDelete, at+"/1", nil)
	if status, _ := b.Ask(http.MethodGet, at+"/1/audio", nil); status != http.StatusNotFound {
		t.Errorf("a deleted recording is answered %d", status)
	}
	if v := rig.Payloads[stamp.MediaVoice](h.SQL, "media.voice")[0]; v.AgentUS+v.BothUS < 10e6 || v.LengthUS < 12e6 || v.BothUS < 5e6 {
		t.Errorf("who spoke: %+v", v)
	}
	h.Settle(time.Minute)
	if _, err := h.Balanced(); err != nil {
		t.Error(err)
	}
}

// judge asks the sound itself.
func judge(t *testing.T, r tape, gap wire.RecordingGap, customerHz, agentHz, cardHz float64) {
	t.Helper()
	const left, right = 0, 1
	from, to, end := time.Duration(gap.FromUS)*time.Microsecond, time.Duration(gap.ToUS)*time.Microsecond, r.length()
	if d := to - from; d < 1900*time.Millisecond || d > 2300*time.Millisecond || end < 8*time.Second || end > 11*time.Second {
		t.Errorf("a gap of %v in %v", d, end)
	}
	after := to + 300*time.Millisecond
	for _, c := range []struct {
		what        string
		channel     int
		hz          float64
		from, to    time.Duration
		least, most float64 // share of the frames
	}{
		{"the agent right", right, agentHz, 200 * time.Millisecond, from, 0.95, 1},
		{"the agent right after the pause", right, agentHz, after, end - 200*time.Millisecond, 0.95, 1},
		{"the customer left after the pause", left, customerHz, to + 800*time.Millisecond, end - 200*time.Millisecond, 0.9, 1},
		{"the customer right", right, customerHz, 0, end, 0, 0}, // the wrong channel
		{"the agent left", left, agentHz, 0, end, 0, 0},
		{"the agent in the pause", right, agentHz, from, to, 0, 0},
		{"the customer in the pause", left, customerHz, from, to, 0, 0},
		{"the card's number in the pause", left, cardHz, from, to, 0, 0},
		{"key 5, low", left, 770, 0, end, 0, 0},
		{"key 5, high", left, 1336, 0, end, 0, 0},
		{"key 9, low", left, 852, 0, end, 0, 0},
		{"key 9, high", left, 1477, 0, end, 0, 0},
	} {
		share := float64(r.frames(c.channel, c.hz, c.from, c.to)) / math.Floor((c.to-c.from).Seconds()*50)
		if share < c.least || share > c.most {
			t.Errorf("%s: %v Hz in %.3f of the frames from %v to %v, want %v to %v", c.what, c.hz, share, c.from, c.to, c.least, c.most)
		}
	}
}

// bytes reads what is at path, or a range of it.
func (b boss) bytes(t *testing.T, path, span string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.Base+path, nil)
	must(t, err)
	if span != "" {
		req.Header.Set("Range", span)
	}
	for _, c := range b.Cookies(t) {
		req.AddCookie(c)
	}
	a, err := http.DefaultClient.Do(req)
	must(t, err)
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	must(t, err)
	return all
}

func sum256(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
