package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Prompt is the version of an uploaded prompt that is played. Those before it
// stand in the history and keep their sounds.
type Prompt struct {
	ID       string `db:"id"` // language/name
	Language string `db:"language"`
	Name     string `db:"name"`
	Version  int    `db:"version"`
	Sound    string `db:"sound"` // SHA-256 of the WAV, hexadecimal
	LengthUS int64  `db:"length_us"`
}

// PutPrompt makes a sound the next version of a prompt. The same sound again
// changes nothing.
func (s *Store) PutPrompt(ctx context.Context, actor Actor, language, name string, wav []byte, lengthUS int64) (Prompt, error) {
	hash := sha256.Sum256(wav)
	p := Prompt{ID: language + "/" + name, Language: language, Name: name, Sound: hex.EncodeToString(hash[:]), LengthUS: lengthUS}
	err := s.change(ctx, actor, "put prompt "+p.ID, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO prompt_sounds (organisation_id, sound, wav) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			s.org, p.Sound, wav); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO prompts AS p (organisation_id, id, language, name, version, sound, length_us)
			VALUES ($1, $2, $3, $4, 1, $5, $6)
			ON CONFLICT (organisation_id, id) DO UPDATE SET version = p.version + 1, sound = excluded.sound, length_us = excluded.length_us
			WHERE p.sound <> excluded.sound`,
			s.org, p.ID, language, name, p.Sound, lengthUS); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT version FROM prompts WHERE organisation_id = $1 AND id = $2`, s.org, p.ID).Scan(&p.Version)
	})
	return p, err
}

// Prompts lists the uploaded prompts.
func (s *Store) Prompts(ctx context.Context) ([]Prompt, error) {
	return list[Prompt](ctx, s, "list prompts", `
		SELECT id, language, name, version, sound, length_us FROM prompts WHERE organisation_id = $1 ORDER BY id`, s.org)
}

// PromptSounds returns the WAVs of those of the sounds that there are.
func (s *Store) PromptSounds(ctx context.Context, sounds []string) (map[string][]byte, error) {
	rows, err := s.pool.Query(ctx, `SELECT sound, wav FROM prompt_sounds WHERE organisation_id = $1 AND sound = ANY ($2)`, s.org, sounds)
	if err != nil {
		return nil, fmt.Errorf("read prompt sounds: %w", err)
	}
	found := map[string][]byte{}
	var sound string
	var wav []byte
	if _, err := pgx.ForEachRow(rows, []any{&sound, &wav}, func() error {
		found[sound] = append([]byte(nil), wav...)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read prompt sounds: %w", err)
	}
	return found, nil
}
