package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/media/prompts"
)

const demoDatabase = "callstamp"

func (d *demo) nodeDir() string { return filepath.Join(d.dir, "node") }

// startPostgres starts the database and forgets its content where that is
// wished. Journal and database belong together: neither goes without the other.
func (d *demo) startPostgres(ctx context.Context) (err error) {
	if d.postgres, err = private.StartPostgres(ctx, private.PostgresOptions{Dir: filepath.Join(d.dir, "postgres")}); err != nil {
		return err
	}
	if d.cmd.Fresh {
		if err := d.postgres.Drop(ctx, demoDatabase); err != nil {
			return err
		}
		if err := os.RemoveAll(d.nodeDir()); err != nil {
			return err
		}
	}
	_, err = d.postgres.Ensure(ctx, demoDatabase)
	return err
}

// startRedis takes what is there: what it holds is rebuilt from the records.
func (d *demo) startRedis(ctx context.Context) (err error) {
	d.redis, err = private.StartRedis(ctx, private.RedisOptions{InProcess: true})
	return err
}

// buildApp builds the same server that serve builds, from a configuration made
// here.
func (d *demo) buildApp(ctx context.Context) error {
	listen, err := freeListen(ctx, d.cmd.Listen)
	if err != nil {
		return err
	}
	if d.app, err = build(ctx, d.config(listen), d.log); err != nil {
		return err
	}
	d.app.http.Handler = d.lobby.watch(d.app.http.Handler)
	return nil
}

// config leaves every port but that of the pages to the system, so that any
// number of demos run side by side.
func (d *demo) config(listen string) configs.Config {
	c := configs.Default()
	c.Organisation.Zone, c.Organisation.Language, c.Organisation.Currency = demoZone(), d.cmd.Language, "VND"
	c.Node.DataDir = d.nodeDir()
	c.HTTP.Listen = listen
	c.SIP.Listen = []string{"udp:127.0.0.1:0"}
	c.Media.ListenIP, c.Media.RTPPorts = "127.0.0.1", configs.PortRange{}
	// Every address: a browser that only has its network's address can't always
	// send to 127.0.0.1. Nothing answers without the ICE password of a login.
	c.Media.ICEUDPListen = "0.0.0.0:0"
	c.Postgres.DSN = configs.DSN(d.postgres.DSN(demoDatabase))
	c.Redis.Addr = d.redis.Addr()
	c.Drain.Timeout = demoDrain
	return c
}

// demoDrain is for the last words of calls whose customers have just hung up.
const demoDrain = 3 * time.Second

// demoZone is the machine's time zone, and one of the product's home where the
// machine has none of its own.
func demoZone() string {
	name := os.Getenv("TZ")
	if name == "" {
		target, _ := os.Readlink("/etc/localtime") // none: no zone
		_, name, _ = strings.Cut(target, "zoneinfo/")
	}
	if _, err := time.LoadLocation(name); err != nil || !strings.Contains(name, "/") || strings.HasPrefix(name, "Etc/") {
		return "Asia/Ho_Chi_Minh"
	}
	return name
}

// openNetwork opens the telephone network that calls the app and is called.
func (d *demo) openNetwork(context.Context) error {
	cues, err := demoCues(d.cmd.Language)
	if err != nil {
		return err
	}
	d.network, err = phonenet.Open(phonenet.Config{
		Listen: "127.0.0.1:0", Target: d.app.ua.Addr("udp").String(), Called: newCalled(d.cmd.Seed).script, Cues: cues,
	})
	return err
}

// demoCues are the prompts and the music by which customers know what they hear.
func demoCues(language string) (map[string][]int16, error) {
	music, err := prompts.Music()
	if err != nil {
		return nil, err
	}
	cues := map[string][]int16{"music": music.Samples()}
	for cue, name := range map[string]string{
		"welcome": prompts.QueueWelcome, "survey": prompts.CSATAsk, "invalid": prompts.CSATInvalid,
		"thanks": prompts.CSATThanks, "sorry": prompts.DropSafeHarbour,
	} {
		clip, err := prompts.Load(language, name)
		if err != nil {
			return nil, err
		}
		cues[cue] = clip.Samples()
	}
	return cues, nil
}

// openDoors starts the server. Where its pages speak https with a certificate
// that nobody has signed, the robots come in by a loopback door of their own.
func (d *demo) openDoors(ctx context.Context) error {
	d.up = true // from here on it takes stop to end it
	if err := d.app.start(); err != nil {
		return err
	}
	d.local = d.app.url()
	if d.app.cert == nil {
		return nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open the robots' door: %w", err)
	}
	d.local = "http://" + l.Addr().String()
	d.app.loops.run(func(context.Context) { _ = d.app.http.Serve(l) }) // ends with the server
	return nil
}
