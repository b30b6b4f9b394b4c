package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/callstamp/callstamp/store/postgres"
)

// optionsWait is how long a trunk has to answer; over UDP it is asked anew after
// a half, one and two seconds (RFC 3261 §17.1.2.2).
const optionsWait = 4 * time.Second

// checkTrunks asks every trunk that is in use for a sign of life.
func (d *doctor) checkTrunks(ctx context.Context, s *postgres.Store) {
	trunks, err := s.Trunks(ctx)
	if err != nil {
		d.add("trunks", bad, err.Error(), "")
		return
	}
	asked := 0
	for _, t := range trunks {
		if !t.Active || t.Host == "" {
			continue
		}
		asked++
		what := "trunk " + t.Name
		began := time.Now()
		status, err := options(ctx, t)
		switch {
		case err == nil:
			d.add(what, good, fmt.Sprintf("%s answers OPTIONS with %s in %v", t.Host, status, time.Since(began).Round(time.Millisecond)), "")
		case isTimeout(err):
			d.add(what, bad, fmt.Sprintf("%s is silent to OPTIONS over %s for %v", t.Host, t.Transport, optionsWait),
				"look at host, transport and firewall, and whether the carrier knows this address; some carriers answer to sip.listen's port alone")
		default:
			d.add(what, bad, err.Error(), "correct the trunk's host or transport, or look at the network")
		}
	}
	if asked == 0 {
		d.add("trunks", note, "none is in use: nobody can call", "")
	}
}

// options sends an OPTIONS (RFC 3261 §11) from a port of its own and returns
// the status of the answer, whatever it is.
func options(ctx context.Context, t postgres.Trunk) (status string, err error) {
	ctx, cancel := context.WithTimeout(ctx, optionsWait)
	defer cancel()
	conn, err := dialTrunk(ctx, t)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(optionsWait)); err != nil {
		return "", err
	}
	request := optionsRequest(t, conn.LocalAddr().String())
	if _, err := conn.Write(request); err != nil {
		return "", err
	}
	if t.Transport == "udp" {
		stop := repeat(conn, request)
		defer stop()
	}
	b := make([]byte, 4096)
	for {
		n, err := conn.Read(b)
		if err != nil {
			return "", err
		}
		line, _, _ := strings.Cut(string(b[:n]), "\r\n")
		if word, found := strings.CutPrefix(line, "SIP/2.0 "); found && len(word) >= 3 && word[0] >= '2' {
			return word, nil
		}
	}
}

func dialTrunk(ctx context.Context, t postgres.Trunk) (net.Conn, error) {
	port := "5060"
	network := t.Transport
	if t.Transport == "tls" {
		port, network = "5061", "tcp"
	}
	host := t.Host
	if h, p, err := net.SplitHostPort(t.Host); err == nil {
		host, port = h, p
	}
	addr := net.JoinHostPort(host, port)
	if t.Transport == "tls" {
		return (&tls.Dialer{Config: &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, network, addr)
	}
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

func optionsRequest(t postgres.Trunk, local string) []byte {
	token := rand.Text()
	return []byte(strings.Join([]string{
		"OPTIONS sip:" + t.Host + " SIP/2.0",
		"Via: SIP/2.0/" + strings.ToUpper(t.Transport) + " " + local + ";rport;branch=z9hG4bK" + token,
		"Max-Forwards: 70",
		"From: <sip:doctor@" + local + ">;tag=" + token,
		"To: <sip:" + t.Host + ">",
		"Call-ID: " + token,
		"CSeq: 1 OPTIONS",
		"Contact: <sip:doctor@" + local + ">",
		"Accept: application/sdp",
		"Content-Length: 0", "", "",
	}, "\r\n"))
}

// repeat writes the request again until stop is called.
func repeat(conn net.Conn, request []byte) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause := 500 * time.Millisecond; nap(ctx, pause); pause *= 2 {
			_, _ = conn.Write(request) // the reader learns of a refusal
		}
	}()
	return func() { cancel(); <-done }
}

func isTimeout(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}
