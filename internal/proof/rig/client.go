package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
)

// Client is a person's browser as far as HTTP goes, or a program that somebody
// has written against the API. It takes any certificate.
type Client struct {
	Base string // of the addresses: "http://127.0.0.1:8080"
	http *http.Client
}

// NewClient logs somebody in; login "" stays outside.
func NewClient(t testing.TB, base, login string) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	c := &Client{base, &http.Client{Jar: jar, Timeout: Patience, Transport: trusting()}}
	t.Cleanup(c.http.CloseIdleConnections)
	if login == "" {
		return c
	}
	if code, text := c.Ask(http.MethodPost, "/api/login", map[string]string{"login": login, "password": Password}); code != http.StatusOK {
		t.Fatalf("%s can't log in: %d %s", login, code, text)
	}
	return c
}

// Ask sends a request with a JSON body (nil: none) and returns the answer;
// status 0 and the reason where there was none.
func (c *Client) Ask(method, path string, body any) (status int, answer string) {
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return 0, err.Error()
		}
	}
	return c.Send(method, path, "application/json", b)
}

// Send is Ask with a body of any kind.
func (c *Client) Send(method, path, kind string, b []byte) (status int, answer string) {
	req, err := http.NewRequestWithContext(context.Background(), method, c.Base+path, bytes.NewReader(b))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("X-Callstamp", "1")
	return answerOf(c.http, req)
}

// Do is Ask that reads a JSON answer into out (nil: passed over) and returns
// the status, 0 where there was no answer or one that out can't hold.
func (c *Client) Do(method, path string, body, out any) int {
	status, answer := c.Ask(method, path, body)
	if out != nil && json.Unmarshal([]byte(answer), out) != nil {
		return 0
	}
	return status
}

// Cookies are those that the client sends to its server.
func (c *Client) Cookies(t testing.TB) []*http.Cookie {
	t.Helper()
	base, err := url.Parse(c.Base)
	must(t, err)
	return c.http.Jar.Cookies(base)
}
