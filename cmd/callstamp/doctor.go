package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/configs"
)

// doctorCmd says what is missing before or while the server runs.
type doctorCmd struct{}

// errIll is told apart by the exit code; the lines have the reasons.
var errIll = errors.New("something is missing")

// finding is one line of the doctor: what was looked at, what was found, and
// what to do where something is wrong.
type finding struct {
	what string
	is   verdict
	say  string
	fix  string // "" where nothing is to be done
}

type verdict string

const (
	good verdict = "ok"
	note verdict = "note" // works, but should be known
	bad  verdict = "BAD"
)

// doctor looks at one configuration.
type doctor struct {
	config  configs.Config
	running bool // a server with this configuration runs: it has the ports
	found   []finding
}

// Run implements the command.
func (doctorCmd) Run(w *world) error {
	d := &doctor{}
	if d.readConfig(w) {
		d.running = answers(w.ctx, d.config)
		for _, check := range []func(context.Context){
			d.checkPostgres, d.checkRedis, d.checkJournal, d.checkHTTP, d.checkSIP, d.checkRTP, d.checkICE, d.checkFiles, d.checkZones,
		} {
			check(w.ctx)
		}
	}
	return d.report(w.stdout)
}

// add notes a finding, on one line whatever a library says.
func (d *doctor) add(what string, is verdict, say, fix string) {
	var lines []string
	for line := range strings.Lines(say) {
		if line = strings.TrimSpace(line); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	d.found = append(d.found, finding{what, is, strings.Join(lines, " "), fix})
}

// report prints a line for each finding.
func (d *doctor) report(to io.Writer) error {
	ill := 0
	for _, f := range d.found {
		line := fmt.Sprintf("%-4s  %-14s %s", f.is, f.what, f.say)
		if f.fix != "" {
			line += ". Fix: " + f.fix
		}
		if _, err := fmt.Fprintln(to, line); err != nil {
			return err
		}
		if f.is == bad {
			ill++
		}
	}
	if ill > 0 {
		return codeError{exitDepends, fmt.Errorf("%w: %d of %d checks", errIll, ill, len(d.found))}
	}
	return nil
}

// readConfig adds a line for each problem; false when there is one, as nothing
// else can be looked at then.
func (d *doctor) readConfig(w *world) bool {
	file := w.config
	if file == "" {
		file = configs.DefaultFile()
	}
	var err error
	d.config, err = configs.Load(configs.Source{File: file, Environ: os.Environ()})
	if file == "" {
		file = "defaults and environment; no file"
	}
	if err == nil {
		d.add("configuration", good, file, "")
		return true
	}
	for _, one := range each(err) {
		d.add("configuration", bad, one.Error(), "correct "+file)
	}
	return false
}

// each takes a joined error apart.
func each(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error }) // what was joined, not what it wraps
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, each(e)...)
	}
	return all
}

// answers says whether our server is behind the configured address.
func answers(ctx context.Context, c configs.Config) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, serverURL(c)+"/healthz", nil)
	if err != nil {
		return false
	}
	client := healthClient()
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 10))
	return err == nil && res.StatusCode == http.StatusOK && string(text) == "ok\n"
}
