package media_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/media"
)

// awaitMix awaits that the newest 200 ms hold each of these tones and none of those.
func (e *ear) awaitMix(t testing.TB, what string, has, not []float64) {
	t.Helper()
	eventually(t, what, func() bool {
		for _, hz := range has {
			if s := e.tone(hz); s < 0.7/float64(len(has)) {
				return false
			}
		}
		for _, hz := range not {
			if e.tone(hz) > 0.02 {
				return false
			}
		}
		return true
	})
}

// TestConference: two trunks, of either law, and a browser. Each hears the others and not itself, then only whom it is
// told to hear; from bridge to mixer and back everybody's stream stays one.
func TestConference(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	a, anna, annaLog := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	b, bob, bobLog := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	w, wen, webLog := webTo(t, e)
	speak(t, media.PCMA, 400, 7, anna.write)
	speak(t, media.PCMU, 900, 8, bob.write)
	speak(t, media.PCMU, 1700, 0, wen.write)
	media.Bridge(a, w)
	anna.awaitTone(t, 1700)

	m := e.NewMixer()
	m.Set([]media.Party{{a, []int{1, 2}}, {b, []int{0, 2}}, {w, []int{0, 1}}})
	anna.awaitMix(t, "anna in the conference", []float64{900, 1700}, []float64{400})
	bob.awaitMix(t, "bob in the conference", []float64{400, 1700}, []float64{900})
	wen.awaitMix(t, "wen in the conference", []float64{400, 900}, []float64{1700})
	for name, log := range map[string]*diary{"a": annaLog, "b": bobLog, "w": webLog} {
		if log.await(t, media.FirstReceived, 1); len(log.all(media.FirstReceived)) > 3 {
			t.Errorf("%s: %d first packets", name, len(log.all(media.FirstReceived)))
		}
	}

	// wen whispers to bob: anna hears bob alone.
	m.Set([]media.Party{{a, []int{1}}, {b, []int{0, 2}}, {w, []int{0, 1}}})
	anna.awaitMix(t, "anna while wen whispers", []float64{900}, []float64{400, 1700})
	bob.awaitMix(t, "bob hears the whisper", []float64{400, 1700}, []float64{900})

	m.Set(nil)
	media.Bridge(a, w)
	anna.awaitMix(t, "anna after the conference", []float64{1700}, []float64{900})
	b.Attach(nil)
	wen.awaitMix(t, "wen after the conference", []float64{400}, []float64{900})
	anna.continuous(t)
	bob.continuous(t)
	wen.continuous(t)
}

// A mixer without members costs nothing and one whose end has closed goes on.
func TestMixerOutlivesItsEnds(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	a, anna, _ := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	b, bob, _ := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	c, _, _ := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	speak(t, media.PCMA, 400, 7, anna.write)
	m := e.NewMixer()
	m.Set([]media.Party{{a, []int{1, 2}}, {b, []int{0, 2}}, {c, []int{0, 1}}})
	bob.awaitTone(t, 400)
	c.Close(nil)
	bob.forget()
	bob.awaitTone(t, 400)
	m.Set([]media.Party{{a, []int{1}}, {b, []int{0}}})
	bob.forget()
	bob.awaitTone(t, 400)
	m.Set(nil)
	m.Set(nil)
	bob.forget()
	anna.forget()
	b.Play("", media.Once(media.Tone(100*time.Millisecond, 700)))
	eventually(t, "the tone alone", func() bool { return len(bob.heard()) == 5 })
	if n := len(anna.heard()); n > 1 {
		t.Errorf("%d packets after the mixer's end", n)
	}
}
