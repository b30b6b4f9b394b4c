package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

// promptLibrary is what callers can be told: the prompts that people uploaded, before
// those that the binary brings. A call never waits for Postgres, so the sounds
// stand in memory.
type promptLibrary struct {
	language string // the organisation's: spoken where the call's has no such prompt

	mu       sync.Mutex
	uploaded map[string]string      // language/name → sound
	sounds   map[string]*media.Clip // of uploaded, by their hash
	shipped  map[string]*media.Clip // decoded once; nil: there is none
}

// load makes the stored prompts the present ones. Only sounds that are new are
// read.
func (l *promptLibrary) load(ctx context.Context, store *postgres.Store) error {
	stored, err := store.Prompts(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	have := l.sounds
	l.mu.Unlock()
	uploaded, sounds, missing := map[string]string{}, map[string]*media.Clip{}, []string(nil)
	for _, p := range stored {
		uploaded[p.ID] = p.Sound
		if clip := have[p.Sound]; clip != nil {
			sounds[p.Sound] = clip
		} else {
			missing = append(missing, p.Sound)
		}
	}
	if len(missing) > 0 {
		wavs, err := store.PromptSounds(ctx, missing)
		if err != nil {
			return err
		}
		for sound, wav := range wavs {
			if sounds[sound], err = media.ReadWAV(bytes.NewReader(wav)); err != nil {
				return fmt.Errorf("prompt sound %s: %w", sound, err)
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.uploaded, l.sounds = uploaded, sounds
	return nil
}

// Prompt implements exchange.Library: in the language, in what it is a variant
// of, in the organisation's, and in English, whichever is there first.
func (l *promptLibrary) Prompt(language, name string) (*media.Clip, error) {
	for _, tag := range append(variants(language), append(variants(l.language), "en")...) {
		if clip := l.exact(tag, name); clip != nil {
			return clip, nil
		}
	}
	return nil, fmt.Errorf("prompt %q in %q: %w", name, language, prompts.ErrUnknown)
}

// Has reports whether a prompt can be said in the language itself or in what it
// is a variant of (call.Prompts).
func (l *promptLibrary) Has(language, name string) bool {
	for _, tag := range variants(language) {
		if l.exact(tag, name) != nil {
			return true
		}
	}
	return false
}

// Music implements exchange.Library: an uploaded prompt of that name, else the
// piece that the binary brings.
func (l *promptLibrary) Music(name string) (*media.Clip, error) {
	if name != "" && name != "music" {
		if clip, err := l.Prompt(l.language, name); err == nil {
			return clip, nil
		}
	}
	return l.ship("music", prompts.Music)
}

func (l *promptLibrary) exact(tag, name string) *media.Clip {
	l.mu.Lock()
	clip := l.sounds[l.uploaded[tag+"/"+name]]
	l.mu.Unlock()
	if clip != nil {
		return clip
	}
	clip, err := l.ship(tag+"/"+name, func() (*media.Clip, error) { return prompts.Load(tag, name) })
	if err != nil {
		return nil
	}
	return clip
}

// ship decodes what the binary brings once; that it brings none is known after
// once, too.
func (l *promptLibrary) ship(key string, load func() (*media.Clip, error)) (*media.Clip, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if clip, known := l.shipped[key]; known {
		if clip == nil {
			return nil, prompts.ErrUnknown
		}
		return clip, nil
	}
	clip, err := load()
	if err != nil && !errors.Is(err, prompts.ErrUnknown) {
		return nil, err
	}
	if l.shipped == nil {
		l.shipped = map[string]*media.Clip{}
	}
	l.shipped[key] = clip
	return clip, err
}

// variants are a language tag and what it is a variant of (RFC 4647 §3.4).
func variants(tag string) []string {
	var all []string
	for tag != "" {
		all = append(all, tag)
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return all
}
