package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

type promptsCmd struct {
	Import promptsImportCmd `cmd:"" help:"Upload a folder of WAVs as prompts: LANGUAGE/NAME.wav, as Asterisk's sets are laid out."`
	Check  promptsCheckCmd  `cmd:"" help:"Name every prompt that queues and menus need and that lacks their language; exit 0 only when none does."`
}

type promptsImportCmd struct {
	Dir      string `arg:"" type:"existingdir" help:"The folder, or one language's folder with --language."`
	Language string `help:"Of the files, where the folder has none of its own." placeholder:"TAG"`
}

// usualNames are prompts of Asterisk's sets that say what one of ours says.
var usualNames = map[string]string{ //nolint:gochecknoglobals // read-only table
	"queue-thankyou": "queue-comfort", "queue-youarenext": "queue-wait-short", "pbx-invalid": "menu-invalid", "vm-intro": "voicemail-greeting",
	"auth-thankyou": "voicemail-thanks",
}

var (
	promptName     = regexp.MustCompile(`^[a-z0-9][a-z0-9_/-]{0,63}$`)
	promptLanguage = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// promptOf reads a file's place in the tree: "en/digits/1.wav" is digits/1 in
// English, "zh_TW/…" Traditional Chinese. false: it is no prompt.
func promptOf(file, language string) (tag, name string, ok bool) {
	name, isWAV := strings.CutSuffix(strings.ToLower(file), ".wav")
	if !isWAV {
		return "", "", false
	}
	tag = language
	if tag == "" {
		folder, _, below := strings.Cut(file, "/")
		if !below {
			return "", "", false
		}
		tag = strings.ReplaceAll(folder, "_", "-")
		name = name[len(folder)+1:]
	}
	if t := strings.ToLower(tag); t == "zh-tw" || t == "zh-hk" || t == "zh-hant" {
		tag = "zh-Hant"
	}
	return tag, cmp.Or(usualNames[name], name), promptLanguage.MatchString(tag) && promptName.MatchString(name)
}

// Run implements the command.
func (p promptsImportCmd) Run(w *world) error {
	store, done, err := openStore(w)
	if err != nil {
		return err
	}
	defer done()
	taken, left := 0, 0
	err = filepath.WalkDir(p.Dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		below, err := filepath.Rel(p.Dir, file)
		if err != nil {
			return err
		}
		tag, name, ok := promptOf(path.Clean(filepath.ToSlash(below)), p.Language)
		if !ok {
			left++
			_, err = fmt.Fprintf(w.stdout, "%s is left out: a prompt is LANGUAGE/NAME.wav, NAME of a-z, 0-9, _, - and /\n", below)
			return err
		}
		wav, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		stored, err := putPrompt(w.ctx, store, "prompts import", tag, name, wav)
		if err != nil {
			left++
			_, err = fmt.Fprintf(w.stdout, "%s is left out: %v\n", below, err)
			return err
		}
		taken++
		_, err = fmt.Fprintf(w.stdout, "%s is version %d of %s in %s\n", below, stored.Version, stored.Name, stored.Language)
		return err
	})
	if err != nil {
		return fmt.Errorf("import prompts: %w", err)
	}
	if _, err := fmt.Fprintf(w.stdout, "%d prompts imported, %d files left out.\n", taken, left); err != nil {
		return err
	}
	if left > 0 {
		return codeError{exitFailed, fmt.Errorf("%d files are no prompts", left)}
	}
	return nil
}

type promptsCheckCmd struct{}

// Run implements the command. What leads nowhere is said too: it is found on
// the way, and is as bad for who calls.
func (promptsCheckCmd) Run(w *world) error {
	c, err := loadConfig(w)
	if err != nil {
		return err
	}
	store, done, err := openStore(w)
	if err != nil {
		return err
	}
	defer done()
	p := &people{store: store, config: c, sounds: promptLibrary{language: c.Organisation.Language}}
	if err := p.load(w.ctx); err != nil {
		return codeError{exitDepends, err}
	}
	now := p.now.Load()
	problems := p.problems(now.queues, now.front)
	for _, x := range problems {
		if _, err := fmt.Fprintf(w.stdout, "%s: %s\n", x.Where, x.What); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return codeError{exitFailed, fmt.Errorf("%d things are missing or lead nowhere", len(problems))}
	}
	_, err = fmt.Fprintln(w.stdout, "Every prompt that is needed is there.")
	return err
}
