// Package dialer runs campaigns: it decides how many lines to open (Pace, a
// pure function of a snapshot), stamps each decision with its inputs and one
// sentence (Machine), and carries it out (Runner, one goroutine per campaign).
//
// One turn of a campaign, in progressive mode a line per ready agent:
//
//	tick ─▶ Floor.Count ─▶ Pace ─▶ Leads.Claim ─▶ Floor.Reserve ─▶ Lines.Open ─▶ call
//	        idle agents            attempt row    agents            call machine   │
//	          ▲                    in Postgres    dial.pacing       in dialing     │
//	          └───────────────────────── LineEnded ◀───────────────────────────────┘
//
// A lead is claimed in one Postgres transaction, with a unique attempt row,
// before the INVITE. With Postgres away the claim fails and dialing pauses; a
// flushed Redis can double nothing.
package dialer
