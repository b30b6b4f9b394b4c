package main

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

// planOf resolves what was configured for a queue into the plan of one call.
func planOf(c configs.Config, q postgres.Queue) call.Plan {
	p := call.Plan{
		Language: language(q.Language, c), Queue: q.ID, Music: "music", Welcome: prompts.QueueWelcome,
		AnswerOn: call.OnEntry, ShortUS: q.ShortAbandonUS, MaxWaitUS: q.MaxWaitUS, OfferUS: q.OfferTimeoutUS,
		WrapUS: q.WrapUpUS, WrapNeeded: q.WrapRequired, TargetUS: q.ServiceLevelUS,
	}
	if q.Answer == "on_agent" {
		p.AnswerOn, p.Welcome = call.OnAgent, ""
	}
	if q.Survey {
		p.Survey = "csat"
	}
	return withLimits(c, p)
}

// planTo is the plan of an inbound call that is led to a destination: of a queue
// that queue's, else one with the limits that all calls have.
func planTo(c configs.Config, org stamp.OrgID, house *call.House, to call.Destination) call.Plan {
	if to.Kind == call.ToQueue {
		return *house.Queues[stamp.QueueID(to.ID)]
	}
	return withLimits(c, call.Plan{Org: org, Language: c.Organisation.Language, Music: "music", AnswerOn: call.OnEntry, To: to, House: house})
}

// campaignPlan is the plan of a dialed call: the queue's, without waiting.
func campaignPlan(c configs.Config, k postgres.Campaign, q postgres.Queue) call.Plan {
	p := planOf(c, q)
	p.Queue, p.Welcome = "", ""
	p.Campaign, p.RingUS, p.AbandonMsg = k.ID, k.RingTimeoutUS, prompts.DropSafeHarbour
	return p
}

func withLimits(c configs.Config, p call.Plan) call.Plan {
	p.NoAudioUS = c.Media.RTPSilent.Microseconds()
	p.SilenceUS = c.Media.RTPTimeout.Microseconds()
	p.GraceUS = c.Agents.ReloadGrace.Microseconds()
	p.MaxUS = c.Calls.MaxDuration.Microseconds()
	p.ReturnUS, p.ParkUS = c.Calls.ReturnAfter.Microseconds(), c.Calls.ParkFor.Microseconds()
	return p
}

func language(own string, c configs.Config) string {
	if own != "" {
		return own
	}
	return c.Organisation.Language
}
