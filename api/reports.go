package api

import (
	"context"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Query is the range that a report is about.
type Query struct {
	From, To time.Time
	Zone     string   // IANA name; days and hours are cut in it
	Group    string   // none, queue, agent, campaign, interval, hour, day
	Key      string   // one group only: the calls behind one row
	IDs      []string // KPI ids; empty = all
	Limit    int
}

// Reports reads what is true. Errors: ErrUnknown for a KPI, call or group that
// is not there.
type Reports interface {
	Catalogue() []wire.KPI
	Report(ctx context.Context, q Query) (wire.Report, error)
	Behind(ctx context.Context, kpi string, q Query) ([]wire.CallRow, error)
	Calls(ctx context.Context, q Query) ([]wire.CallRow, error)
	Call(ctx context.Context, id string) (wire.CallDetail, error)
}

// ErrUnknown says that the thing asked for does not exist; what says which.
func ErrUnknown(what, name string) error {
	return refuse(codeUnknown, "There is no %s %s.", what, quote(name))
}

// ErrValue says that what was sent makes no sense: what, why and what to do.
func ErrValue(format string, args ...any) error { return refuse(codeBadFrame, format, args...) }

// maxRows bounds one list.
const maxRows = 500

// QueryInput is a range in a request. Exported for the library that reads it
// where it is embedded.
type QueryInput struct {
	From  time.Time `query:"from" doc:"start of the range, RFC 3339; default: the start of today in the zone"`
	To    time.Time `query:"to" doc:"end of the range, exclusive; default: now"`
	Zone  string    `query:"zone" doc:"IANA time zone of days and hours; default: the organisation's"`
	Group string    `query:"group" enum:"none,queue,agent,campaign,interval,hour,day" default:"none"`
	Key   string    `query:"key" doc:"one group's key"`
	IDs   []string  `query:"ids" doc:"KPI ids; default: all"`
	Limit int       `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// longest is how long a range may be, by group: it bounds the answer to some
// thousand rows.
func longest(group string) time.Duration {
	const day = 24 * time.Hour
	switch group {
	case "interval":
		return 32 * day
	case "hour":
		return 100 * day
	}
	return 10 * 366 * day
}

// resolve fills in what was left out.
func (s *Server) resolve(ctx context.Context, q QueryInput) (Query, error) {
	zone := q.Zone
	if zone == "" && s.deps.Zone != nil {
		zone = s.deps.Zone(ctx)
	}
	if zone == "" {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return Query{}, refuse(codeUnknown, "There is no time zone %s; use an IANA name such as Asia/Ho_Chi_Minh.", quote(zone))
	}
	now := stamp.Wall().In(loc)
	if q.To.IsZero() {
		q.To = now
	}
	if q.From.IsZero() {
		y, m, d := now.Date()
		q.From = time.Date(y, m, d, 0, 0, 0, 0, loc)
	}
	if !q.From.Before(q.To) {
		return Query{}, refuse(codeBadFrame, "The range is empty: from must lie before to.")
	}
	if most := longest(q.Group); q.To.Sub(q.From) > most {
		return Query{}, refuse(codeBadFrame, "The range is longer than %d days; choose a shorter one or another group.", int(most.Hours()/24))
	}
	return Query{From: q.From, To: q.To, Zone: zone, Group: q.Group, Key: q.Key, IDs: q.IDs, Limit: min(q.Limit, maxRows)}, ctx.Err()
}

type reportOutput struct{ Body wire.Report }

func (s *Server) report(ctx context.Context, in *QueryInput) (*reportOutput, error) {
	q, err := s.resolve(ctx, *in)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if who := whoOf(ctx); rank(who.Role) < rank(RoleSupervisor) {
		q.Group, q.Key = "agent", string(who.ID) // agents see their own figures
	}
	r, err := s.deps.Reports.Report(ctx, q)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &reportOutput{r}, nil
}

type behindInput struct {
	ID string `path:"id" doc:"KPI id, e.g. in.wait"`
	QueryInput
}

type callsOutput struct{ Body []wire.CallRow }

func (s *Server) behind(ctx context.Context, in *behindInput) (*callsOutput, error) {
	q, err := s.resolve(ctx, in.QueryInput)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	rows, err := s.deps.Reports.Behind(ctx, in.ID, q)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &callsOutput{s.masked(ctx, rows)}, nil
}

func (s *Server) listCalls(ctx context.Context, in *QueryInput) (*callsOutput, error) {
	q, err := s.resolve(ctx, *in)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	rows, err := s.deps.Reports.Calls(ctx, q)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &callsOutput{s.masked(ctx, rows)}, nil
}

type callInput struct {
	ID string `path:"id" doc:"the call's id"`
}

type callOutput struct{ Body wire.CallDetail }

func (s *Server) showCall(ctx context.Context, in *callInput) (*callOutput, error) {
	d, err := s.deps.Reports.Call(ctx, in.ID)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	d.CallRow = s.masked(ctx, []wire.CallRow{d.CallRow})[0]
	return &callOutput{d}, nil
}

// masked hides all but the last three digits of a number from supervisors;
// managers see it whole.
func (s *Server) masked(ctx context.Context, rows []wire.CallRow) []wire.CallRow {
	if rank(whoOf(ctx).Role) >= rank(RoleManager) {
		return rows
	}
	for i := range rows {
		rows[i].Party = Mask(rows[i].Party)
	}
	return rows
}

// Mask leaves the last three characters of a number.
func Mask(number string) string {
	r := []rune(number)
	for i := range max(len(r)-3, 0) {
		r[i] = '•'
	}
	return string(r)
}
