package check

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// fact is a stamp as its bytes say it, read by the checker's own eyes.
type fact struct {
	V       int    `json:"v"`
	Node    string `json:"node"`
	Seq     int64  `json:"seq"`
	Org     string `json:"org"`
	Subject struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
	} `json:"subject"`
	N     int64  `json:"n"`
	Call  string `json:"call"`
	At    int64  `json:"at"`
	Mono  int64  `json:"mono"`
	Boot  int64  `json:"boot"`
	Late  int64  `json:"late_us"`
	Kind  string `json:"kind"`
	Actor string `json:"actor"`
	Cause *struct {
		Subject *struct {
			Kind string `json:"kind"`
			ID   string `json:"id"`
		} `json:"subject"`
		N     int64  `json:"n"`
		Proto string `json:"proto"`
		Text  string `json:"text"`
	} `json:"cause"`
	Phase string  `json:"phase"`
	Data  payload `json:"data"`
}

// payload is the union of all facts' fields that the checker reads.
type payload struct {
	Direction string   `json:"direction"`
	Trunk     string   `json:"trunk"`
	Route     string   `json:"route"`
	Party     string   `json:"party"`
	Campaign  string   `json:"campaign"`
	Lead      string   `json:"lead"`
	Attempt   any      `json:"attempt"` // an id, or how often a question was put
	EndedBy   string   `json:"ended_by"`
	PrePhase  string   `json:"pre_phase"`
	Estimated bool     `json:"end_estimated"`
	Outcome   string   `json:"outcome"`
	Leg       int64    `json:"leg"`
	Code      any      `json:"code"` // a SIP status, or a disposition
	Role      string   `json:"role"`
	Codec     string   `json:"codec"`
	Agent     string   `json:"agent"`
	Session   string   `json:"session"`
	By        string   `json:"by"`
	Entry     int64    `json:"entry"`
	Queue     string   `json:"queue"`
	First     bool     `json:"first"`
	TargetUS  int64    `json:"target_us"`
	Reason    string   `json:"reason"`
	Position  int64    `json:"position"`
	EstUS     int64    `json:"est_us"`
	Offer     string   `json:"offer"`
	LimitUS   int64    `json:"limit_us"`
	End       string   `json:"end"`
	Segment   int64    `json:"segment"`
	Survey    string   `json:"survey"`
	Language  string   `json:"language"`
	Question  string   `json:"question"`
	Value     int64    `json:"value"`
	Scale     int64    `json:"scale"`
	Type      string   `json:"type"`
	Class     string   `json:"class"`
	About     *payload `json:"about"`
	Announced bool     `json:"announced"`
	Result    string   `json:"result"`
	From      string   `json:"from"`
	To        string   `json:"to"`
	Aux       string   `json:"aux"`
	Unpaid    bool     `json:"unpaid"`
	Requested int64    `json:"requested_at"`
	Note      string   `json:"note"`
	Ask       int64    `json:"ask"`
	How       string   `json:"how"`
	Via       string   `json:"via"`
	FromPart  int64    `json:"from_segment"`
	Into      int64    `json:"into"`
	Target    target   `json:"target"`
	Bucket    int64    `json:"bucket"`
	LastRxAgo int64    `json:"last_rx_ago_us"`
	StepUS    int64    `json:"step_us"`
	Queues    []string `json:"queues"`
}

// target is for whom an agent asks.
type target struct {
	To    string `json:"to"`
	Name  string `json:"name"`
	Party string `json:"party"`
}

func (p payload) attemptID() string { s, _ := p.Attempt.(string); return s }
func (p payload) attemptNo() int64  { n, _ := p.Attempt.(float64); return int64(n) }
func (p payload) status() int64     { n, _ := p.Code.(float64); return int64(n) }
func (p payload) word() string      { s, _ := p.Code.(string); return s }

// since is the time from b to a: by the monotonic clock within a boot. A later
// boot is never before an earlier one, wherever its wall clock was set to.
func (a *fact) since(b *fact) int64 {
	if a.Boot == b.Boot {
		return a.Mono - b.Mono
	}
	if a.Boot > b.Boot {
		return max(a.At-b.At, 0)
	}
	return min(a.At-b.At, 0)
}

func (a *fact) subject() string { return a.Subject.Kind + ":" + a.Subject.ID }

// chain recomputes every node's hash chain from the stored bytes, compares the
// stamps' columns with their bytes, and finds gaps. It returns what the stamps
// say, in the order of node and Seq.
func chain(f *findings, s *store) []*fact {
	heads := map[string][]byte{}
	seqs := map[string]int64{}
	ns := map[string]int64{}
	var facts []*fact
	for _, r := range s.stamps {
		node, seq := r.str("node"), r.int("seq")
		key := fmt.Sprintf("%s/%d", node, seq)
		if seq == seqs[node] && seq != 0 {
			f.say("stamps", key, LawOnce, "one row", "two")
			continue
		}
		if seq != seqs[node]+1 {
			f.say("stamps", fmt.Sprintf("%s/%d", node, seqs[node]+1), LawOrder, "the stamp", fmt.Sprintf("a gap before %d", seq))
		}
		seqs[node] = seq
		text, _ := r["bytes"].([]byte)
		stored, _ := r["hash"].([]byte)
		link := sha256.Sum256(append(append(make([]byte, 0, 32+len(text)), zeroed(heads[node])...), text...))
		if !bytes.Equal(link[:], stored) {
			f.say("stamps", key, LawChain, fmt.Sprintf("%x", link), fmt.Sprintf("%x", stored))
		}
		heads[node] = stored // one broken link is one finding
		a := &fact{}
		if err := json.Unmarshal(text, a); err != nil {
			f.sayf("stamps", key, LawBytes, "JSON", err)
			continue
		}
		columns(f, key, r, a)
		if a.N != ns[a.subject()]+1 {
			f.say("stamps", key, LawOrder, fmt.Sprintf("%s stamp %d", a.subject(), ns[a.subject()]+1), fmt.Sprint(a.N))
		}
		ns[a.subject()] = a.N
		facts = append(facts, a)
	}
	positions(f, s, seqs, heads)
	return facts
}

// zeroed is the link before the first: 32 zero bytes.
func zeroed(h []byte) []byte {
	if h == nil {
		return make([]byte, sha256.Size)
	}
	return h
}

func columns(f *findings, key string, r row, a *fact) {
	f.same("stamps", key, LawBytes, a.Node, r.str("node"))
	f.same("stamps", key, LawBytes, a.Seq, r.int("seq"))
	f.same("stamps", key, LawBytes, a.subject(), r.str("subject"))
	f.same("stamps", key, LawBytes, a.N, r.int("n"))
	f.same("stamps", key, LawBytes, a.Call, r.str("call_id"))
	f.same("stamps", key, LawBytes, a.Kind, r.str("kind"))
	if a.Org != "" { // a node's own stamps belong to whom the database belongs
		f.same("stamps", key, LawBytes, a.Org, r.str("organisation_id"))
	}
	if at, ok := r["at"].(time.Time); ok {
		f.same("stamps", key, LawBytes, a.At, at.UnixMicro())
	}
}

// positions checks that the follower stands at the last stamp and its hash.
func positions(f *findings, s *store, seqs map[string]int64, heads map[string][]byte) {
	for _, p := range s.place {
		node := p.str("node")
		f.same("follower_positions", node, LawOrder, seqs[node], p.int("seq"))
		hash, _ := p["hash"].([]byte)
		if !bytes.Equal(hash, zeroed(heads[node])) {
			f.say("follower_positions", node, LawChain, fmt.Sprintf("%x", heads[node]), fmt.Sprintf("%x", hash))
		}
		delete(seqs, node)
	}
	for node, seq := range seqs {
		f.sayf("follower_positions", node, LawOnce, "a row at stamp "+fmt.Sprint(seq), "none")
	}
}
