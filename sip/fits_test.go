package sip_test

import (
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/exchange"
	"github.com/callstamp/callstamp/sip"
)

// What the neighbours ask of each other; cmd ties them together.
var (
	_ switchboard.Line = (*sip.Leg)(nil)
	_ sip.Media        = (*media.Engine)(nil)
	_ sip.Media        = (*exchange.Exchange)(nil)
	_ sip.Exchange     = (*exchange.Exchange)(nil)
)
