package faults_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// front is what stands before the pages of two nodes, as any proxy with a
// health check does: whoever comes is led to the node that is ready, and waits a
// little for one. A node that answers keeps who is there, ready or not; from
// one that does not answer everybody is let go.
type front struct {
	nodes  [2]*url.URL
	client *http.Client
	proxy  *httputil.ReverseProxy

	mu    sync.Mutex
	ready int // -1: none
	conns [2]map[net.Conn]struct{}
}

type toNode struct{}

func newFront(t *testing.T, listen string, nodes ...string) *front {
	t.Helper()
	f := &front{ready: -1}
	for i, n := range nodes {
		u, err := url.Parse(n)
		must(t, err)
		f.nodes[i], f.conns[i] = u, map[net.Conn]struct{}{}
	}
	loose := &tls.Config{InsecureSkipVerify: true} // the nodes' certificates are their own
	f.client = &http.Client{Timeout: 700 * time.Millisecond, Transport: &http.Transport{TLSClientConfig: loose, DisableKeepAlives: true}}
	f.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(f.nodes[r.In.Context().Value(toNode{}).(int)])
			r.Out.Host = r.In.Host
		},
		// The proxy itself is plain, and a client would keep the cookies of a secure one to itself.
		ModifyResponse: func(r *http.Response) error {
			for i, c := range r.Header["Set-Cookie"] {
				r.Header["Set-Cookie"][i] = strings.ReplaceAll(c, "; Secure", "")
			}
			return nil
		},
		Transport:    &http.Transport{TLSClientConfig: loose, DialContext: f.dial, DisableKeepAlives: true, ResponseHeaderTimeout: 5 * time.Second},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	l, err := net.Listen("tcp", listen)
	must(t, err)
	server := &http.Server{Handler: f}
	ctx, stop := context.WithCancel(context.Background())
	var looking sync.WaitGroup
	for i := range f.nodes {
		looking.Go(func() { f.watch(ctx, i) })
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { stop(); looking.Wait(); _ = server.Close() })
	return f
}

// dial remembers the connections of each node.
func (f *front) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	for i, n := range f.nodes {
		if n.Host == addr {
			f.mu.Lock()
			f.conns[i][conn] = struct{}{}
			f.mu.Unlock()
		}
	}
	return conn, nil
}

// watch asks a node four times a second; two silences in a row and it is gone.
func (f *front) watch(ctx context.Context, i int) {
	silent := 0
	for ctx.Err() == nil {
		status := 0
		if res, err := f.client.Get(f.nodes[i].String() + "/readyz"); err == nil {
			status = res.StatusCode
			_ = res.Body.Close()
		}
		silent++
		if status != 0 {
			silent = 0
		}
		f.mu.Lock()
		switch {
		case status == http.StatusOK:
			f.ready = i
		case f.ready == i:
			f.ready = -1
		}
		if silent == 2 {
			for c := range f.conns[i] {
				_ = c.Close()
				delete(f.conns[i], c)
			}
		}
		f.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, err := f.await(r.Context())
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	f.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), toNode{}, n)))
}

// await returns the node that is ready, and waits for one for 3 s.
func (f *front) await(ctx context.Context) (int, error) {
	for end := time.Now().Add(3 * time.Second); ; {
		f.mu.Lock()
		n := f.ready
		f.mu.Unlock()
		if n >= 0 {
			return n, nil
		}
		if time.Now().After(end) {
			return 0, errors.New("no node is ready")
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
