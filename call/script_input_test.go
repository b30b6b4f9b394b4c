package call

import (
	"cmp"
	"strconv"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// inputOf reads an input line's words.
func inputOf(t *testing.T, what string, args []string) Input {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	num := func(i int) int { n, _ := strconv.Atoi(arg(i)); return n }
	agent, segment := stamp.AgentID(arg(0)), stamp.SegmentNo(max(num(1), 1))
	seat := func(a string) Seat { return Seat{Agent: stamp.AgentID(a), Session: stamp.ID(a + "-session")} }
	leg := stamp.LegNo(cmp.Or(num(0), 1))
	to, _ := ParseDestination(arg(1))
	out := Outside{}
	if to.Kind == ToNumber {
		out = Outside{Party: "p9", Dial: Dial{Trunk: "gateway", Number: to.ID}}
	}
	switch what {
	case "arrived":
		return Arrived{Trunk: "carrier", Route: "hotline", Party: "p1"}
	case "originate":
		return Originate{Trunk: "carrier", Party: "p1", Lead: "lead1", Attempt: "try1", Seat: seat(arg(0))}
	case "refused":
		return Originate{Trunk: "carrier", Party: "p1", Attempt: "try1", Seat: seat(arg(0)), Refused: arg(1)}
	case "early":
		return LegRang{Leg: 1, Code: 183, Early: true}
	case "redial-failed":
		return EffectFailed{Effect: Durably{Redial{Leg: 1, Try: num(0)}}, Err: "trunk is full"}
	case "sent":
		return LegSent{Leg: leg}
	case "rang":
		return LegRang{Leg: leg, Code: 180}
	case "200":
		return LegAnswered{Leg: leg, Codec: "PCMU"}
	case "rejected":
		return LegRejected{Leg: stamp.LegNo(cmp.Or(num(1), 1)), Code: num(0)}
	case "bye":
		return LegGone{Leg: leg, By: stamp.Customer}
	case "cancel":
		return LegGone{Leg: 1, By: stamp.Customer, Cancelled: true}
	case "gone": // as we have asked for
		return LegGone{Leg: 1, By: stamp.System}
	case "remote-hold":
		return RemoteHold{Leg: 1, On: arg(0) == "on"}
	case "rtp":
		return FirstRx{Leg: leg}
	case "silent":
		return Silent{Leg: leg, AgoUS: 30e6}
	case "played":
		return PlayDone{Play: num(0)}
	case "account":
		return Summary{stamp.MediaSummary{Leg: leg, Rx: 3000, Tx: 3000, Lost: 2, MOS: 4.3}}
	case "seat-lost":
		return SeatLost{Agent: agent}
	case "seat-back":
		return SeatBack{Agent: agent}
	case "digit":
		return Digit{Leg: leg, Digit: '5', For: 80 * time.Millisecond}
	case "matched":
		return Matched{Offer: stamp.ID(arg(0)), Entry: stamp.EntryNo(max(num(2), 1)), Seat: seat(arg(1))}
	case "rings":
		return DeskRings{Offer: stamp.ID(arg(0))}
	case "accept":
		return Accept{Offer: stamp.ID(arg(0))}
	case "decline":
		return Decline{Offer: stamp.ID(arg(0))}
	case "offer-failed":
		return OfferFailed{Offer: stamp.ID(arg(0)), End: stamp.OfferEnd(arg(1))}
	case "reassign": // from, to; no to: nobody is left
		in := Reassign{Lost: agent}
		if arg(1) != "" {
			in.Seat = seat(arg(1))
		}
		return in
	case "hang-up":
		return AgentHangup{Agent: agent}
	case "hold":
		return AgentHold{Agent: agent, On: true}
	case "resume":
		return AgentHold{Agent: agent}
	case "consult": // by whom, "agent:binh"
		return Consult{Agent: agent, To: to, Outside: out}
	case "back":
		return EndConsult{Agent: agent}
	case "complete":
		return CompleteTransfer{Agent: agent}
	case "transfer":
		return Transfer{Agent: agent, To: to, Outside: out}
	case "conference":
		return Conference{Agent: agent}
	case "park":
		return Park{Agent: agent}
	case "retrieve":
		return Retrieve{Agent: agent}
	case "found": // offer, agent, ask
		return Found{Offer: stamp.ID(arg(0)), Seat: seat(arg(1)), Ask: num(2)}
	case "unfound":
		return Unfound{Ask: num(0), Why: stamp.AskEnd(arg(1))}
	case "not-opened":
		return EffectFailed{Effect: Open{Leg: leg}, Err: "outside the prefixes of trunk carrier"}
	case "requeue": // who, queue
		return Requeue{By: agent, Queue: stamp.QueueID(arg(1))}
	case "mute":
		return AgentMute{Agent: agent, On: true}
	case "voice":
		return Voice{stamp.MediaVoice{Leg: leg, LengthUS: 60e6, CustomerUS: 20e6, AgentUS: 30e6, BothUS: 1e6, Overlaps: 2, FirstAgentUS: 400e3}}
	case "mic-silent":
		return MicSilent{Leg: leg}
	case "mic-heard":
		return MicHeard{Leg: leg}
	case "record":
		return AgentRecord{Agent: agent, On: arg(1) == "on"}
	case "pause":
		return AgentRecordPause{Agent: agent, On: true}
	case "go-on":
		return AgentRecordPause{Agent: agent}
	case "record-ended":
		return RecordEnded{No: stamp.RecordingNo(num(0)), Why: stamp.RecordingEnd(arg(1))}
	case "record-failed":
		return EffectFailed{Effect: Record{No: stamp.RecordingNo(num(0))}, Err: "no disk"}
	case "announce-failed":
		return EffectFailed{Effect: Announce{Play: num(0)}, Err: "no prompt"}
	case "dispose":
		return Dispose{Agent: agent, Segment: 1, Code: arg(1)}
	case "more-wrap":
		return ExtendWrap{Agent: agent, Segment: segment, ByUS: 30e6}
	case "done":
		return EndWrap{Agent: agent, Segment: segment, By: "agent"}
	case "checked": // asked and first called so many seconds before the script, and how often; 0 = never
		ago := func(i int) int64 {
			if num(i) == 0 {
				return 0
			}
			return instant(0).At - int64(num(i))*1e6
		}
		return SurveyChecked{SurveyPast{Known: true, Asked: ago(0), Since: ago(1), Calls: num(2)}}
	case "speaks":
		return SpeechBegan{Question: arg(0), MaxUS: 30e6}
	case "spoke":
		return SpeechEnded{Question: arg(0), Why: stamp.RecordedEnough}
	case "accepts-survey":
		return SurveyAccepted{}
	case "declines-survey":
		return SurveyDeclined{}
	case "asked": // attempt, question, whom it is about
		return Asked{Question: cmp.Or(arg(1), "csat"), Type: arg(1), Attempt: num(0), About: About(arg(2))}
	case "responded": // value, question, scale, class
		return Responded{Question: cmp.Or(arg(1), "csat"), Value: num(0), Scale: cmp.Or(num(2), 5), Class: stamp.AnswerClass(arg(3))}
	case "invalid":
		return InvalidKey{Question: arg(0)}
	case "no-input":
		return NoInput{Question: "csat"}
	case "dialogue-ended":
		return DialogueEnded{End: arg(0)}
	case "bridge-failed":
		return EffectFailed{Effect: Mix{}, Err: "no connection"}
	case "abort":
		return Abort{By: stamp.System, Cause: stamp.Cause{Text: arg(0)}}
	case "tick":
		return Tick{}
	}
	return frontInputOf(t, what, args)
}
