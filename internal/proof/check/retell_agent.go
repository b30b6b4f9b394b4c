package check

import "fmt"

// tellSession tells a login and its chain of intervals.
func tellSession(t told, stamps []*fact) {
	a := stamps[0]
	id := a.Subject.ID
	session := row{"organisation_id": a.Org, "node": a.Node, "session": id, "agent": a.Data.Agent, "login_at": a.At, "logout_at": int64(0),
		"by": "", "length_us": int64(0), "first_seq": a.Seq, "closed": false, "estimated": false}
	state := a.Phase
	if state == "" {
		state = "ready"
	}
	open := row{"session": id, "agent": a.Data.Agent, "organisation_id": a.Org, "node": a.Node, "state": state, "aux": "", "from": a.At, "to": int64(0),
		"call": "", "segment": int64(0), "queue": "", "cause": "", "closed": false, "limit_us": int64(0), "unpaid": false, "requested_at": int64(0), "by": ""}
	openAt := a
	var chain []row
	for _, s := range stamps[1:] {
		to := s.Data.To
		switch {
		case s.Kind == "agent.logout":
			session["logout_at"], session["by"], session["length_us"] = s.At, s.Data.By, s.since(a)
			session["closed"], session["estimated"] = true, s.Data.Estimated
		case s.Kind == "agent.state_changed":
		case s.Phase != "" && s.Phase != open.str("state"):
			to = s.Phase
		default:
			session["last_seq"] = s.Seq
			continue
		}
		session["last_seq"] = s.Seq
		us := s.since(openAt)
		open["to"], open["closed"] = open.int("from")+us, true
		if us != 0 || s.Kind == "agent.logout" {
			chain = append(chain, open)
		}
		if s.Kind == "agent.logout" {
			open = nil
			break
		}
		open = row{"session": id, "agent": a.Data.Agent, "organisation_id": a.Org, "node": a.Node, "state": to, "aux": s.Data.Aux, "from": s.At,
			"to": int64(0), "call": s.Call, "segment": s.Data.Segment, "queue": s.Data.Queue, "cause": causeOf(s), "closed": false,
			"limit_us": s.Data.LimitUS, "unpaid": s.Data.Unpaid, "requested_at": s.Data.Requested, "by": s.Data.By}
		if s.Kind != "agent.state_changed" {
			open["limit_us"], open["by"] = int64(0), "" // those of another fact
		}
		openAt = s
	}
	if open != nil {
		chain = append(chain, open)
	}
	session["states"] = int64(len(chain))
	t.put("records.agent_sessions", id, session)
	for i, r := range chain {
		r["n"] = int64(i + 1)
		r["estimated"] = i == len(chain)-1 && session.is("estimated")
		t.put("records.agent_intervals", fmt.Sprintf("%s/%d", id, i+1), r)
	}
}

func causeOf(s *fact) string {
	if s.Cause == nil || s.Cause.Subject == nil {
		return ""
	}
	return fmt.Sprintf("%s:%s %d", s.Cause.Subject.Kind, s.Cause.Subject.ID, s.Cause.N)
}
