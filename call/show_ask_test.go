package call

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Each agent sees their own role, who else takes part, and what is asked for.
func TestViewOfAnAsk(t *testing.T) {
	s := lead(t, stamp.PhaseConsulting)
	anna, binh := s.m.View("anna"), s.m.View("binh")
	if anna.Role != RoleAgent || binh.Role != RoleConsulted || binh.Segment != 2 || !binh.Connected.IsZero() {
		t.Errorf("Anna is %q, Binh %q: %+v", anna.Role, binh.Role, binh)
	}
	if len(anna.Others) != 1 || anna.Others[0] != (Other{Leg: 3, Role: RoleConsulted, Agent: "binh", State: "up"}) {
		t.Errorf("with Anna: %+v", anna.Others)
	}
	if a := binh.Asking; a == nil || a.By != "anna" || a.Kind != askConsult || !a.Answered {
		t.Errorf("asked: %+v", a)
	}
	s.line("2 seat-lost anna")
	if o := s.m.View("binh").Others; len(o) != 1 || o[0].State != "lost" || o[0].Role != RoleAgent {
		t.Errorf("with Binh: %+v", o)
	}
	s.line("3 complete anna")
	if v := s.m.View("binh"); v.Role != RoleAgent || v.Asking != nil || len(v.Others) != 0 {
		t.Errorf("Binh has the customer: %+v", v)
	}
	s.line("4 rtp 1")
	s.line("4 rtp 3")
	s.line("5 transfer binh agent:chi")
	s.line("5 unfound 2 busy")
	if f := s.m.View("binh").Failed; f == nil || f.Why != stamp.AskBusy || f.Target.Name != "chi" {
		t.Errorf("failed: %+v", f)
	}
	if v := s.m.View("anna"); v.Failed != nil || v.Role != "" {
		t.Errorf("Anna has left: %+v", v)
	}
}

// An outside party shows as such; a parked call says who parked it; who is rung
// for a call that they had before sees one that rings.
func TestViewOfOthers(t *testing.T) {
	s := lead(t, stamp.PhaseConferencing)
	if o := s.m.View("anna").Others; len(o) != 1 || o[0].Role != RoleOutside || o[0].Party != "p9" || o[0].State != "up" {
		t.Errorf("with Anna: %+v", o)
	}
	s = lead(t, stamp.PhaseParked)
	if s.m.ParkedBy() != "anna" {
		t.Errorf("parked by %q", s.m.ParkedBy())
	}
	s.line("70 found o2 anna 1")
	if v := s.m.View("anna"); v.Segment != 0 || v.Done || v.Asking == nil || v.Asking.Kind != askReturn {
		t.Errorf("it comes back: %+v", v)
	}
	if s.m.ParkedBy() != "" {
		t.Error("it is still parked")
	}
}
