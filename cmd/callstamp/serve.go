package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/callstamp/callstamp/configs"
)

type serveCmd struct{}

// Run implements the command.
func (serveCmd) Run(w *world) error {
	c, err := loadConfig(w)
	if err != nil {
		return err
	}
	log := newLog(c.Log, w.stderr)
	limitMemory(log)
	app, err := build(w.ctx, c, log)
	if err != nil {
		return codeError{exitDepends, err}
	}
	fmt.Fprintf(w.stdout, "Callstamp %s is running: %s\n", version(), app.url())
	if app.cert != nil && c.HTTP.TLSCert == "" {
		fmt.Fprintf(w.stdout, "Its certificate is its own; the browser's warning must show %s\n", app.cert.fingerprint())
	}
	return app.run(w.ctx)
}

// loadConfig reads the file, the environment and checks everything.
func loadConfig(w *world) (configs.Config, error) {
	file := w.config
	if file == "" {
		file = configs.DefaultFile()
	}
	c, err := configs.Load(configs.Source{File: file, Environ: os.Environ()})
	if err != nil {
		return c, codeError{exitConfig, err}
	}
	return c, nil
}

func newLog(c configs.Log, to io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // Validate has refused other words
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(masking{slog.NewTextHandler(to, o)})
	}
	return slog.New(masking{slog.NewJSONHandler(to, o)})
}

type configCmd struct{}

// Run implements the command.
func (configCmd) Run(w *world) error {
	c, err := loadConfig(w)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w.stdout, c.Redacted())
	return err
}

// run serves until ctx ends, then stops in order.
func (a *app) run(ctx context.Context) error {
	if err := a.start(); err != nil {
		return a.stop(err)
	}
	a.manager.say("READY=1")
	a.loops.run(func(ctx context.Context) {
		a.manager.run(ctx, func() []string { return a.pulses.stuck(time.Now()) }, a.status)
	})
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
		return a.stop(nil)
	case err := <-a.failed:
		return a.stop(err)
	}
}
