package call

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ways leads a fresh call into each phase.
var ways = map[string][]string{
	stamp.PhaseDialing:    {"originate anna", "sent"},
	stamp.PhaseArriving:   {"arrived"},
	stamp.PhaseMenu:       {"arrived", "200", "press 9"},
	stamp.PhaseAnnouncing: {"originate anna", "sent", "200", "bridge-failed anna"},
	stamp.PhaseWaiting:    {"arrived", "200"},
	stamp.PhaseOffering:   {"arrived", "200", "matched o1 anna"},
	stamp.PhaseConnecting: {"arrived", "200", "matched o1 anna", "accept o1"},
	stamp.PhaseTalking:    {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2"},
	stamp.PhaseHeld:       {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "hold anna"},
	stamp.PhaseAlone:      {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "seat-lost anna"},
	stamp.PhaseConsulting: {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "consult anna agent:binh", "found o2 binh 1", "accept o2"},
	stamp.PhaseConferencing: {
		"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "consult anna number:+842812345", "sent 3", "200 3", "conference anna",
	},
	stamp.PhaseOutside:   {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "transfer anna number:+842812345", "sent 3", "200 3"},
	stamp.PhaseParked:    {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "park anna"},
	stamp.PhaseSurveying: {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "hang-up anna"},
	stamp.PhaseReleasing: {"originate anna", "sent", "rejected 486"},
	stamp.PhaseOver:      {"arrived", "200", "matched o1 anna", "accept o1", "rtp 1", "rtp 2", "bye"},
}

// lead brings a new call into the phase.
func lead(t *testing.T, phase string) *script {
	p := testPlan()
	p.Survey, p.AbandonMsg, p.Keys = "csat", "abandon", map[rune]Destination{'9': {ToMenu, "main"}}
	s := &script{t: t, m: New("the-call", p)}
	for i, w := range ways[phase] {
		s.line("0." + string(rune('0'+i)) + " " + w)
	}
	if s.m.Phase() != phase {
		t.Fatalf("the way to %s ends in %s", phase, s.m.Phase())
	}
	return s
}

// Every phase can be reached; from every one that is not closed the customer's
// hang-up and an Abort lead to closed, with the laws kept on the way.
func TestEveryPhaseEnds(t *testing.T) {
	for _, phase := range phaseNames[1:] {
		if phase == stamp.PhaseClosed {
			continue
		}
		for _, end := range []string{"bye", "abort drain", "abort fault", "crash"} {
			t.Run(phase+"/"+end, func(t *testing.T) {
				s := lead(t, phase)
				for _, line := range []string{"1 " + end, "2 gone", "3 abort logout", "4 tick"} {
					s.line(line)
				}
				if !s.m.Closed() {
					t.Errorf("it is %s", s.m.Phase())
				}
				checkLaws(t, s.all)
			})
		}
	}
}

// A call that is given up is closed at once, whatever of it was open.
func TestGiveUpClosesEverything(t *testing.T) {
	for _, phase := range phaseNames[1:] {
		if phase == stamp.PhaseClosed {
			continue
		}
		t.Run(phase, func(t *testing.T) {
			s := lead(t, phase)
			stamps, err := GiveUp(s.all, instant(1))
			if err != nil {
				t.Fatal(err)
			}
			all := append(s.all, stamps...)
			if m, err := Replay(PlanOf(all), all); err != nil || !m.Closed() || len(m.Wraps()) != 0 {
				t.Errorf("it is not closed: %v", err)
			}
			checkLaws(t, all)
		})
	}
}

// Every agent who takes part can hang up, and is told what can't be done.
func TestAgentHangsUp(t *testing.T) {
	for _, phase := range phaseNames[1:] {
		t.Run(phase, func(t *testing.T) {
			if phase == stamp.PhaseClosed {
				return
			}
			s := lead(t, phase)
			_, _, err := s.m.Step(instant(1), AgentHangup{Agent: "anna"})
			takesPart := (dialing | bridged).is(phase)
			if takesPart && (err != nil || s.m.Phase() == phase) {
				t.Errorf("Anna can't hang up: %v, %s", err, s.m.Phase())
			}
			_, _, err = s.m.Step(instant(1), AgentHangup{Agent: "stranger"})
			var illegal ErrIllegal
			if shared.is(phase) && err == nil {
				t.Error("a stranger may")
			}
			if (bridged | dialing | arriving | queued).is(phase) && phase != stamp.PhaseDialing && takesPart == false && !errors.As(err, &illegal) {
				t.Errorf("a stranger may: %v", err)
			}
		})
	}
}

// Every input stands in the table, and none is legal after closed.
func TestTableIsClosed(t *testing.T) {
	var decls []ast.Decl
	for _, name := range []string{"input.go", "tape.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, file.Decls...)
	}
	inTable := map[string]bool{}
	for typ, k := range table {
		inTable[typ.Name()] = true
		for i, do := range k.does {
			if do != nil && i == 0 && typ.Name() != "Arrived" && typ.Name() != "Originate" {
				t.Errorf("%s is legal before the call begins", typ.Name())
			}
		}
	}
	for _, d := range decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "input" {
			if name := fn.Recv.List[0].Type.(*ast.Ident).Name; !inTable[name] {
				t.Errorf("%s stands nowhere in the table", name)
			}
		}
	}
	for _, first := range []Input{Tick{}, LegGone{Leg: 1}, Accept{}} {
		if _, _, err := New("c", testPlan()).Step(instant(0), first); err == nil {
			t.Errorf("%T may begin a call", first)
		}
	}
}

func TestRefusalsReadWell(t *testing.T) {
	s := lead(t, stamp.PhaseWaiting)
	for _, c := range []struct {
		in   Input
		want string
	}{
		{AgentHold{Agent: "anna", On: true}, "agent hold is not possible while the call is waiting"},
		{AgentHangup{Agent: "anna"}, "agent hangup is not possible: the agent has no part of the call"},
	} {
		if _, _, err := s.m.Step(instant(5), c.in); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestReplayRefuses(t *testing.T) {
	s := lead(t, stamp.PhaseTalking)
	if _, err := Replay(Plan{}, nil); err == nil {
		t.Error("no stamps")
	}
	if _, err := Replay(Plan{}, append(append([]stamp.Stamp(nil), s.all[:3]...), s.all[4:]...)); err == nil {
		t.Error("a stamp is missing")
	}
	twisted := append([]stamp.Stamp(nil), s.all...)
	twisted[3].Fact = stamp.SegmentEnded{Segment: 9}
	if _, err := Replay(Plan{}, twisted); err == nil {
		t.Error("a segment ends that never was")
	}
}
