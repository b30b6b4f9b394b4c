package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// seedOf turns the configuration's seed into rows. Ids are the names, so that a
// second run finds what the first made. The passwords of users who are known
// already are not hashed again, since that takes its time by design.
func seedOf(c configs.Config, known func(stamp.AgentID) bool) (postgres.Seed, error) {
	s := postgres.Seed{
		Organisation: postgres.Organisation{
			Name: c.Organisation.ID, Zone: c.Organisation.Zone, Language: c.Organisation.Language, Currency: c.Organisation.Currency,
		},
		Dispositions: dispositions(),
	}
	members := map[string][]stamp.AgentID{}
	for _, u := range c.Seed.Users {
		id := stamp.AgentID(slug(u.Login))
		for _, q := range u.Queues {
			members[q] = append(members[q], id)
		}
		if known(id) {
			continue
		}
		hash, err := api.HashPassword(u.Password.Reveal())
		if err != nil {
			return s, fmt.Errorf("seed user %s: %w", u.Login, err)
		}
		s.Users = append(s.Users, postgres.User{
			ID: id, Login: u.Login, Name: u.Name, Role: u.Role, Hash: hash, Language: c.Organisation.Language, Active: true,
			MayDial: u.Dial, PerMinute: configs.HandPerMinute, PerDay: configs.HandPerDay,
		})
	}
	for _, q := range c.Seed.Queues {
		s.Queues = append(s.Queues, postgres.Queue{
			ID: stamp.QueueID(slug(q.Name)), Name: q.Name, Language: language(q.Language, c), Answer: "on_entry",
			OfferTimeoutUS: q.OfferTimeout.Microseconds(), WrapUpUS: q.WrapUp.Microseconds(),
			ServiceLevelUS: q.ServiceLevel.Microseconds(), ShortAbandonUS: q.ShortAbandon.Microseconds(),
			Survey: q.Survey, Active: true, Agents: members[q.Name],
		})
	}
	for _, t := range c.Seed.Trunks {
		s.Trunks = append(s.Trunks, postgres.Trunk{
			ID: stamp.TrunkID(slug(t.Name)), Name: t.Name, Host: t.Host, Transport: t.Transport, Username: t.Username,
			Secret: t.Password.Reveal(), Register: t.Register, Addresses: cidrs(t.Addresses), CallerID: t.CallerID, MaxCalls: t.MaxCalls, Active: true,
			Prefixes: t.Prefixes, Realm: t.Realm, SessionUS: t.SessionExpires.Microseconds(), OptionsUS: t.OptionsEvery.Microseconds(),
			StripPlus: t.StripPlus, SignalHold: t.SignalHold,
			Backups: t.Backups, Domain: t.Domain, NAT: t.NAT, Codecs: t.Codecs, CallerSet: slugged(t.CallerSet), Sorts: t.Sorts,
			PerSecond: t.PerSecond, PerMinute: t.PerMinute, PerDay: t.PerDay, Reliable: t.Reliable, SRTP: t.SRTP, TLSCA: t.TLSCA, TLSClient: t.TLSClient,
		})
	}
	for i, r := range c.Seed.Routes {
		s.Routes = append(s.Routes, postgres.Route{
			ID: r.Number, Name: r.Number, Position: i + 1, Pattern: r.Number,
			To: seedTo(cmp.Or(r.To, "queue:"+r.Queue)), Active: true,
			HeadStartUS: r.HeadStart.Microseconds(), VIP: r.VIP,
		})
	}
	seedRouting(&s, c.Seed)
	seedFront(&s, c)
	seedWays(&s, c.Seed)
	if err := seedSurveys(&s, c.Seed); err != nil {
		return s, err
	}
	return s, sameIDs(c.Seed)
}

// sameIDs reports names whose ids are the same: the second would be taken for
// the first and silently left out.
func sameIDs(s configs.Seed) error {
	var errs []error
	first := map[string]string{}
	check := func(list, name string) {
		id := list + " " + slug(name)
		if other, taken := first[id]; taken {
			errs = append(errs, fmt.Errorf("seed.%s: %q and %q differ in no letter or digit, so they have one id; choose another name", list, other, name))
		}
		first[id] = name
	}
	for _, q := range s.Queues {
		check("queues", q.Name)
	}
	for _, u := range s.Users {
		check("users", u.Login)
	}
	for _, t := range s.Trunks {
		check("trunks", t.Name)
	}
	for _, h := range s.Hours {
		check("hours", h.Name)
	}
	for _, m := range s.Menus {
		check("menus", m.Name)
	}
	for _, c := range s.CallerSets {
		check("caller_sets", c.Name)
	}
	for _, o := range s.Outbound {
		check("outbound", o.Name)
	}
	for _, v := range s.Surveys {
		check("surveys", v.Name)
	}
	return errors.Join(errs...)
}

// seedWays adds what says how numbers are called.
func seedWays(s *postgres.Seed, from configs.Seed) {
	for _, c := range from.CallerSets {
		s.CallerSets = append(s.CallerSets, postgres.CallerSet{ID: slug(c.Name), Name: c.Name, Mode: c.Mode, Numbers: c.Numbers})
	}
	for _, o := range from.Outbound {
		s.Outbound = append(s.Outbound, postgres.OutboundRoute{
			ID: slug(o.Name), Name: o.Name, Prefix: o.Prefix, Position: o.Position, Weight: o.Weight,
			Trunk: stamp.TrunkID(slug(o.Trunk)), CallerSet: slugged(o.CallerSet), Active: true,
		})
	}
}

// slugged is the id of a name, nil for none.
func slugged(name string) *string {
	if name == "" {
		return nil
	}
	id := slug(name)
	return &id
}

// keepSeed stores what the database lacks of the seed, and makes the stored
// organisation what the configuration says: figures are read by other programs,
// too.
func keepSeed(ctx context.Context, store *postgres.Store, c configs.Config) error {
	users, err := store.Users(ctx)
	if err != nil {
		return err
	}
	seed, err := seedOf(c, func(id stamp.AgentID) bool {
		return slices.ContainsFunc(users, func(u postgres.User) bool { return u.ID == id })
	})
	if err != nil {
		return err
	}
	if err := store.Seed(ctx, "seed", seed); err != nil {
		return err
	}
	stored, err := store.Organisation(ctx)
	if err != nil {
		return err
	}
	wanted := seed.Organisation
	wanted.Name = stored.Name // people may have given it a better one
	if stored == wanted {
		return nil
	}
	return store.PutOrganisation(ctx, "configuration", wanted)
}

// cidrs completes plain addresses to prefixes of one address.
func cidrs(list []string) []string {
	out := make([]string, len(list))
	for i, a := range list {
		switch {
		case strings.Contains(a, "/"):
			out[i] = a
		case strings.Contains(a, ":"):
			out[i] = a + "/128"
		default:
			out[i] = a + "/32"
		}
	}
	return out
}

// slug makes an id of a name: lower case, letters and digits, "-" between.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "x"
}

// dispositions are the ones that every organisation begins with.
func dispositions() []postgres.Disposition {
	row := func(code string, position int, en, vi, zh string) postgres.Disposition {
		return postgres.Disposition{
			Code: code, Position: position, NameEN: en, NameVI: vi, NameZH: zh, Active: true,
		}
	}
	return []postgres.Disposition{
		row("resolved", 1, "Resolved", "Đã giải quyết", "已解決"),
		row("sale", 2, "Sale", "Bán được hàng", "成交"),
		row("callback", 3, "Call back", "Hẹn gọi lại", "約定回電"),
		row("not_interested", 4, "Not interested", "Không quan tâm", "沒有興趣"),
		row("complaint", 5, "Complaint", "Khiếu nại", "投訴"),
		row("wrong_number", 6, "Wrong number", "Nhầm số", "打錯電話"),
		row("other", 7, "Other", "Khác", "其他"),
	}
}
