package call

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Ear is one leg in the picture of who hears whom.
type Ear struct {
	Leg   stamp.LegNo
	Agent stamp.AgentID // whose seat the leg is; "" = a telephone line
	Hears []stamp.LegNo // in the order of their numbers; none: the leg speaks only
}

// String writes "2(anna)←1,3", for logs and scripts.
func (e Ear) String() string {
	s := fmt.Sprint(e.Leg)
	if e.Agent != "" {
		s += "(" + string(e.Agent) + ")"
	}
	for i, no := range e.Hears {
		s += [2]string{"←", ","}[min(i, 1)] + fmt.Sprint(no)
	}
	return s
}

// together lets everybody hear everybody else.
func together(legs ...*leg) Mix {
	var m Mix
	for _, l := range legs {
		ear := Ear{Leg: l.no, Agent: l.agent}
		for _, other := range legs {
			if other != l {
				ear.Hears = append(ear.Hears, other.no)
			}
		}
		slices.Sort(ear.Hears)
		m.Ears = append(m.Ears, ear)
	}
	return m
}
