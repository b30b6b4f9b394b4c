package sip

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// tuning keeps what the library beneath has as package variables: they are set before its first use and never again.
//
//nolint:gochecknoglobals // mirrors the library's own globals
var tuning struct {
	mu sync.Mutex
	t1 time.Duration
}

// tune sets the library's globals. The error says that another UA of the process chose another T1.
func tune(t1 time.Duration) error {
	tuning.mu.Lock()
	defer tuning.mu.Unlock()
	switch tuning.t1 {
	case t1:
		return nil
	case 0:
		tuning.t1 = t1
		sip.SetTimers(t1, t2Factor*t1, t4Factor*t1)
		sip.Timer_D = 64 * t1  // the library keeps 32 s whatever T1 is
		sip.UDPMTUSize = 65535 // else requests and responses beyond 1300 bytes are refused by our own side
		sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
		return nil
	}
	return fmt.Errorf("sip: T1 is %v for this process, not %v", tuning.t1, t1)
}

// arrived is a header that never leaves the process: it carries the instant at which a message was read, in ns since the
// UA's start, through the library's goroutines, and marks an INVITE that came without a To tag.
const arrived = "Callstamp-Arrived"

// onMessage sees each message in the order of its arrival, before transactions are looked up. An INVITE without To tag
// gets ours here, so that every response to it, also those that the transaction layer makes, carries the same (§8.2.6.2).
// Touching the headers here makes the lazy ones be parsed under this recover and not in a goroutine of the library.
func (u *UA) onMessage(msg sip.Message) {
	defer u.recovered("read message")
	at := strconv.FormatInt(int64(time.Since(u.start)), 10)
	_, _, _, _, _ = msg.Via(), msg.CSeq(), msg.From(), msg.CallID(), msg.ContentLength()
	u.guard.messages.received(msg)
	to := msg.To()
	switch m := msg.(type) {
	case *sip.Request:
		m.RemoveHeader(arrived)
		_, _ = m.Contact(), m.MaxForwards()
		if m.Method == sip.INVITE && to != nil && tagOf(to.Params) == "" {
			to.Params.Add("tag", sip.GenerateTagN(20))
			at += ";new"
		}
	case *sip.Response:
		m.RemoveHeader(arrived)
		_ = m.Contact()
	}
	msg.AppendHeader(sip.NewHeader(arrived, at)) // the last change: from here on others read it
	if res, ok := msg.(*sip.Response); ok {
		u.provisional(res)
	}
}

// provisional hands 1xx of an INVITE to its leg in the order of their arrival. Through the transaction each comes in a
// goroutine of its own, and a 200 right behind a 180 may overtake it: nobody would know that it rang.
func (u *UA) provisional(res *sip.Response) {
	seq, from, id := res.CSeq(), res.From(), res.CallID()
	if !res.IsProvisional() || seq == nil || from == nil || id == nil || seq.MethodName != sip.INVITE || res.To() == nil {
		return
	}
	if l := u.legOf(dialogKey{id.Value(), tagOf(from.Params)}); l != nil {
		at, _ := u.arrivalOf(res)
		l.box.Put(func() { l.progress(at, res) })
	}
}

// arrivalOf reads what onMessage wrote.
func (u *UA) arrivalOf(msg sip.Message) (at time.Time, fresh bool) {
	values := msg.GetHeaders(arrived)
	if len(values) == 0 {
		return time.Now(), false
	}
	text, mark, _ := strings.Cut(values[0].Value(), ";")
	ns, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Now(), false
	}
	return u.start.Add(time.Duration(ns)), mark == "new"
}

// parses tries the parser; a panic of it counts as no.
func parses(p *sip.Parser, b []byte) (ok bool) {
	defer func() { ok = recover() == nil && ok }()
	_, err := p.ParseSIP(b)
	return err == nil
}

// openSockets binds what Config.Listen names. UDP sockets enter the pool at once: requests leave from them.
func (u *UA) openSockets() error {
	for _, l := range u.cfg.Listen {
		switch l.Network {
		case "udp":
			conn, err := net.ListenPacket("udp", l.Addr)
			if err != nil {
				return fmt.Errorf("listen for SIP: %w", err)
			}
			c := &guardedPacketConn{UDPConn: conn.(*net.UDPConn), guard: u.guard, alter: u.alter}
			_ = c.SetReadBuffer(4 << 20) // a burst of calls waits here; the system may give less
			if u.udp == nil {
				u.udp = c.UDPConn
			}
			u.sockets = append(u.sockets, socket{network: "udp", addr: c.LocalAddr(), close: c.Close, serve: func() error { return u.tp.ServeUDP(c) }})
			u.tp.Pool("udp").Add(c.LocalAddr().String(), &sip.UDPConnection{PacketConn: c, PacketAddr: c.LocalAddr().String(), Listener: true})
		case "tcp", "tls":
			plain, err := net.Listen("tcp", l.Addr)
			if err != nil {
				return fmt.Errorf("listen for SIP: %w", err)
			}
			s := socket{network: l.Network, addr: plain.Addr(), close: plain.Close}
			g := newGuardedListener(plain, u.guard, nil)
			s.serve = func() error { return u.tp.ServeTCP(g) }
			if l.Network == "tls" {
				g.tls = u.cfg.TLS
				s.serve = func() error { return u.tp.ServeTLS(g) }
			}
			u.sockets = append(u.sockets, s)
		}
	}
	return nil
}

// socket is one of Config.Listen at work.
type socket struct {
	network string
	addr    net.Addr
	serve   func() error
	close   func() error
}

// request hands a request to a client transaction, which sends it at once and again until answered. at is when.
func (u *UA) request(req *sip.Request) (tx *sip.ClientTx, at time.Time, err error) {
	ctx, cancel := context.WithTimeout(u.ctx, 5*time.Second) // to connect, with TCP
	defer cancel()
	at = time.Now()
	tx, err = u.tx.Request(ctx, req)
	if err != nil {
		return nil, at, fmt.Errorf("send %s: %w", req.Method, err)
	}
	if req.Transport() != "UDP" { // our UDP socket counts by itself
		u.guard.messages.count(MessageSort{Sent: true, Method: string(req.Method)})
	}
	return tx, at, nil
}

// await calls each for every response of tx up to the final one, or failed when there will be none. Both run in a
// goroutine of their own and must not wait: the transaction does.
func (u *UA) await(tx *sip.ClientTx, each func(time.Time, *sip.Response), failed func(time.Time, error)) {
	awaited := u.spawn(func() {
		for {
			select {
			case res := <-tx.Responses():
				at, _ := u.arrivalOf(res)
				each(at, res)
				if !res.IsProvisional() {
					return
				}
			case <-tx.Done():
				failed(time.Now(), tx.Err())
				return
			}
		}
	})
	if !awaited {
		failed(time.Now(), net.ErrClosed)
	}
}

// quiet passes on what the library says about errors, a few a second and without the message's bytes: they hold numbers.
type quiet struct {
	slog.Handler
	limit *buckets
}

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && q.Handler.Enabled(ctx, level)
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if !q.limit.take(netip.IPv4Unspecified(), r.Time) {
		return nil
	}
	clean := slog.NewRecord(r.Time, slog.LevelWarn, "sip library: "+r.Message, r.PC)
	return q.Handler.Handle(ctx, clean)
}

func (q quiet) WithAttrs([]slog.Attr) slog.Handler { return q }
func (q quiet) WithGroup(string) slog.Handler      { return q }
