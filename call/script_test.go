package call

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

var rewrite = flag.Bool("rewrite", false, "write what the machine does into the scripts; then read the diff")

// TestScripts runs the stories of testdata. A line at the margin is an input:
// seconds since the call began, what happened, details. The indented lines
// beneath are what the machine made of it: numbered stamps, with the phase
// that begins, and effects. "time" lines are deadlines that came by themselves.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := runScript(t, want)
			if *rewrite {
				if err := os.WriteFile(name, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the machine does something else (-rewrite, then read the diff):\n%s", firstDifference(got, want))
			}
		})
	}
}

// script plays one story.
type script struct {
	t   *testing.T
	m   *Machine
	all []stamp.Stamp
	out bytes.Buffer
}

func runScript(t *testing.T, text []byte) []byte {
	s := &script{t: t}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, " "): // what the machine did the last time
		case line == "" || strings.HasPrefix(line, "#"):
			s.out.WriteString(line + "\n")
		case strings.HasPrefix(line, "plan"):
			s.m = New("the-call", planOf(t, strings.Fields(line)[1:]))
			s.out.WriteString(line + "\n")
		default:
			s.line(line)
		}
	}
	s.until(instant(3600)) // let what is still open come to its end
	checkLaws(t, s.all)
	return s.out.Bytes()
}

// until runs the deadlines that lie before at.
func (s *script) until(at stamp.Instant) {
	for {
		due, ok := s.m.Deadline()
		if !ok || !due.Before(at) {
			return
		}
		fmt.Fprintf(&s.out, "      %s time\n", clock(due))
		s.step(due, Tick{})
	}
}

// line runs one input, and before it the deadlines that lie before it.
func (s *script) line(line string) {
	words := strings.Fields(line)
	seconds, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		s.t.Fatalf("%q does not begin with seconds", line)
	}
	at := instant(seconds)
	s.until(at)
	s.out.WriteString(line + "\n")
	if words[1] == "crash" {
		s.crash(at)
		return
	}
	s.step(at, inputOf(s.t, words[1], words[2:]))
}

func (s *script) step(at stamp.Instant, in Input) {
	before := s.m.s.phase
	stamps, effects, err := s.m.Step(at, in)
	if err != nil {
		fmt.Fprintf(&s.out, "      refused: %v\n", err)
	}
	s.print(at, before, stamps)
	for _, e := range effects {
		fmt.Fprintf(&s.out, "      > %s\n", strings.TrimSpace(wordsOf(e)))
	}
}

// crash throws the machine away and has the call closed and taken up again
// from its stamps.
func (s *script) crash(at stamp.Instant) {
	stamps, err := Recover(s.all, at)
	if err != nil {
		s.t.Fatal(err)
	}
	s.print(at, s.m.s.phase, stamps)
	if s.m, err = Replay(PlanOf(s.all), s.all); err != nil {
		s.t.Fatal(err)
	}
}

func (s *script) print(at stamp.Instant, phase string, stamps []stamp.Stamp) {
	for _, x := range stamps {
		fmt.Fprintf(&s.out, "  %3d %-18s", x.N, x.Kind())
		if x.Phase != "" && x.Phase != phase {
			fmt.Fprintf(&s.out, " [%s]", x.Phase)
			phase = x.Phase
		}
		fmt.Fprintf(&s.out, " %s", x.Actor)
		if x.Instant != at {
			fmt.Fprintf(&s.out, " at %s", clock(x.Instant))
		}
		s.out.WriteString(fields(reflect.ValueOf(x.Fact)))
		if x.Cause != nil {
			s.out.WriteString(" because" + fields(reflect.ValueOf(*x.Cause)))
		}
		s.out.WriteString("\n")
	}
	s.all = append(s.all, stamps...)
}

// wordsOf writes an effect as words.
func wordsOf(e Effect) string {
	if d, ok := e.(Durably); ok {
		return wordsOf(d.Effect) + " once durable"
	}
	v := reflect.ValueOf(e)
	return words(v.Type().Name()) + fields(v)
}

// fields writes the fields that are not zero, durations in seconds.
func fields(v reflect.Value) string {
	var b strings.Builder
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case f.IsZero():
		case f.Type() == reflect.TypeFor[Seat]():
			fmt.Fprintf(&b, " seat=%s", f.Interface().(Seat).Agent)
		case f.Type() == reflect.TypeFor[stamp.Instant]():
			fmt.Fprintf(&b, " %s=%s", strings.ToLower(name), clock(f.Interface().(stamp.Instant)))
		case strings.HasSuffix(name, "US"):
			fmt.Fprintf(&b, " %s=%v", strings.ToLower(strings.TrimSuffix(name, "US")), time.Duration(f.Int())*time.Microsecond)
		default:
			fmt.Fprintf(&b, " %s=%v", strings.ToLower(name), f.Interface())
		}
	}
	return b.String()
}

// instant is so many seconds after the call began.
func instant(seconds float64) stamp.Instant {
	us := int64(seconds*1e6 + 0.5)
	return stamp.Instant{At: 1_700_000_000_000_000 + us, Mono: us, Boot: 1}
}

func clock(i stamp.Instant) string { return fmt.Sprintf("%.3f", float64(i.Mono)/1e6) }

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got: %s\nwant: %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines instead of %d", len(g), len(w))
}

// planOf reads "offer=20 survey=csat"; limits are seconds.
func planOf(t *testing.T, settings []string) Plan {
	p := testPlan()
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		seconds, _ := strconv.ParseFloat(value, 64)
		us := int64(seconds * 1e6)
		switch key {
		case "survey":
			p.Survey = value
		case "survey-spacing":
			p.Ask.SpacingUS = us
		case "survey-new":
			p.Ask.NewUS = us
		case "survey-calls":
			p.Ask.NewCalls = int(seconds)
		case "survey-off":
			p.Ask.Off = value == "yes"
		case "survey-skip":
			p.Ask.Skip = int(seconds)
		case "survey-language":
			p.Ask.Language = value
		case "opted-out":
			p.Past.OptOut = value == "yes"
		case "welcome":
			p.Welcome = value
		case "answer":
			p.AnswerOn = AnswerOn(value)
		case "wrap":
			p.WrapUS = us
		case "disposition":
			p.WrapNeeded = value == "needed"
		case "wrap-most":
			p.Wrap.MostUS = us
		case "wrap-missed":
			p.Wrap.MissedUS = us
		case "wrap-moved":
			p.Wrap.MovedUS = us
		case "wrap-code":
			p.Wrap.Code = value
		case "wrap-pause":
			p.Wrap.Pause = value
		case "max-wait":
			p.MaxWaitUS = us
		case "timeout-msg":
			p.TimeoutMsg = value
		case "abandon-msg":
			p.AbandonMsg = value
		case "ways":
			for way := range strings.SplitSeq(value, ",") {
				p.Ways = append(p.Ways, stamp.TrunkID(way))
			}
		case "return":
			p.ReturnUS = us
		case "park":
			p.ParkUS = us
		case "campaign":
			p.Campaign, p.Queue = stamp.CampaignID(value), ""
		case "to":
			p.To, _ = ParseDestination(value)
		case "queue":
			house(&p).Queues[stamp.QueueID(value)] = queueOf(p, value)
		case "record":
			p.Record = RecordMode(value)
		case "disclosure":
			p.Disclosure = value
		case "menu":
			house(&p).Menus[value] = &Menu{ID: value, Prompt: value}
		default:
			if !door(t, &p, key, value) {
				t.Fatalf("unknown setting %q", s)
			}
		}
	}
	return p
}

// testPlan is a usual inbound plan.
func testPlan() Plan {
	return Plan{
		Org: "default", Language: "en", Queue: "sales", Music: "music", AnswerOn: OnEntry,
		ShortUS: 5e6, OfferUS: 20e6, WrapUS: 30e6, RingUS: 25e6,
		ReturnUS: 15e6, ParkUS: 60e6, NoAudioUS: 5e6, GraceUS: 20e6, SilenceUS: 30e6, MaxUS: 4 * 3600e6,
	}
}
