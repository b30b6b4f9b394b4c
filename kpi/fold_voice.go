package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// voiced keeps who spoke in an agent's part. What the agent said first is counted
// from the picking up; both could hear each other from then on.
func (c *openCall) voiced(s stamp.Stamp, f stamp.MediaVoice) error {
	return c.onSegment(s, f.Segment, func(g *Segment) {
		g.VoiceAt, g.VoiceUS, g.FirstAudioUS = s.At, f.LengthUS, f.FirstAgentUS
		g.VoiceAgentUS, g.VoiceCustomerUS, g.VoiceBothUS = f.AgentUS, f.CustomerUS, f.BothUS
		g.DeadUS, g.DeadAirs, g.Overlaps = f.DeadUS, f.DeadAirs, f.Overlaps
	})
}
