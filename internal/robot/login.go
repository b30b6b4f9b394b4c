package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// errSession says that the login is not valid any more.
var errSession = errors.New("no session")

// dial opens the desk's WebSocket with the login's cookies.
func dial(ctx context.Context, c Config, cookies string) (*websocket.Conn, error) {
	h := http.Header{"Cookie": {cookies}}
	d := websocket.Dialer{NetDialContext: c.dialer().DialContext}
	conn, res, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(c.Server, "http")+"/api/desk", h)
	if res != nil {
		defer res.Body.Close()
	}
	if err != nil && res != nil && res.StatusCode == http.StatusUnauthorized {
		return nil, fmt.Errorf("open desk: %w", errSession)
	}
	if err != nil {
		return nil, fmt.Errorf("open desk: %w", err)
	}
	return conn, nil
}

// dialer connects from the robot's own address.
func (c Config) dialer() *net.Dialer {
	d := &net.Dialer{}
	if c.Bind != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(c.Bind)}
	}
	return d
}

func login(ctx context.Context, c Config) (cookies string, err error) {
	body, err := json.Marshal(wire.Login{Login: c.Login, Password: c.Password})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Server+"/api/login", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Callstamp", "1")
	transport := &http.Transport{DialContext: c.dialer().DialContext}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return "", fmt.Errorf("log in %s: %w", c.Login, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 500))
		return "", fmt.Errorf("log in %s: %s: %s", c.Login, res.Status, b)
	}
	var all []string
	for _, k := range res.Cookies() {
		all = append(all, k.Name+"="+k.Value)
	}
	return strings.Join(all, "; "), nil
}
