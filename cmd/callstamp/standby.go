package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// nodeHeader names the node in its answers about itself, so that another one
// which asks knows whom it hears.
const nodeHeader = "Callstamp-Node"

// gate stands before the pages: while the node waits for its turn they answer
// 503, since an agent or a manager belongs to the other node; a proxy asks the
// next one then. What machines ask about the node itself is answered.
func (a *app) gate(pages http.Handler) http.Handler {
	node := string(a.journal.Node())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asks := r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics"
		if asks {
			w.Header().Set(nodeHeader, node)
		}
		if a.waits.Load() && !asks {
			refuse(w, causeOf(standby).means)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// refuse answers as package api does, with the way out in its words.
func refuse(w http.ResponseWriter, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{ // a client that has gone needs no answer
		"status": http.StatusServiceUnavailable, "title": http.StatusText(http.StatusServiceUnavailable), "code": "standby", "detail": detail,
	})
}

// announced is where other nodes reach this one's pages: what is configured,
// else the address that we listen on; where that is every address, the one that
// faces Postgres.
func (a *app) announced(towards net.Addr) string {
	if a.config.Nodes.URL != "" {
		return strings.TrimRight(a.config.Nodes.URL, "/")
	}
	scheme := "http"
	if a.cert != nil {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		tcp, ok := towards.(*net.TCPAddr)
		if !ok {
			return "" // Postgres is on this machine: the address must be given
		}
		host = tcp.IP.String()
	}
	return (&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)}).String()
}

// announce tells the other nodes where this one answers.
func (a *app) announce() error {
	ctx, cancel := context.WithTimeout(context.Background(), catchUp)
	defer cancel()
	towards, err := a.db.LocalAddr(ctx)
	if err != nil {
		return err
	}
	a.address = a.announced(towards)
	if a.address == "" && a.config.Nodes.Standby {
		a.log.Warn("nodes.url is not set and Postgres is on this machine: no other node can ask whether this one lives")
	}
	return a.store.Announce(ctx, a.journal.Node(), a.address)
}
