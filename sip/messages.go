package sip

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// MessageCount is how many messages of one sort there were since the start.
type MessageCount struct {
	MessageSort
	N uint64
}

// MessageSort is what messages are counted by. A repetition counts again: it was on the wire.
type MessageSort struct {
	Sent   bool
	Method string // the request's, also of a response; OTHER for what no RFC of ours knows
	Code   int    // of a response; 0: a request
}

// messages counts what goes in and out. A peer that invents methods makes no new sorts.
type messages struct {
	mu sync.Mutex
	n  map[MessageSort]uint64
}

func (m *messages) count(s MessageSort) {
	switch s.Method {
	case "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE":
	default:
		s.Method = "OTHER"
	}
	if s.Code != 0 && (s.Code < 100 || s.Code > 699) {
		return // no response of RFC 3261
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.n == nil {
		m.n = map[MessageSort]uint64{}
	}
	m.n[s]++
}

// received counts a parsed message.
func (m *messages) received(msg sip.Message) {
	switch msg := msg.(type) {
	case *sip.Request:
		m.count(MessageSort{Method: string(msg.Method)})
	case *sip.Response:
		if seq := msg.CSeq(); seq != nil {
			m.count(MessageSort{Method: string(seq.MethodName), Code: msg.StatusCode})
		}
	}
}

// written counts the bytes of a message of ours, as the library wrote them.
func (m *messages) written(b []byte) {
	first, rest, ok := bytes.Cut(b, []byte("\r\n"))
	if !ok || len(first) == 0 {
		return // a keep-alive
	}
	word, after, _ := strings.Cut(string(first), " ")
	if word != "SIP/2.0" {
		m.count(MessageSort{Sent: true, Method: word})
		return
	}
	text, _, _ := strings.Cut(after, " ")
	code, err := strconv.Atoi(text)
	if err != nil {
		return
	}
	for line := range bytes.SplitSeq(rest, []byte("\r\n")) {
		if seq, ok := bytes.CutPrefix(line, []byte("CSeq: ")); ok {
			_, method, _ := strings.Cut(string(seq), " ")
			m.count(MessageSort{Sent: true, Method: method, Code: code})
			return
		}
	}
}

// Messages says what was received from admitted sources and what was sent, sorted. What is sent on a stream that we
// opened counts as far as it is a request that begins a transaction.
func (u *UA) Messages() []MessageCount {
	m := &u.guard.messages
	m.mu.Lock()
	all := make([]MessageCount, 0, len(m.n))
	for sort, n := range maps.All(m.n) {
		all = append(all, MessageCount{sort, n})
	}
	m.mu.Unlock()
	slices.SortFunc(all, func(a, b MessageCount) int {
		return cmp.Or(cmp.Compare(a.Method, b.Method), cmp.Compare(a.Code, b.Code), cmp.Compare(strconv.FormatBool(a.Sent), strconv.FormatBool(b.Sent)))
	})
	return all
}
