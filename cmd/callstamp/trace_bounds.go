package main

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// boundsOf says which span a fact begins, under which name, or which it ends.
func boundsOf(fact stamp.Fact) (begins, ends, name string) {
	switch f := fact.(type) {
	case stamp.LegInviteReceived:
		return legKey(f.Leg), "", "leg customer"
	case stamp.LegInviteSent:
		return legKey(f.Leg), "", "leg customer"
	case stamp.LegAnswered: // an agent's leg begins so; a customer's is open, and it is an event
		return legKey(f.Leg), "", "leg " + f.Role
	case stamp.LegEnded:
		return "", legKey(f.Leg), ""
	case stamp.LegRejected:
		return "", legKey(f.Leg), ""
	case stamp.QueueEntered:
		return fmt.Sprintf("entry %d", f.Entry), "", "queue"
	case stamp.QueueExited:
		return "", fmt.Sprintf("entry %d", f.Entry), ""
	case stamp.OfferCreated:
		return "offer " + string(f.Offer), "", "offer"
	case stamp.OfferAccepted:
		return "", "offer " + string(f.Offer), ""
	case stamp.OfferEnded:
		return "", "offer " + string(f.Offer), ""
	case stamp.SegmentOpened:
		return segmentKey(f.Segment), "", "segment"
	case stamp.SegmentEnded:
		return "", segmentKey(f.Segment), ""
	}
	return insideBoundsOf(fact)
}

// insideBoundsOf are the spans within a segment, or after it.
func insideBoundsOf(fact stamp.Fact) (begins, ends, name string) {
	switch f := fact.(type) {
	case stamp.HoldStarted:
		return holdKey(f.Segment, f.By), "", "hold by " + string(f.By)
	case stamp.HoldEnded:
		return "", holdKey(f.Segment, f.By), ""
	case stamp.MuteStarted:
		return fmt.Sprintf("mute %d", f.Segment), "", "mute"
	case stamp.MuteEnded:
		return "", fmt.Sprintf("mute %d", f.Segment), ""
	case stamp.WrapStarted:
		return wrapKey(f.Segment), "", "wrap-up"
	case stamp.WrapEnded:
		return "", wrapKey(f.Segment), ""
	case stamp.SurveyOffered:
		return surveyKey(f.Segment), "", "survey"
	case stamp.SurveyEnded:
		return "", surveyKey(f.Segment), ""
	}
	return "", "", ""
}

// ownerOf is the key of the span that a fact is an event of; "": the call.
func ownerOf(fact stamp.Fact) string {
	switch f := fact.(type) {
	case stamp.LegRinging:
		return legKey(f.Leg)
	case stamp.LegCancelled:
		return legKey(f.Leg)
	case stamp.LegLost:
		return legKey(f.Leg)
	case stamp.LegBack:
		return legKey(f.Leg)
	case stamp.MediaFirstRx:
		return legKey(f.Leg)
	case stamp.MediaNoAudio:
		return legKey(f.Leg)
	case stamp.MediaRTPTimeout:
		return legKey(f.Leg)
	case stamp.MediaResumed:
		return legKey(f.Leg)
	case stamp.MediaSummary:
		return legKey(f.Leg)
	case stamp.DTMF:
		return legKey(f.Leg)
	case stamp.OfferRingStarted:
		return "offer " + string(f.Offer)
	case stamp.SegmentConnected:
		return segmentKey(f.Segment)
	case stamp.WrapExtended:
		return wrapKey(f.Segment)
	case stamp.DispositionSet:
		return wrapKey(f.Segment)
	case stamp.NoteSaved:
		return wrapKey(f.Segment)
	case stamp.SurveyAsked:
		return surveyKey(f.Segment)
	case stamp.SurveyResponded:
		return surveyKey(f.Segment)
	case stamp.SurveyInvalid:
		return surveyKey(f.Segment)
	case stamp.SurveyNoInput:
		return surveyKey(f.Segment)
	}
	return ""
}

func legKey(n stamp.LegNo) string         { return fmt.Sprintf("leg %d", n) }
func segmentKey(n stamp.SegmentNo) string { return fmt.Sprintf("segment %d", n) }
func wrapKey(n stamp.SegmentNo) string    { return fmt.Sprintf("wrap %d", n) }
func surveyKey(n stamp.SegmentNo) string  { return fmt.Sprintf("survey %d", n) }
func holdKey(n stamp.SegmentNo, by stamp.Actor) string {
	return fmt.Sprintf("hold %d %s", n, by)
}
