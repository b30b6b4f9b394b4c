package main

import (
	"encoding/json"
	"fmt"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/webclient"
)

// What other programs are told of this one, without a server.

type kpiCmd struct {
	List kpiListCmd `cmd:"" help:"Print the catalogue."`
}

type kpiListCmd struct {
	JSON bool `help:"Print it as JSON."`
}

// listedKPI is a KPI as it is printed. Others read it, so that keys are added
// here and never changed or taken away.
type listedKPI struct {
	ID        string    `json:"id"`
	Version   int       `json:"version"` // raised when the meaning changes
	Names     kpi.Names `json:"names"`   // by language: vi, zh-Hant, en
	Formula   string    `json:"formula"` // in symbols
	Words     string    `json:"words"`   // the same as a sentence
	Unit      string    `json:"unit"`    // n, % (0 to 100) or s
	Direction string    `json:"direction"`
	Source    string    `json:"source"` // measured, answered, entered, fact or derived
}

func listed(d kpi.Def) listedKPI {
	return listedKPI{
		ID: d.ID, Version: d.Version, Names: d.Names, Formula: d.Symbols, Words: d.Words,
		Unit: string(d.Unit), Direction: string(d.Direction), Source: string(d.Known),
	}
}

// Run implements the command.
func (k kpiListCmd) Run(w *world) error {
	if k.JSON {
		all := []listedKPI{}
		for _, d := range kpi.Catalogue() {
			all = append(all, listed(d))
		}
		e := json.NewEncoder(w.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	for _, d := range kpi.Catalogue() {
		if _, err := fmt.Fprintf(w.stdout, "%-22s %-8s %s\n", d.ID, d.Unit, d.Symbols); err != nil {
			return err
		}
	}
	return nil
}

type openapiCmd struct{}

// Run implements the command. The server is built without its neighbours: the
// document is made of its routes, and nobody is asked.
func (openapiCmd) Run(w *world) error {
	s, err := api.New(api.Deps{Assets: webclient.Files(), Version: version(), Log: newLog(configs.Log{}, w.stderr)})
	if err != nil {
		return fmt.Errorf("describe the interface: %w", err)
	}
	text, err := s.OpenAPI()
	if err != nil {
		return err
	}
	_, err = w.stdout.Write(text)
	return err
}
