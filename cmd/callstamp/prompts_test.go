package main

import "testing"

func TestPromptOf(t *testing.T) {
	for _, c := range []struct {
		file, language string
		tag, name      string // "": it is none
	}{
		{"en/queue-closed.wav", "", "en", "queue-closed"}, {"vi/digits/1.wav", "", "vi", "digits/1"}, {"zh_TW/vm-intro.WAV", "", "zh-Hant", "voicemail-greeting"},
		{"zh-HK/hello.wav", "", "zh-Hant", "hello"}, {"en_GB/queue-thankyou.wav", "", "en-GB", "queue-comfort"}, {"digits/7.wav", "vi", "vi", "digits/7"},
		{"hello.wav", "", "", ""}, {"en/hello.gsm", "", "", ""}, {"en/two words.wav", "", "", ""}, {"CHANGES", "en", "", ""}, {"sounds!/hello.wav", "", "", ""},
	} {
		tag, name, ok := promptOf(c.file, c.language)
		if ok != (c.name != "") || ok && (tag != c.tag || name != c.name) {
			t.Errorf("%s: %s %s %v", c.file, tag, name, ok)
		}
	}
}
