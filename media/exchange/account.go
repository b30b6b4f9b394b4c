package exchange

import (
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// account is the summary of a leg whose sound has these statistics.
func account(no stamp.LegNo, s media.Stats) stamp.MediaSummary {
	return stamp.MediaSummary{
		Leg: no, Rx: s.Received, Tx: s.Sent, Lost: s.Lost,
		JitterUS: s.Jitter.Microseconds(), RTTUS: s.RTT.Microseconds(), MOS: s.MOS(),
	}
}

// voiceOf is what a part of a call was made of.
func voiceOf(no stamp.LegNo, t media.TalkStats) stamp.MediaVoice {
	return stamp.MediaVoice{
		Leg: no, LengthUS: t.Length.Microseconds(), CustomerUS: t.Customer.Microseconds(), AgentUS: t.Agent.Microseconds(),
		BothUS: t.Both.Microseconds(), DeadUS: t.DeadAir.Microseconds(), DeadAirs: t.DeadAirs, Overlaps: t.Overlaps,
		FirstAgentUS: t.FirstAgent.Microseconds(), FirstCustomerUS: t.FirstCustomer.Microseconds(),
	}
}

// since is what an end has counted after from. Jitter and round trip are no
// counts: the newest stand.
func since(from, to media.Stats) media.Stats {
	to.Received -= from.Received
	to.Sent -= from.Sent
	to.Lost -= from.Lost
	return to
}

// plus adds what an earlier connection of the same seat had counted. Jitter and
// round trip are those of the last one that was heard.
func plus(earlier, s media.Stats) media.Stats {
	if s.Received == 0 {
		s.Jitter, s.RTT = earlier.Jitter, earlier.RTT
	}
	s.Received += earlier.Received
	s.Sent += earlier.Sent
	s.Lost += earlier.Lost
	return s
}
