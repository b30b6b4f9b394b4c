package sip

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// dialog is what RFC 3261 §12 keeps of a peer-to-peer relation: enough to send a request in it, also after a crash. Its
// JSON form goes to the journal as a side entry.
type dialog struct {
	Trunk     stamp.TrunkID `json:"trunk"`
	Ours      bool          `json:"ours,omitempty"` // we sent the INVITE
	CallID    string        `json:"call_id"`
	LocalTag  string        `json:"local_tag"`
	RemoteTag string        `json:"remote_tag,omitempty"`
	Local     string        `json:"local"`  // URI of our side
	Remote    string        `json:"remote"` // URI of the far side
	Target    string        `json:"target"` // its Contact
	Routes    []string      `json:"routes,omitempty"`
	LocalSeq  uint32        `json:"local_seq"`
	RemoteSeq uint32        `json:"remote_seq"`
	Transport string        `json:"transport"`       // UDP, TCP, TLS
	Peer      string        `json:"peer"`            // where its first message came from or ours went to
	Early     bool          `json:"early,omitempty"` // not confirmed: BYE would find nothing, but what Vias hold can be ended
	Vias      []string      `json:"vias,omitempty"`  // of the INVITE: ours for CANCEL, theirs for a final response
}

// key finds the dialog by what every request of the far side carries.
type dialogKey struct{ callID, localTag string }

func (d *dialog) key() dialogKey { return dialogKey{d.CallID, d.LocalTag} }

func (d *dialog) json() []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err) // strings, numbers and booleans always have a JSON form
	}
	return b
}

func parseDialog(data []byte) (dialog, error) {
	var d dialog
	if err := json.Unmarshal(data, &d); err != nil {
		return dialog{}, fmt.Errorf("read dialog: %w", err)
	}
	if d.CallID == "" || d.LocalTag == "" || d.Target == "" || d.Peer == "" {
		return dialog{}, fmt.Errorf("read dialog: incomplete")
	}
	return d, nil
}

// newUAS is the dialog of an INVITE that came in (§12.1.1). tag is ours.
func newUAS(req *sip.Request, tag string, trunk stamp.TrunkID) dialog {
	d := dialog{Trunk: trunk, CallID: req.CallID().Value(), LocalTag: tag, RemoteTag: tagOf(req.From().Params),
		Local: uriText(req.To().Address), Remote: uriText(req.From().Address), RemoteSeq: req.CSeq().SeqNo,
		Transport: req.Transport(), Peer: req.Source(), Early: true, Vias: headerValues(req, "Via")}
	d.retarget(req)
	for _, h := range req.GetHeaders("Record-Route") {
		d.Routes = append(d.Routes, routeEntries(h.Value())...)
	}
	return d
}

// confirm takes from a response to our INVITE what the far side chose (§12.1.2): the route set is its Record-Route in
// reverse and frozen by the first 2xx.
func (d *dialog) confirm(res *sip.Response) {
	d.RemoteTag = tagOf(res.To().Params)
	d.retarget(res)
	d.Routes = nil
	for _, h := range res.GetHeaders("Record-Route") {
		d.Routes = append(routeEntries(h.Value()), d.Routes...)
	}
	d.settle()
}

// settle makes a dialog of an early one.
func (d *dialog) settle() { d.Early, d.Vias = false, nil }

// retarget is the target refresh of §12.2: by INVITE and UPDATE, their 2xx, and nothing else.
func (d *dialog) retarget(msg interface{ Contact() *sip.ContactHeader }) {
	if c := msg.Contact(); c != nil && c.Address.Host != "" && !c.Address.Wildcard {
		d.Target = uriText(c.Address)
	}
}

// hop is where a request of this dialog goes: request URI, Route headers, and the address of the first hop, which is
// empty when it is named by a host name.
func (d *dialog) hop() (uri sip.Uri, routes []string, first netip.AddrPort, err error) {
	if err := sip.ParseUri(d.Target, &uri); err != nil {
		return uri, nil, first, fmt.Errorf("parse remote target: %w", err)
	}
	next, routes := uri, d.Routes
	if len(routes) > 0 {
		var top sip.Uri
		if err := sip.ParseUri(strings.Trim(routes[0], "<>"), &top); err != nil {
			return uri, nil, first, fmt.Errorf("parse route: %w", err)
		}
		next = top
		if !top.UriParams.Has("lr") { // strict router (§12.2.1.1): it becomes the request URI, the target goes last
			routes = append(append([]string{}, routes[1:]...), "<"+d.Target+">")
			uri = top
		}
	}
	return uri, routes, addrOf(next, d.Transport), nil
}

// addrOf is the address and port of a URI whose host is an address.
func addrOf(u sip.Uri, transport string) netip.AddrPort {
	addr, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	if err != nil {
		return netip.AddrPort{}
	}
	port := u.Port
	if port == 0 {
		port = sip.DefaultPort(transport)
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port))
}

// routeEntries splits "<sip:a;lr>, <sip:b;lr>" into its entries, without their header parameters.
func routeEntries(value string) (entries []string) {
	for {
		_, rest, ok := strings.Cut(value, "<")
		if !ok {
			return entries
		}
		uri, rest, ok := strings.Cut(rest, ">")
		if !ok {
			return entries
		}
		entries, value = append(entries, "<"+uri+">"), rest
	}
}

func uriText(u sip.Uri) string { return u.String() }

// tagOf also finds a tag written with white space around its name, which the parser keeps (RFC 4475 §3.1.1.1).
func tagOf(params sip.HeaderParams) string {
	for _, kv := range params {
		if strings.EqualFold(strings.TrimSpace(kv.K), "tag") {
			return strings.TrimSpace(kv.V)
		}
	}
	return ""
}
