package check

import (
	"fmt"
	"strings"
)

// partOf returns a part's row, begun by a where there was none.
func (c *teller) partOf(rows map[string]row, key, col string, id any, a *fact) row {
	r := rows[key]
	if r == nil {
		r = c.part(a)
		r[col] = id
		rows[key] = r
	}
	return r
}

// once keeps the first instant of a column.
func once(r row, col string, at int64) bool {
	if r.int(col) != 0 {
		return false
	}
	r[col] = at
	return true
}

// leg tells what a stamp says of a party's connection.
func (c *teller) leg(a *fact) {
	d := a.Data
	if d.Leg == 0 || a.Kind == "dtmf" || a.Kind == "media.no_audio" || a.Kind == "media.rtp_timeout" || a.Kind == "media.resumed" ||
		a.Kind == "media.voice" || strings.HasPrefix(a.Kind, "media.mic_") || strings.HasPrefix(a.Kind, "rec.") {
		return
	}
	key := fmt.Sprint(d.Leg)
	fresh := c.legs[key] == nil
	r := c.partOf(c.legs, key, "leg", d.Leg, a)
	if fresh {
		for _, col := range []string{"invited_at", "ringing_at", "answered_at", "first_rx_at", "ended_at", "code"} {
			r[col] = int64(0)
		}
		r["role"], r["trunk"], r["agent"], r["codec"], r["by"] = "", "", "", "", ""
	}
	switch a.Kind {
	case "leg.invite_received", "leg.invite_sent":
		once(r, "invited_at", a.At)
		r["trunk"] = d.Trunk
		if c.attempt != nil && d.Leg == 1 {
			once(c.attempt, "invited_at", a.At)
		}
	case "leg.ringing":
		once(r, "ringing_at", a.At)
	case "leg.answered":
		once(r, "answered_at", a.At)
		r["role"], r["codec"], r["agent"] = d.Role, d.Codec, d.Agent
		if d.Leg == 1 {
			once(c.call, "answered_at", a.At)
		}
	case "leg.rejected":
		once(r, "ended_at", a.At)
		r["code"] = d.status()
	case "leg.cancelled":
		r["by"] = d.By
	case "leg.ended":
		once(r, "ended_at", a.At)
		r["by"] = d.By
	case "media.first_rx":
		once(r, "first_rx_at", a.At)
	}
	if r.int("invited_at")+r.int("ringing_at")+r.int("answered_at")+r.int("ended_at") == 0 {
		delete(r, "since_us") // only observed so far: its place follows with its first step
	} else if _, set := r["since_us"]; !set {
		r["since_us"] = a.since(c.born)
	}
}

func (c *teller) queued(a *fact) {
	d := a.Data
	r := c.partOf(c.entries, fmt.Sprint(d.Entry), "entry", d.Entry, a)
	if a.Kind == "queue.entered" {
		r["queue"], r["first"], r["entered_at"] = d.Queue, d.First, a.At
		r["exited_at"], r["reason"], r["stay_us"], r["wait_us"] = int64(0), "", int64(0), int64(0)
		r["position"], r["est_us"], r["est_at"] = int64(0), int64(0), int64(0)
		c.begun["entry "+fmt.Sprint(d.Entry)] = a
		if once(c.call, "entered_at", a.At) {
			c.first = a
			c.call["queue"], c.call["target_us"] = d.Queue, d.TargetUS
			if d.TargetUS == 0 {
				c.call["target_us"] = int64(20_000_000) // the trade's usual 20 s
			}
		}
		return
	}
	begun := c.begun["entry "+fmt.Sprint(d.Entry)]
	if begun == nil || c.first == nil {
		return
	}
	r["exited_at"], r["reason"], r["stay_us"], r["wait_us"] = a.At, d.Reason, a.since(begun), a.since(c.first)
	c.call["exit"], c.call["exited_at"] = d.Reason, a.At
	if c.call.int("connected_at") == 0 {
		c.call["wait_us"] = a.since(c.first)
		c.call["service"], c.call["fate_at"] = "", int64(0)
		switch d.Reason {
		case "abandoned", "abandoned_at_offer", "abandoned_at_whisper", "abandoned_short":
			c.call["service"], c.call["fate_at"] = c.inTime("gone", a), a.At
		}
	}
}

// inTime tells whether what happened at a came within the queue's limit.
func (c *teller) inTime(what string, a *fact) string {
	if a.since(c.first) <= c.call.int("target_us") {
		return what + "_within"
	}
	return what + "_late"
}

// announced tells what the customer was told first.
func (c *teller) announced(a *fact) {
	d := a.Data
	if r := c.entries[fmt.Sprint(d.Entry)]; r != nil && (d.EstUS != 0 || d.Position != 0) && once(r, "est_at", a.At) {
		r["position"], r["est_us"] = d.Position, d.EstUS
	}
}

func (c *teller) offered(a *fact) {
	d := a.Data
	r := c.partOf(c.offers, d.Offer, "offer", d.Offer, a)
	switch a.Kind {
	case "offer.created":
		r["entry"], r["queue"], r["agent"], r["session"], r["limit_us"] = d.Entry, d.Queue, d.Agent, d.Session, d.LimitUS
		r["created_at"], r["ring_at"], r["ended_at"], r["end"], r["ring_us"] = a.At, int64(0), int64(0), "", int64(0)
		c.begun[d.Offer] = a
	case "offer.ring_started":
		if once(r, "ring_at", a.At) {
			c.begun[d.Offer] = a
		}
	default:
		r["ended_at"], r["end"] = a.At, d.End
		if a.Kind == "offer.accepted" {
			r["end"] = "accepted"
		}
		if begun := c.begun[d.Offer]; begun != nil {
			r["ring_us"] = a.since(begun)
		}
	}
}

func (c *teller) segment(a *fact) {
	d := a.Data
	r := c.partOf(c.segments, fmt.Sprint(d.Segment), "segment", d.Segment, a)
	switch a.Kind {
	case "segment.opened":
		r["agent"], r["session"], r["leg"], r["offer"], r["queue"], r["opened_at"] = d.Agent, d.Session, d.Leg, d.Offer, d.Queue, a.At
		c.begun["segment "+fmt.Sprint(d.Segment)] = a
		for _, col := range []string{"connected_at", "ended_at", "wrap_started_at", "wrap_ended_at", "handled_at", "wrap_us"} {
			r[col] = int64(0)
		}
		r["by"], r["pre_phase"], r["wrap_by"], r["disposition"], r["note"] = "", "", "", "", ""
		r["via"], r["from_segment"], r["taken_at"], r["beside"] = d.Via, d.FromPart, int64(0), []row(nil)
		if d.Via == "blind" {
			r["taken_at"] = a.At
		}
	case "segment.connected":
		once(r, "connected_at", a.At)
		if once(c.call, "connected_at", a.At) {
			c.call["agent"] = d.Agent
			if c.first != nil {
				c.call["wait_us"] = a.since(c.first)
				c.call["within"] = a.since(c.first) <= c.call.int("target_us")
				c.call["service"], c.call["fate_at"] = c.inTime("answered", a), a.At
				if opened := c.begun["segment "+fmt.Sprint(d.Segment)]; opened != nil {
					c.call["pickup_us"] = opened.since(c.first)
				}
			}
			c.human(a)
		}
	case "segment.ended":
		r["ended_at"], r["by"], r["pre_phase"] = a.At, d.By, d.PrePhase
	case "wrap.started":
		r["wrap_started_at"] = a.At
		c.begun["wrap "+fmt.Sprint(d.Segment)] = a
	case "wrap.ended":
		r["wrap_ended_at"], r["wrap_by"] = a.At, d.By
		if begun := c.begun["wrap "+fmt.Sprint(d.Segment)]; begun != nil {
			r["wrap_us"] = a.since(begun)
		}
		if r.int("connected_at") != 0 {
			r["handled_at"] = a.At
		}
	case "disposition.set":
		r["disposition"] = d.word()
	case "note.saved":
		r["note"] = d.Note
	}
}

func (c *teller) dialed(a *fact) {
	d := a.Data
	if c.attempt == nil {
		c.attempt = c.part(c.born)
		c.attempt["attempt"], c.attempt["lead"] = d.attemptID(), c.call["lead"]
		for _, col := range []string{"invited_at", "human_at", "connected_at", "abandoned_at", "ended_at", "code"} {
			c.attempt[col] = int64(0)
		}
		c.attempt["reserved"], c.attempt["agent"], c.attempt["result"], c.attempt["announced"] = "", "", "", false
	}
	switch a.Kind {
	case "dial.attempt_started", "dial.reassigned":
		c.attempt["reserved"] = d.Agent
	case "dial.human":
		if once(c.attempt, "human_at", a.At) {
			c.call["human_at"] = a.At
			c.human(a)
		}
	case "dial.abandoned":
		if once(c.attempt, "abandoned_at", a.At) {
			c.attempt["announced"] = d.Announced
		}
	case "dial.result":
		c.attempt["ended_at"], c.attempt["result"], c.attempt["code"] = a.At, d.Result, d.status()
	}
}

// human tells when a person was there and heard an agent.
func (c *teller) human(a *fact) {
	if c.attempt != nil && c.attempt.int("human_at") != 0 && c.call.int("connected_at") != 0 && once(c.attempt, "connected_at", a.At) {
		c.attempt["agent"] = c.call["agent"]
	}
}
