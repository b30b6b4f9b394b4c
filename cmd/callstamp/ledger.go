package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// errUnbalanced is told apart by the exit code; the report has the reasons.
var errUnbalanced = errors.New("the ledger does not balance")

type checkCmd struct {
	JSON bool `help:"Print the report as JSON."`
	Live bool `help:"Ask the running server, which also compares the live counters, at one position of the journal."`
}

// Run implements the command.
func (c checkCmd) Run(w *world) error {
	report, err := c.report(w)
	if err != nil {
		return err
	}
	if err := printReport(w.stdout, report, c.JSON); err != nil {
		return err
	}
	if !report.Balanced {
		return codeError{exitFailed, errUnbalanced}
	}
	return nil
}

func (c checkCmd) report(w *world) (kpi.Report, error) {
	if c.Live {
		config, err := loadConfig(w)
		if err != nil {
			return kpi.Report{}, err
		}
		r, err := askLive(w.ctx, config)
		if err != nil {
			return r, codeError{exitDepends, err}
		}
		return r, nil
	}
	store, done, err := openStore(w)
	if err != nil {
		return kpi.Report{}, err
	}
	defer done()
	r, err := store.Check(w.ctx)
	if err != nil {
		return r, codeError{exitDepends, err}
	}
	return r, nil
}

func printReport(to io.Writer, r kpi.Report, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(to)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	for _, d := range r.Differences {
		fmt.Fprintf(to, "%+v: rolled %d, folded %d\n", d.Key, d.Rolled, d.Folded)
	}
	for _, v := range r.Violations {
		fmt.Fprintf(to, "%s: %s: %s\n", v.Row, v.Law, v.Text)
	}
	word := "balanced"
	if !r.Balanced {
		word = "NOT balanced"
	}
	_, err := fmt.Fprintf(to, "%s: %d calls, %d differences, %d broken laws\n", word, r.Calls, len(r.Differences), len(r.Violations))
	return err
}

type rebuildCmd struct{}

// Run implements the command.
func (rebuildCmd) Run(w *world) error {
	store, done, err := openStore(w)
	if err != nil {
		return err
	}
	defer done()
	if err := store.Rebuild(w.ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, "All records were folded anew from the stamps.")
	return err
}

type migrateCmd struct{}

// Run implements the command.
func (migrateCmd) Run(w *world) error {
	store, done, err := openStore(w)
	if err != nil {
		return err
	}
	defer done()
	if err := store.Migrate(w.ctx); err != nil {
		return codeError{exitDepends, err}
	}
	s, err := store.Status(w.ctx)
	if err != nil {
		return codeError{exitDepends, err}
	}
	_, err = fmt.Fprintf(w.stdout, "The schema is at version %d.\n", s.Have)
	return err
}

// openStore connects to the configured database, which must be whole.
func openStore(w *world) (*postgres.Store, func(), error) {
	store, done, err := openDatabase(w)
	if err != nil {
		return nil, nil, err
	}
	half, err := store.Unfinished(w.ctx)
	if err == nil && half != nil {
		err = half
	}
	if err != nil {
		done()
		return nil, nil, codeError{exitDepends, err}
	}
	return store, done, nil
}

// openDatabase connects to the configured database, whatever is in it.
func openDatabase(w *world) (*postgres.Store, func(), error) {
	c, err := loadConfig(w)
	if err != nil {
		return nil, nil, err
	}
	db, err := postgres.Open(w.ctx, c.Postgres.DSN.Reveal())
	if err != nil {
		return nil, nil, codeError{exitConfig, err}
	}
	if err := db.Ping(w.ctx); err != nil {
		db.Close()
		return nil, nil, codeError{exitDepends, fmt.Errorf("%w (see postgres.dsn)", err)}
	}
	return db.For(stamp.OrgID(c.Organisation.ID)), db.Close, nil
}

type healthcheckCmd struct {
	URL string `help:"Address of the server; default: from the configuration." placeholder:"URL"`
}

// Run implements the command.
func (h healthcheckCmd) Run(w *world) error {
	url := h.URL
	if url == "" {
		c, err := loadConfig(w)
		if err != nil {
			return err
		}
		url = serverURL(c)
	}
	req, err := http.NewRequestWithContext(w.ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return codeError{exitUsage, err}
	}
	res, err := healthClient().Do(req)
	if err != nil {
		return codeError{exitDepends, fmt.Errorf("the server does not answer: %w", err)}
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(res.Body, 4096)) // the status says enough
	if res.StatusCode != http.StatusOK {
		return codeError{exitFailed, fmt.Errorf("not ready: %s", strings.TrimSpace(string(b)))}
	}
	_, err = fmt.Fprintln(w.stdout, "ready")
	return err
}

// serverURL is where the configured server answers its own machine.
func serverURL(c configs.Config) string {
	if c.HTTP.TLSCert != "" || !loopback(c.HTTP.Listen) {
		return "https://" + strings.Replace(c.HTTP.Listen, "0.0.0.0:", "127.0.0.1:", 1)
	}
	return "http://" + c.HTTP.Listen
}
