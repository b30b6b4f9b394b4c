package sip

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// What we understand. INFO is for keys, UPDATE for session refresh and holds; transfers are not enabled (S9).
const (
	allow     = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK"
	accept    = "application/sdp, application/dtmf-relay"
	supported = "timer"
	agent     = "callstamp"
)

// local is the address that we name in Via and Contact towards dst, with the port of our socket.
func (u *UA) local(transport string, dst netip.Addr) netip.AddrPort {
	own := u.Addr(strings.ToLower(transport))
	addr := own.Addr()
	if u.cfg.Public.IsValid() {
		addr = u.cfg.Public
	} else if !addr.IsValid() || addr.IsUnspecified() {
		addr = u.sourceFor(dst)
	}
	return netip.AddrPortFrom(addr.Unmap(), own.Port())
}

// sourceFor asks the system from which address it would reach dst; no packet is sent.
func (u *UA) sourceFor(dst netip.Addr) netip.Addr {
	u.mu.Lock()
	defer u.mu.Unlock()
	if a, ok := u.locals[dst]; ok {
		return a
	}
	conn, err := net.Dial("udp", netip.AddrPortFrom(dst, 5060).String())
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}) // no route: the request itself will fail
	}
	defer conn.Close()
	a := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
	if len(u.locals) < maxSources {
		u.locals[dst] = a
	}
	return a
}

// newRequest starts a request to dst: Via with a branch of its own, and the socket that it leaves from.
func (u *UA) newRequest(method sip.RequestMethod, uri sip.Uri, transport string, dst netip.AddrPort) *sip.Request {
	req := sip.NewRequest(method, uri)
	here := u.local(transport, dst.Addr())
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport, Host: hostText(here.Addr()), Port: int(here.Port())}
	via.Params.Add("branch", sip.GenerateBranchN(24))
	via.Params.Add("rport", "") // RFC 3581
	req.AppendHeader(via)
	forwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	req.SetTransport(transport)
	req.SetDestination(dst.String())
	if own := u.Addr("udp"); transport == "UDP" && own.IsValid() {
		req.Laddr = sip.Addr{IP: own.Addr().AsSlice(), Port: int(own.Port())}
	}
	return req
}

// inDialog starts a request in a dialog with the given CSeq. It goes to the first hop where that is an address of the
// trunk; a Contact that names a private or a foreign address is passed over for where the dialog came from.
func (u *UA) inDialog(d *dialog, t *trunk, method sip.RequestMethod, seq uint32) (*sip.Request, error) {
	uri, routes, dst, err := d.hop()
	if err != nil {
		return nil, err
	}
	begins := d.RemoteTag == "" // it goes to the address that was chosen for it
	if begins || !dst.IsValid() || t == nil || t.NAT || !t.trusts(dst.Addr()) {
		if dst, err = netip.ParseAddrPort(d.Peer); err != nil {
			return nil, fmt.Errorf("parse peer of dialog: %w", err)
		}
	}
	req := u.newRequest(method, uri, d.Transport, dst)
	for _, r := range routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	return req, identify(req, d, seq)
}

// identify writes From, To, Call-ID and CSeq.
func identify(req *sip.Request, d *dialog, seq uint32) error {
	from, to := &sip.FromHeader{}, &sip.ToHeader{}
	if err := sip.ParseUri(d.Local, &from.Address); err != nil {
		return fmt.Errorf("parse local URI: %w", err)
	}
	if err := sip.ParseUri(d.Remote, &to.Address); err != nil {
		return fmt.Errorf("parse remote URI: %w", err)
	}
	from.Params.Add("tag", d.LocalTag)
	if d.RemoteTag != "" {
		to.Params.Add("tag", d.RemoteTag)
	}
	id := sip.CallIDHeader(d.CallID)
	req.AppendHeader(from)
	req.AppendHeader(to)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: req.Method})
	req.AppendHeader(sip.NewHeader("User-Agent", agent))
	req.SetBody(nil)
	return nil
}

// contact is where requests of the dialog reach us.
func (u *UA) contact(d *dialog, dst netip.Addr) sip.Header {
	var own sip.Uri
	user := agent
	if err := sip.ParseUri(d.Local, &own); err == nil && userForm.MatchString(own.User) {
		user = own.User
	}
	here := u.local(d.Transport, dst)
	value := "<sip:" + user + "@" + net.JoinHostPort(here.Addr().String(), strconv.Itoa(int(here.Port())))
	if d.Transport != "UDP" {
		value += ";transport=" + strings.ToLower(d.Transport)
	}
	return sip.NewHeader("Contact", value+">")
}

// respond answers a request outside a dialog, or one that needs no more than a status.
func respond(tx *sip.ServerTx, req *sip.Request, code int, text string, extra ...sip.Header) {
	res := sip.NewResponseFromRequest(req, code, text, nil)
	for _, h := range extra {
		res.AppendHeader(h)
	}
	_ = tx.Respond(res) // a transaction that is gone has nobody to tell
}

func hostText(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// setSDP gives a message its body.
func setSDP(msg sip.Message, body []byte) {
	msg.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	msg.SetBody(body)
}

// shortNames are the compact forms that the parser leaves as they are.
var shortNames = map[string]string{"Supported": "k", "Session-Expires": "x"}

// headerValues are all values of a header, in order.
func headerValues(msg sip.Message, name string) (values []string) {
	for _, h := range msg.GetHeaders(name) {
		values = append(values, h.Value())
	}
	if short, ok := shortNames[name]; ok {
		for _, h := range msg.GetHeaders(short) {
			values = append(values, h.Value())
		}
	}
	return values
}

// options are the comma-separated tokens of a header.
func options(msg sip.Message, header string) (tokens []string) {
	for _, value := range headerValues(msg, header) {
		for v := range strings.SplitSeq(value, ",") {
			if v = strings.TrimSpace(v); v != "" {
				tokens = append(tokens, v)
			}
		}
	}
	return tokens
}

func hasOption(msg sip.Message, header, token string) bool {
	return slices.ContainsFunc(options(msg, header), func(have string) bool { return strings.EqualFold(have, token) })
}

// mask hides the middle of a number in logs.
func mask(number string) string {
	if len(number) <= 5 {
		return "•••"
	}
	return number[:3] + "•••" + number[len(number)-2:]
}
