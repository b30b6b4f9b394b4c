package floor_test

import (
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
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

// spoken says the same again and again.
type spoken struct {
	samples []int16
	at      int
}

func (s *spoken) Frame(dst []int16) {
	for i := range dst {
		dst[i] = s.samples[s.at%len(s.samples)]
		s.at++
	}
}

// spokenIn is generated speech of a language: prompts that the product is built
// with, read from their files.
func spokenIn(t *testing.T, language string, names ...string) (all []int16) {
	t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join("..", "..", "..", "media", "prompts", language, name+".wav"))
		must(t, err)
		for _, v := range wiretap.Decode(phone.PCMU, b[58:]) {
			all = append(all, int16(v*16000))
		}
	}
	return all
}

// alike is how well a piece of what was recorded is found in what was said: the
// highest normalized correlation, from −1 to 1, and where.
func alike(piece []float64, said []int16, from, to int) (best float64, at int) {
	for lag := from; lag < to; lag++ {
		var xy, xx, yy float64
		for i, x := range piece {
			y := float64(said[(lag+i+len(said))%len(said)])
			xy += x * y
			xx += x * x
			yy += y * y
		}
		if c := xy / math.Sqrt(xx*yy+1e-9); c > best {
			best, at = c, lag
		}
	}
	return best, at
}

// follows cuts a channel into pieces of 0.2 s and returns the mean of how alike
// those that hold sound are to what was said, in the order in which it was said.
// pieces is how many there were.
func follows(channel []float64, said []int16) (mean float64, pieces int) {
	const size = 1600
	at, known := 0, false
	for i := 0; i+size <= len(channel); i += size {
		piece := channel[i : i+size]
		loud := 0.0
		for _, v := range piece {
			loud += v * v
		}
		if loud/size < 1e-4 { // −40 dBFS: a pause of the speaker
			at += size
			continue
		}
		from, to := at-200, at+200
		if !known {
			from, to = 0, len(said)
		}
		c, lag := alike(piece, said, from, to)
		known = known || c > 0.8
		if known {
			at = lag
		}
		at += size
		mean += c
		pieces++
	}
	return mean / float64(max(pieces, 1)), pieces
}

// TestProofSpeech: generated speech is recorded, each side on its own channel, as
// it was said; the other side's speech is not found there (the control that the
// measure can fail); a process that is killed in the middle leaves a recording
// that reads to within two seconds of its end.
func TestProofSpeech(t *testing.T) {
	rep := &rig.Report{
		Title: "Speech", Command: "make proof-speech", Seed: rig.Seed(t),
		Intro: "The real binary records calls between a telephone and a robot who speak generated speech. What a supervisor downloads is compared " +
			"with what was said, 0.2 s at a time, by normalized correlation; the other side's speech is the control.",
	}
	t.Cleanup(func() { rep.Write(t) })
	languages := []string{"en"}
	if rig.Full() {
		languages = []string{"en", "vi", "zh-Hant"}
	}
	h := rig.Open(t, rig.Options{Desks: 1, Uncaptured: true})
	b := manager(t, h)
	b.does("PUT", "/api/recording-policies/queue:desks", wire.RecordingPolicy{Mode: "all", KeepDays: 30})
	c := &crew{t: t, h: h, plan: func(string, wire.Ring) robot.Plan {
		return robot.Plan{React: 50 * time.Millisecond, Talk: 6 * time.Second, Wrap: 20 * time.Millisecond}
	}}
	voice := &swapped{}
	rig.SeatRobots(t, nil, robot.Config{
		Server: h.URL(), Login: "d01", Password: rig.Password, Stay: true, Voice: voice,
		Decide: func(r wire.Ring) robot.Plan { return c.decide("d01", r) }, Note: c.note,
	})
	for i, language := range languages {
		rep.Scenario(t, "speech in "+language, "both sides speak, sometimes at once", func(t *testing.T, row *rig.Row) {
			customer := spokenIn(t, language, "csat-ask-1-5", "csat-invalid")
			agent := spokenIn(t, language, "queue-welcome", "drop-safe-harbour")
			voice.say(&spoken{samples: agent})
			_, err := h.Net.Place(t.Context(), phonenet.Script{Number: "+8490000002" + string(rune('0'+i)), Dialed: "1902", Voice: &spoken{samples: customer}})
			must(t, err)
			all := func() []stamp.RecStored { return rig.Payloads[stamp.RecStored](h.SQL, "rec.stored") }
			rig.Eventually(t, "the recording is stored", func() bool { return len(all()) == i+1 }, nil)
			row.Calls = 1
			r := listen(t, b.bytes(t, "/api/calls/"+string(all()[i].Call)+"/recordings/1/audio", ""))
			for _, x := range []struct {
				what    string
				channel int
				said    []int16
				is      bool
			}{
				{"customer left", 0, customer, true}, {"agent right", 1, agent, true},
				{"agent left (control)", 0, agent, false}, {"customer right (control)", 1, customer, false},
			} {
				got, pieces := follows(r.channels[x.channel], x.said)
				row.Figure("%s %.3f of %d pieces", x.what, got, pieces)
				if pieces < 10 || x.is && got < 0.95 || !x.is && got > 0.6 {
					t.Errorf("%s: correlation %.3f in %d pieces", x.what, got, pieces)
				}
			}
		})
	}
	rep.Scenario(t, "killed while recording", "SIGKILL 3 s into the talk, then a new start", func(t *testing.T, row *rig.Row) { killed(t, h, c, row, len(languages)) })
}

// swapped is a voice that another may take the place of.
type swapped struct{ now atomic.Pointer[spoken] }

func (s *swapped) say(v *spoken) { s.now.Store(v) }

func (s *swapped) Frame(dst []int16) {
	if v := s.now.Load(); v != nil {
		v.Frame(dst)
		return
	}
	clear(dst)
}

// killed ends the process in the middle of a recording.
func killed(t *testing.T, h *rig.House, c *crew, row *rig.Row, stored int) {
	c.does(func(string, wire.Ring) robot.Plan { return robot.Plan{React: 50 * time.Millisecond, Talk: time.Minute} })
	k := c.calls("+84900000029")
	rig.Eventually(t, "it is recorded", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'rec.started'`) == int64(stored+1)
	}, nil)
	<-time.After(3 * time.Second)
	h.Kill()
	k.leave()
	h.Restart()
	all := func() []stamp.RecStored { return rig.Payloads[stamp.RecStored](h.SQL, "rec.stored") }
	rig.Eventually(t, "what was left is stored", func() bool { return len(all()) == stored+1 }, nil)
	last := all()[stored]
	length := time.Duration(last.LengthUS) * time.Microsecond
	row.Calls = 1
	row.Figure("%v of about 3 s kept", length)
	if !last.Truncated || length < time.Second || length > 4*time.Second {
		t.Errorf("%+v", last)
	}
	b := manager(t, h)
	if r := listen(t, b.bytes(t, "/api/calls/"+string(last.Call)+"/recordings/1/audio", "")); r.length() != length {
		t.Errorf("%v can be heard, %v was stored", r.length(), length)
	}
	var list []wire.Recording
	b.Do(http.MethodGet, "/api/calls/"+string(last.Call)+"/recordings", nil, &list)
	if len(list) != 1 || list[0].Why != "cut_off" || len(rig.Payloads[stamp.RecStopped](h.SQL, "rec.stopped")) != stored+1 {
		t.Errorf("recordings %+v", list)
	}
}
