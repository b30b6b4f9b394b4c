// Package prompts is the default set of spoken prompts and music. README.md says what each one says.
package prompts

import (
	"embed"
	"errors"
	"fmt"
	"strings"

	"github.com/callstamp/callstamp/media"
)

// The names of the prompts.
const (
	CSATAsk         = "csat-ask-1-5"
	CSATInvalid     = "csat-invalid"
	CSATThanks      = "csat-thanks"
	QueueWelcome    = "queue-welcome"
	DropSafeHarbour = "drop-safe-harbour"
	QueueClosed     = "queue-closed"
	QueueFull       = "queue-full"
	QueueNobody     = "queue-nobody"
	QueueComfort    = "queue-comfort"
	MenuInvalid     = "menu-invalid"
	MenuSilent      = "menu-silent"
	CallbackOffer   = "callback-offer"
	CallbackThanks  = "callback-thanks"
	VoicemailGreet  = "voicemail-greeting"
	VoicemailThanks = "voicemail-thanks"
	CallRecorded    = "call-recorded"
)

// ErrUnknown says that there is no such prompt, or not in this language.
var ErrUnknown = errors.New("unknown prompt")

//go:embed music.wav en vi zh-Hant
var files embed.FS

// Names are all prompts that are whole sentences; each exists in every language of
// Languages. Words of numbers differ by language: call.SpokenWords.
func Names() []string {
	names := []string{
		CSATAsk, CSATInvalid, CSATThanks, QueueWelcome, DropSafeHarbour, QueueClosed, QueueFull, QueueNobody, QueueComfort,
		MenuInvalid, MenuSilent, CallbackOffer, CallbackThanks, VoicemailGreet, VoicemailThanks, CallRecorded,
	}
	for _, of := range surveys() {
		names = append(names, "survey-"+of)
	}
	return names
}

// surveys are the prompts of surveys, without their family's name: an opening, a farewell, what is said after a key that
// is no answer, by scale, and the questions, by type.
func surveys() []string {
	return []string{
		"opening", "opening-again", "thanks", "again-1-5", "again-0-10", "again-1-2",
		"nps", "resolved", "expectation", "attitude", "professionalism", "problem_solving", "effort", "voice",
	}
}

// Has reports whether there is the prompt in the language.
func Has(lang, name string) bool {
	for tag := lang; tag != ""; tag = parent(tag) {
		if f, err := files.Open(tag + "/" + name + ".wav"); err == nil {
			return f.Close() == nil
		}
	}
	return false
}

// Languages are BCP 47 tags.
func Languages() []string { return []string{"en", "vi", "zh-Hant"} }

// Load gives a prompt in a language, or in what the language is a variant of: "vi-VN", then "vi". It decodes the file:
// load once, play often. ErrUnknown when there is none.
func Load(lang, name string) (*media.Clip, error) {
	for tag := lang; tag != ""; tag = parent(tag) {
		if f, err := files.Open(tag + "/" + name + ".wav"); err == nil {
			defer f.Close()
			return media.ReadWAV(f)
		}
	}
	return nil, fmt.Errorf("prompt %q in %q: %w", name, lang, ErrUnknown)
}

// Music is the music on hold, made to be looped.
func Music() (*media.Clip, error) {
	f, err := files.Open("music.wav")
	if err != nil {
		return nil, fmt.Errorf("music on hold: %w", err)
	}
	defer f.Close()
	return media.ReadWAV(f)
}

// parent is the tag without its last part (RFC 4647 §3.4).
func parent(tag string) string {
	i := strings.LastIndexByte(tag, '-')
	return tag[:max(i, 0)]
}
