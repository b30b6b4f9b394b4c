package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/redis"
)

// The running server answers the tools on its own machine through a socket in
// the node's folder: who may open the folder may ask.

func adminSocket(c configs.Config) string { return filepath.Join(c.Node.DataDir, "admin.sock") }

// serveAdmin answers on the socket until ctx ends.
func (a *app) serveAdmin(ctx context.Context) {
	path := adminSocket(a.config)
	_ = os.Remove(path) // of a process that died; the journal's lock says that none lives
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		a.log.Error("no admin socket, check --live will not work", "err", err)
		return
	}
	if err := os.Chmod(path, 0o600); err != nil {
		a.log.Error("admin socket", "err", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /check", func(w http.ResponseWriter, r *http.Request) {
		report, err := a.checkLive(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(report) // the tool is gone if this fails
	})
	mux.HandleFunc("GET /journal", a.sendJournal)
	serveHeap(mux)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		a.log.Error("admin socket", "err", err)
	}
}

// auditedBuckets is how far back check --live compares counters that are not
// frozen: the hour that is under way on the wall.
const auditedBuckets = 4

// checkLive checks the books and compares the live store with the stamps, both
// at the Seq that the live store shows.
func (a *app) checkLive(ctx context.Context) (kpi.Report, error) {
	if err := a.journal.Sync(ctx); err != nil {
		return kpi.Report{}, err
	}
	if err := a.await(a.journal.Appended()); err != nil {
		return kpi.Report{}, err
	}
	report, err := a.store.Check(ctx)
	if err != nil {
		return kpi.Report{}, err
	}
	until := stamp.Bucket(stamp.BucketAt(a.clock.Now().At).End())
	from := stamp.Bucket(until.Start() - auditedBuckets*stamp.BucketUS)
	audit, err := redis.NewWall(a.live, a.journal.Node()).Audit(ctx, a.store, from, until)
	if err != nil {
		return kpi.Report{}, err
	}
	return kpi.NewReport(report.Calls, append(report.Differences, audit.Differences...), append(report.Violations, unlike(audit)...)), nil
}

// unlike names what the wall shows otherwise than the stamps say.
func unlike(a redis.Audit) (found []kpi.Violation) {
	if a.Same() || len(a.Differences) > 0 {
		return nil
	}
	const law = "live = stamps"
	shown := map[stamp.ID]kpi.CallNow{}
	for _, c := range a.Shown.Calls {
		shown[c.Call] = c
	}
	for _, c := range a.Counted.Calls {
		if s, ok := shown[c.Call]; !ok || s != c {
			found = append(found, kpi.Violation{Law: law, Row: "call " + string(c.Call), Text: fmt.Sprintf("shown %+v, is %+v", s, c)})
		}
		delete(shown, c.Call)
	}
	for id := range shown {
		found = append(found, kpi.Violation{Law: law, Row: "call " + string(id), Text: "shown, but over"})
	}
	if len(found) == 0 {
		found = append(found, kpi.Violation{Law: law, Row: "agents", Text: fmt.Sprintf("shown %+v, are %+v", a.Shown.Agents, a.Counted.Agents)})
	}
	return found
}

// askLive asks the running server for its report.
func askLive(ctx context.Context, c configs.Config) (r kpi.Report, err error) {
	var d net.Dialer
	client := &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", adminSocket(c))
		},
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://callstamp/check", nil)
	if err != nil {
		return r, err
	}
	res, err := client.Do(req)
	if err != nil {
		return r, fmt.Errorf("ask the running server (is it running, with this configuration?): %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return r, fmt.Errorf("the running server can't check: %s", res.Status)
	}
	return r, json.NewDecoder(res.Body).Decode(&r)
}
