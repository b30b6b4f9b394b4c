package main

import (
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// Where a stamp was seen, as pages name it.
const (
	fromSIP    = "sip"
	fromRTP    = "rtp"
	fromIVR    = "ivr"
	fromACD    = "acd"
	fromWeb    = "web"
	fromSystem = "system"
)

// agentLegs are the legs of a call that end in a browser.
func agentLegs(stamps []postgres.SealedStamp) map[stamp.LegNo]bool {
	web := map[stamp.LegNo]bool{}
	for _, s := range stamps {
		switch f := s.Fact.(type) {
		case stamp.SegmentOpened:
			web[f.Leg] = true
		case stamp.LegAnswered:
			web[f.Leg] = web[f.Leg] || f.Agent != ""
		}
	}
	return web
}

// source says where a stamp of a call was seen: by its cause's protocol where
// it names one, else by its kind.
func source(s stamp.Stamp, web map[stamp.LegNo]bool) string {
	if s.Cause != nil {
		switch s.Cause.Proto {
		case "sip", "q850":
			return fromSIP
		case "rtp":
			return fromRTP
		case "web":
			return fromWeb
		}
	}
	switch f := s.Fact.(type) {
	case stamp.LegAnswered:
		return ofLeg(f.Leg, web)
	case stamp.LegEnded:
		return ofLeg(f.Leg, web)
	case stamp.LegLost, stamp.LegBack, stamp.OfferRingStarted, stamp.OfferAccepted, stamp.MuteStarted, stamp.MuteEnded,
		stamp.WrapExtended, stamp.DispositionSet, stamp.NoteSaved:
		return fromWeb
	case stamp.SegmentConnected:
		return fromRTP
	case stamp.DTMF:
		return fromIVR
	case stamp.CallCreated:
		if f.Direction == stamp.Out {
			return fromSystem
		}
		return fromSIP
	case stamp.QueueEntered, stamp.QueueExited, stamp.OfferCreated:
		return fromACD
	}
	return ofFamily(s)
}

// ofFamily decides by the first word of the kind, and where people act, by who
// did it.
func ofFamily(s stamp.Stamp) string {
	family, _, _ := strings.Cut(string(s.Kind()), ".")
	switch family {
	case "leg":
		return fromSIP
	case "media":
		return fromRTP
	case "survey":
		return fromIVR
	case "offer", "segment", "hold", "wrap", "call":
	default:
		return fromSystem
	}
	switch s.Actor {
	case stamp.Agent, stamp.Supervisor:
		return fromWeb
	case stamp.Customer, stamp.Network:
		return fromSIP
	}
	if family == "offer" {
		return fromACD
	}
	return fromSystem
}

func ofLeg(leg stamp.LegNo, web map[stamp.LegNo]bool) string {
	if web[leg] {
		return fromWeb
	}
	return fromSIP
}
