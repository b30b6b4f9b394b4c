package call

import (
	"strings"
	"testing"
)

// TestSpokenNumber reads the numbers as a speaker of each language says them.
func TestSpokenNumber(t *testing.T) {
	for _, c := range []struct {
		language string
		n        int
		want     string
	}{
		{"en", 0, "0"}, {"en", 7, "7"}, {"en", 13, "13"}, {"en", 20, "20"}, {"en", 21, "20 1"}, {"en", 99, "90 9"}, {"en", 100, "1 hundred"},
		{"en", 115, "1 hundred 15"}, {"en", 120, "1 hundred 20"}, {"en", 942, "9 hundred 40 2"}, {"en-GB", 30, "30"},
		{"vi", 0, "0"}, {"vi", 5, "5"}, {"vi", 10, "10"}, {"vi", 11, "10 1"}, {"vi", 15, "10 5-after-ten"}, {"vi", 20, "2 ty"},
		{"vi", 21, "2 ty 1-after-ty"}, {"vi", 24, "2 ty 4"}, {"vi", 55, "5 ty 5-after-ten"}, {"vi", 100, "1 hundred"},
		{"vi", 101, "1 hundred and 1"}, {"vi", 105, "1 hundred and 5"}, {"vi", 110, "1 hundred 10"}, {"vi", 321, "3 hundred 2 ty 1-after-ty"},
		{"zh-Hant", 0, "0"}, {"zh-Hant", 2, "2"}, {"zh-Hant", 10, "10"}, {"zh-Hant", 12, "10 2"}, {"zh-Hant", 20, "2 10"}, {"zh-Hant", 35, "3 10 5"},
		{"zh-Hant", 100, "1 hundred"}, {"zh-Hant", 105, "1 hundred 0 5"}, {"zh-Hant", 110, "1 hundred 1 10"}, {"zh-Hant", 215, "both hundred 1 10 5"},
		{"zh-Hant", 222, "both hundred 2 10 2"}, {"fr", 1, ""}, {"en", 1000, ""}, {"vi", -1, ""},
	} {
		got := strings.ReplaceAll(strings.Join(SpokenNumber(c.language, c.n), " "), "digits/", "")
		if got != c.want {
			t.Errorf("%s %d: %q, want %q", c.language, c.n, got, c.want)
		}
	}
}

// Two numbers are never said alike.
func TestSpokenNumbersDiffer(t *testing.T) {
	for _, language := range []string{"en", "vi", "zh-Hant"} {
		said := map[string]int{}
		for n := range maxSpoken + 1 {
			words := strings.Join(SpokenNumber(language, n), " ")
			if other, taken := said[words]; taken || words == "" {
				t.Errorf("%s: %d and %d are %q", language, other, n, words)
			}
			said[words] = n
		}
	}
}

func TestSpokenWait(t *testing.T) {
	for _, c := range []struct {
		language string
		us       int64
		want     string
	}{
		{"en", 1, "queue-wait-short"}, {"en", 59_999_999, "queue-wait-short"}, {"en", 60e6, "queue-wait 1 queue-minute"},
		{"en", 60_000_001, "queue-wait 2 queue-minutes"}, {"vi", 300e6, "queue-wait 5 queue-minutes"},
		{"zh-Hant", 120e6, "queue-wait both queue-minutes"}, {"zh-Hant", 720e6, "queue-wait 10 2 queue-minutes"}, {"en", 1e12, ""},
	} {
		got := strings.ReplaceAll(strings.Join(SpokenWait(c.language, c.us), " "), "digits/", "")
		if got != c.want {
			t.Errorf("%s %d: %q, want %q", c.language, c.us, got, c.want)
		}
	}
	if got := strings.Join(SpokenPosition("zh-Hant", 3), " "); got != "queue-position digits/3 queue-position-after" {
		t.Errorf("third: %q", got)
	}
}
