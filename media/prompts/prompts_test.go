package prompts_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/prompts"
)

func TestEveryPromptInEveryLanguage(t *testing.T) {
	for _, lang := range prompts.Languages() {
		for _, name := range prompts.Names() {
			clip, err := prompts.Load(lang, name)
			if err != nil {
				t.Error(err)
				continue
			}
			audible(t, lang+"/"+name, clip, 2*time.Second, 15*time.Second)
		}
	}
}

// Every word of every number that a caller can be told is there.
func TestEveryWordOfEveryNumber(t *testing.T) {
	for _, lang := range prompts.Languages() {
		words := call.SpokenWords(lang)
		if len(words) < 15 {
			t.Errorf("%s: numbers need %d words", lang, len(words))
		}
		for _, name := range words {
			clip, err := prompts.Load(lang, name)
			if err != nil {
				t.Error(err)
				continue
			}
			audible(t, lang+"/"+name, clip, 200*time.Millisecond, 4*time.Second)
		}
	}
}

func TestMusicLoopsWithoutSeam(t *testing.T) {
	clip, err := prompts.Music()
	if err != nil {
		t.Fatal(err)
	}
	audible(t, "music", clip, 10*time.Second, 20*time.Second)
	s := clip.Samples()
	if jump := int(s[0]) - int(s[len(s)-1]); jump > 500 || jump < -500 {
		t.Errorf("the loop clicks: it ends at %d and begins at %d", s[len(s)-1], s[0])
	}
}

func TestLoadFallsBackToTheLanguageOfAVariant(t *testing.T) {
	if _, err := prompts.Load("zh-Hant-TW", prompts.CSATThanks); err != nil || !prompts.Has("zh-Hant-TW", prompts.CSATThanks) {
		t.Error(err)
	}
	if prompts.Has("fr", prompts.CSATThanks) || prompts.Has("en", "nothing") {
		t.Error("a prompt that is not there")
	}
	for _, c := range [][2]string{{"fr", prompts.CSATThanks}, {"", prompts.CSATThanks}, {"en", "nothing"}, {"en", "../music"}} {
		if _, err := prompts.Load(c[0], c[1]); !errors.Is(err, prompts.ErrUnknown) {
			t.Errorf("Load(%q, %q): %v, want ErrUnknown", c[0], c[1], err)
		}
	}
}

func TestTheSetIsSmall(t *testing.T) {
	total := int64(0)
	err := fs.WalkDir(os.DirFS("."), ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !d.IsDir() {
			total += info.Size()
		}
		return err
	})
	if err != nil || total > 6_500_000 {
		t.Errorf("%d bytes in the binary, %v", total, err)
	}
}

// audible: of a sensible length, not silent, not clipped.
func audible(t *testing.T, name string, c *media.Clip, least, most time.Duration) {
	t.Helper()
	if l := c.Length(); l < least || l > most {
		t.Errorf("%s takes %v", name, l)
	}
	if r := rms(c.Samples()); r < 800 {
		t.Errorf("%s is nearly silent: RMS %.0f", name, r)
	}
	full := 0
	for _, s := range c.Samples() {
		if s > 32000 || s < -32000 {
			full++
		}
	}
	if full > 0 {
		t.Errorf("%s is clipped in %d samples", name, full)
	}
}

func rms(samples []int16) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(samples)))
}
