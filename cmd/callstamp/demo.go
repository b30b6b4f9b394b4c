package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/private"
)

// demoCmd runs the whole product on stores, telephones and colleagues of its
// own.
type demoCmd struct {
	Listen         string  `help:"Address of the pages; the next free port where it is taken." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Dir            string  `help:"Where the demo's data stays for the next start; by default in your cache folder." type:"path" placeholder:"DIR"`
	Fresh          bool    `help:"Forget the data of earlier starts."`
	Language       string  `help:"Language of the pages and prompts: en, vi or zh-Hant." enum:"en,vi,zh-Hant" default:"en"`
	CallsPerMinute float64 `help:"Customers who call in, a minute, on average." default:"7" placeholder:"N"`
	Robots         int     `help:"Agents without a person." default:"5" placeholder:"N"`
	Seed           uint64  `help:"Who calls when and does what: one seed, one course." default:"1" placeholder:"N"`
}

// Limits of the flags: a private PostgreSQL with 100 connections, two cores and
// robots that share them with the product.
const (
	demoMostCalls  = 60
	demoMostRobots = 50
)

// Validate implements kong's check after parsing.
func (c *demoCmd) Validate() error {
	switch {
	case c.Robots < 0 || c.Robots > demoMostRobots:
		return fmt.Errorf("--robots %d: want 0 to %d", c.Robots, demoMostRobots)
	case c.CallsPerMinute < 0 || c.CallsPerMinute > demoMostCalls:
		return fmt.Errorf("--calls-per-minute %g: want 0 to %d", c.CallsPerMinute, demoMostCalls)
	}
	return nil
}

// demo is what runs: each part is there once it was started.
type demo struct {
	cmd  demoCmd
	dir  string
	out  io.Writer
	log  *slog.Logger
	file *os.File // of the log

	postgres *private.Postgres
	redis    *private.Redis
	app      *app
	network  *phonenet.Network
	lobby    lobby
	secret   string // the robots' password
	up       bool   // the app serves
	local    string // where robots find the pages: loopback, plain http

	customers  loops
	colleagues loops // robots
}

// Run implements the command.
func (c *demoCmd) Run(w *world) error {
	d := &demo{cmd: *c, out: w.stdout}
	began := time.Now()
	err := d.start(w.ctx)
	if err == nil {
		d.printBlock(time.Since(began))
		select {
		case <-w.ctx.Done():
		case err = <-d.app.failed:
		}
	}
	if w.ctx.Err() != nil {
		fmt.Fprintln(d.out, "\nStopping …")
		err = nil // the wish to stop is no failure, whatever it interrupted
	}
	if err = errors.Join(err, d.stop(err)); err != nil {
		return codeError{exitDepends, err}
	}
	if w.ctx.Err() != nil {
		fmt.Fprintln(d.out, "Stopped; nothing is left running.")
	}
	return nil
}

// start brings everything up, in the order in which each needs the one before.
func (d *demo) start(ctx context.Context) error {
	for _, step := range []struct {
		say string
		do  func(context.Context) error
	}{
		{"folder", d.openFolder},
		{"PostgreSQL", d.startPostgres},
		{"Redis", d.startRedis},
		{"Callstamp", d.buildApp},
		{"telephone network", d.openNetwork},
		{"people, queue and campaign", d.people},
		{"doors", d.openDoors},
		{"agents and customers", d.life},
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "· %s\n", step.say)
		began := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("start %s: %w", step.say, err)
		}
		d.log.Info("started", "what", step.say, "took", time.Since(began).Round(time.Millisecond))
	}
	return nil
}

// stop ends everything in the reverse order: customers hang up, the calls that
// are left end, and only then robots leave their desks.
func (d *demo) stop(cause error) error {
	d.customers.stop()
	var errs []error
	switch {
	case d.app != nil && d.up:
		d.app.finish(cause)
		d.colleagues.stop()
		errs = append(errs, d.app.stop(nil))
	case d.app != nil:
		errs = append(errs, d.app.close())
	}
	if d.network != nil {
		errs = append(errs, d.network.Close())
	}
	if d.redis != nil {
		errs = append(errs, d.redis.Stop())
	}
	if d.postgres != nil {
		errs = append(errs, d.postgres.Stop())
	}
	err := errors.Join(errs...)
	if d.file != nil {
		if cause != nil || err != nil {
			d.log.Error("the demo ended", "err", errors.Join(cause, err))
		}
		_ = d.file.Close() // written as far as it went
	}
	return err
}

// openFolder finds the demo's folder and opens its log.
func (d *demo) openFolder(context.Context) error {
	d.dir = d.cmd.Dir
	if d.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("find cache folder (name one with --dir): %w", err)
		}
		d.dir = filepath.Join(cache, "callstamp", "demo")
	}
	if err := os.MkdirAll(d.dir, 0o711); err != nil { // PostgreSQL may run as another user and passes through
		return err
	}
	var err error
	if d.file, err = os.Create(d.logFile()); err != nil {
		return err
	}
	d.log = slog.New(slog.NewTextHandler(d.file, &slog.HandlerOptions{Level: slog.LevelInfo}))
	return nil
}

func (d *demo) logFile() string { return filepath.Join(d.dir, "callstamp.log") }

// freeListen returns the address, or the same with the next port that is free.
func freeListen(ctx context.Context, listen string) (string, error) {
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("--listen: %w", err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", fmt.Errorf("--listen %s: %w", listen, err)
	}
	var lc net.ListenConfig
	for range 100 {
		addr := net.JoinHostPort(host, strconv.FormatUint(port, 10))
		var l net.Listener
		if l, err = lc.Listen(ctx, "tcp", addr); err == nil {
			return addr, l.Close()
		}
		if port++; port > 65535 {
			break
		}
	}
	return "", fmt.Errorf("--listen: no free port from %s on: %w", listen, err)
}
