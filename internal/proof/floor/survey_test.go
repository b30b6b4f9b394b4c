package floor_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// surveyed is a house whose manager asks customers of the queue "desks" what
// they think, and which remembers what each of them heard.
type surveyed struct {
	*rig.House
	t    *testing.T
	boss boss

	mu    sync.Mutex
	heard map[string][]string
}

// surveyCues are the prompts that the customers know, by a word.
var surveyCues = map[string]string{
	"opening": "en/survey-opening", "csat": "en/csat-ask-1-5", "resolved": "en/survey-resolved", "attitude": "en/survey-attitude",
	"voice-question": "en/survey-voice", "nps": "en/survey-nps", "again": "en/survey-again-1-5", "thanks": "en/survey-thanks", "welcome": "en/queue-welcome", "music": "music",
}

func openSurveyed(t *testing.T) *surveyed {
	t.Helper()
	f := &surveyed{t: t, heard: map[string][]string{}}
	o := rig.Options{Desks: 2, Uncaptured: true, Cues: map[string][]int16{}}
	for name, file := range surveyCues {
		if name == "music" {
			o.Cues[name] = rig.Cues(t)["music"]
			continue
		}
		o.Cues[name] = rig.Prompt(t, file)
	}
	o.Phones = func(c *phonenet.Config, _ string) {
		note := c.Note
		c.Note = func(a phonenet.Act) {
			if what, heard := strings.CutPrefix(a.What, "hears_"); heard {
				f.mu.Lock()
				f.heard[a.Number] = append(f.heard[a.Number], what)
				f.mu.Unlock()
			}
			note(a)
		}
	}
	f.House = rig.Open(t, o)
	seatCrew(t, f.House, "d01", "d02")
	f.boss = manager(t, f.House)
	return f
}

// calls lets a customer call who presses keys, and waits until the record of the
// n-th call of the number is closed.
func (f *surveyed) calls(number string, n int, talk time.Duration, presses ...phonenet.Press) (how, id string) {
	r, err := f.Net.Place(f.t.Context(), phonenet.Script{
		Number: number, Dialed: "1902", Voice: robot.NewMurmur(9, 180), Talk: talk, Presses: presses,
	})
	if err != nil {
		f.t.Errorf("%s can't call: %v", number, err)
		return "", ""
	}
	return r.How, fmt.Sprint(f.SQL.ClosedOf(number, n)[0]["call"])
}

// tells compares what a customer heard after the talk, how the survey ended, and
// what was answered.
func (f *surveyed) tells(name, number, id, heard, run, answers string) {
	f.t.Helper()
	f.mu.Lock()
	got := slices.Clone(f.heard[number])
	f.mu.Unlock()
	if i := slices.Index(got, "voice"); i >= 0 {
		got = slices.DeleteFunc(got[i:], func(w string) bool { return w == "voice" })
	}
	if strings.Join(got, " ") != heard {
		f.t.Errorf("%s: heard %q, want %q", name, got, heard)
	}
	v := f.SQL.One(`SELECT survey, language, agent, queue, suppressed, "end", silent, asked, answered, offered_at > 0 AS offered, accepted_at > 0 AS accepted
		FROM records.survey_runs WHERE call = $1`, id)
	if was := fmt.Sprintf("%v suppressed=%v end=%v silent=%v asked=%v answered=%v accepted=%v", v["survey"], v["suppressed"], v["end"], v["silent"], v["asked"], v["answered"], v["accepted"]); was != run {
		f.t.Errorf("%s: the survey was %q, want %q", name, was, run)
	}
	var all []string
	for _, a := range f.SQL.Rows(`SELECT question, type, value, scale, class, silent, about, segment, agent, queue, language FROM records.survey_answers WHERE call = $1 ORDER BY asked_at`, id) {
		all = append(all, fmt.Sprintf("%v %v/%v %v%v", a["question"], a["value"], a["scale"], a["class"], a["silent"]))
		whole := a["question"] == "resolved"
		if whole != (a["about"] == int32(0)) || whole != (a["agent"] == "") || a["queue"] != "desks" || a["language"] != "en" {
			f.t.Errorf("%s: %v is of %v, %v, %v in %v", name, a["question"], a["about"], a["agent"], a["queue"], a["language"])
		}
	}
	if was := strings.Join(all, ", "); was != answers {
		f.t.Errorf("%s: the answers are %q, want %q", name, was, answers)
	}
}

// TestFloorSurvey: a manager makes a survey with permission, a skip and a scale
// of eleven values, and a rule; customers answer it, decline it, press what is no
// answer, hang up, and are spared. What they heard, what the records hold and what
// both ways of asking the API say is the same.
func TestFloorSurvey(t *testing.T) {
	f := openSurveyed(t)
	jump := func(low, high int, to string) []wire.SurveyJump {
		return []wire.SurveyJump{{Low: low, High: high, To: to}}
	}
	f.boss.does("PUT", "/api/surveys/service", wire.Survey{Name: "Service", Opening: &wire.SurveyOpening{WaitUS: 2e6}, Questions: []wire.SurveyQuestion{
		{ID: "csat", Next: jump(4, 5, "nps"), WaitUS: 2e6}, {ID: "resolved", About: "call", Next: jump(1, 1, "nps")}, {ID: "attitude"}, {ID: "nps"},
	}})
	f.refusals()
	rule := wire.SurveyRule{Survey: "service", Active: true, Share: 100, SpacingDays: 90}
	f.boss.does("PUT", "/api/survey-rules/queue/desks", rule)
	f.boss.does("PUT", "/api/survey-optouts/+84940000006", wire.SurveyOptOut{Reason: "asked us on the phone"})

	press := func(on string, key byte) phonenet.Press {
		return phonenet.Press{On: on, Key: key, After: 100 * time.Millisecond}
	}
	yes := press("opening", '1')
	ten := press("nps", '1')
	ten.Next = '0'
	var callers sync.WaitGroup
	for _, c := range []struct {
		name, number string
		talk         time.Duration
		presses      []phonenet.Press
		how, heard   string
		run, answers string
	}{
		{"three answers and a skip", "+84940000001", 0, []phonenet.Press{yes, press("csat", '2'), press("resolved", '1'), ten},
			"ended", "opening csat resolved nps thanks", "service suppressed= end=completed silent= asked=3 answered=3 accepted=true",
			"csat 2/5 bad, resolved 1/2 good, nps 10/10 good"},
		{"no, thank you", "+84940000002", 0, []phonenet.Press{press("opening", '2')},
			"ended", "opening thanks", "service suppressed= end=declined silent=declined asked=0 answered=0 accepted=false", ""},
		{"keys that are no answer", "+84940000003", 0, []phonenet.Press{yes, press("csat", '7'), press("again", '0')},
			"ended", "opening csat again thanks", "service suppressed= end=invalid silent=invalid asked=1 answered=0 accepted=true", "csat 0/0 invalid"},
		{"hung up on the second question", "+84940000004", 5 * time.Second, []phonenet.Press{yes, press("csat", '5')},
			"hung_up", "opening csat nps", "service suppressed= end=hung_up silent= asked=2 answered=1 accepted=true", "csat 5/5 good, nps 0/0 hung_up"},
		{"opted out", "+84940000006", 0, nil, "ended", "", "service suppressed=opt_out end= silent= asked=0 answered=0 accepted=false", ""},
	} {
		callers.Go(func() {
			how, id := f.calls(c.number, 1, c.talk, c.presses...)
			if how != c.how {
				t.Errorf("%s: the call %s, want %s", c.name, how, c.how)
			}
			f.tells(c.name, c.number, id, c.heard, c.run, c.answers)
		})
	}
	callers.Wait()

	again := func(name, number string, n int, run string) {
		f.mu.Lock()
		delete(f.heard, number)
		f.mu.Unlock()
		_, id := f.calls(number, n, 0)
		f.tells(name, number, id, "", run, "")
	}
	again("asked a minute ago", "+84940000001", 2, "service suppressed=spacing end= silent= asked=0 answered=0 accepted=false")
	rule.SpacingDays, rule.NewCalls = 0, 1
	f.boss.does("PUT", "/api/survey-rules/queue/desks", rule)
	again("the first call", "+84940000007", 1, "service suppressed=new_customer end= silent= asked=0 answered=0 accepted=false")
	rule.NewCalls, rule.Share = 0, 0
	f.boss.does("PUT", "/api/survey-rules/queue/desks", rule)
	again("outside of the share", "+84940000007", 2, "service suppressed=share end= silent= asked=0 answered=0 accepted=false")
	f.boss.does("DELETE", "/api/survey-rules/queue/desks", nil)
	again("a queue that asks nobody", "+84940000007", 3, " suppressed=off end= silent= asked=0 answered=0 accepted=false")

	h := f.House
	h.Settle(time.Minute)
	f.results()
	if _, err := h.Balanced(); err != nil {
		t.Error(err)
	}
}

// TestFloorSurveySpoken: a customer says in their own words what they think; it is
// recorded from the tone until #, or until they hang up, and kept sealed.
func TestFloorSurveySpoken(t *testing.T) {
	f := openSurveyed(t)
	f.boss.does("PUT", "/api/surveys/why", wire.Survey{Name: "Why", Questions: []wire.SurveyQuestion{{ID: "why", Type: "voice", WaitUS: 20e6}}})
	f.boss.does("PUT", "/api/survey-rules/queue/desks", wire.SurveyRule{Survey: "why", Active: true, Share: 100})
	prompt := time.Duration(len(rig.Prompt(t, "en/survey-voice"))) * time.Second / 8000
	var callers sync.WaitGroup
	for number, c := range map[string]struct {
		talk    time.Duration
		presses []phonenet.Press
		heard   string
		run     string
	}{
		"+84950000001": {0, []phonenet.Press{{On: "voice-question", Key: '#', After: prompt + time.Second}},
			"voice-question thanks", "why suppressed= end=completed silent= asked=1 answered=1 accepted=false"},
		"+84950000002": {prompt + 2500*time.Millisecond, nil,
			"voice-question", "why suppressed= end=hung_up silent= asked=1 answered=1 accepted=false"},
	} {
		callers.Go(func() {
			_, id := f.calls(number, 1, c.talk, c.presses...)
			f.tells(number, number, id, c.heard, c.run, "why 1/1 neutral")
			const kept = `SELECT kind, state, length_us FROM recordings WHERE call = $1`
			rig.Eventually(t, "the answer of "+number+" is stored", func() bool {
				rows := f.SQL.Rows(kept, id)
				return len(rows) == 1 && rows[0]["kind"] == "answer" && rows[0]["length_us"].(int64) > 200_000
			}, func() string { return fmt.Sprint(f.SQL.Rows(`SELECT * FROM recordings`)) })
		})
	}
	callers.Wait()
	f.Settle(time.Minute)
	if _, err := f.Balanced(); err != nil {
		t.Error(err)
	}
}

// refusals: what can't be a survey is refused in words, and nothing is stored.
func (f *surveyed) refusals() {
	f.t.Helper()
	loop := wire.Survey{Name: "Loop", Questions: []wire.SurveyQuestion{{ID: "csat"}, {ID: "nps", Next: []wire.SurveyJump{{Low: 0, High: 10, To: "csat"}}}}}
	code, text := f.boss.Ask("PUT", "/api/surveys/loop", loop)
	if code != 400 || !strings.Contains(text, "round for ever") {
		f.t.Errorf("a loop: %d %s", code, text)
	}
	if code, text = f.boss.Ask("PUT", "/api/surveys/fr", wire.Survey{Name: "Fr", Languages: []string{"fr"}, Questions: []wire.SurveyQuestion{{ID: "csat"}}}); code != 400 || !strings.Contains(text, "does not exist in fr") {
		f.t.Errorf("a language without prompts: %d %s", code, text)
	}
	if code, _ = f.boss.Ask("PUT", "/api/survey-rules/queue/desks", wire.SurveyRule{Survey: "loop", Active: true, Share: 1}); code != 404 {
		f.t.Errorf("a rule of a survey that is not there: %d", code)
	}
}

// results: the survey's results and the KPIs are the same figures, and stand
// beside their response rate and interval.
func (f *surveyed) results() {
	t := f.t
	var r wire.SurveyResults
	if code := f.boss.Do("GET", "/api/survey-results?group=agent", nil, &r); code != 200 {
		t.Fatalf("survey results: %d", code)
	}
	c := r.Total.Surveys
	if c.Offered != 4 || c.Accepted != 3 || c.Asked != 3 || c.Responded != 2 || fmt.Sprint(c.Silent) != "map[declined:1 invalid:1]" ||
		fmt.Sprint(c.Suppressed) != "map[new_customer:1 off:1 opt_out:1 share:1 spacing:1]" {
		t.Errorf("counted %+v", c)
	}
	if c.Rate.Value == nil || *c.Rate.Low < 20.7 || *c.Rate.Low > 20.8 || *c.Rate.High < 93.8 || *c.Rate.High > 93.9 {
		t.Errorf("2 of 3 responded: %+v", c.Rate) // Wilson: 20.77 to 93.85
	}
	words := map[string]string{}
	for _, q := range r.Total.Questions {
		words[q.Question] = fmt.Sprintf("%d %d %v %s %.0f %s %v", q.Asked, q.Valid, q.Silent, q.KPI, *q.Score.Value, q.Band, q.Values)
	}
	for question, want := range map[string]string{
		"csat": "3 2 map[invalid:1] v.csat 50 bad map[2:1 5:1]", "resolved": "1 1 map[] v.resolved 100 good map[1:1]",
		"nps": "2 1 map[hung_up:1] v.nps 100 good map[10:1]",
	} {
		if words[question] != want {
			t.Errorf("%s: %q, want %q", question, words[question], want)
		}
	}
	asked := int64(0)
	for _, row := range r.Rows {
		asked += row.Surveys.Asked
	}
	if asked != c.Asked || len(r.Rows) < 2 {
		t.Errorf("%d rows come to %d asked, the total to %d", len(r.Rows), asked, c.Asked)
	}
	var report wire.Report
	if code := f.boss.Do("GET", "/api/kpi?group=none", nil, &report); code != 200 {
		t.Fatalf("KPIs: %d", code)
	}
	got := map[string]string{}
	for _, x := range report.Total {
		if x.Value != nil {
			got[x.KPI] = fmt.Sprintf("%.1f", *x.Value)
			if x.Low != nil {
				got[x.KPI] += fmt.Sprintf(" (%.1f–%.1f)", *x.Low, *x.High)
			}
		}
	}
	for id, want := range map[string]string{
		"v.offered": "4.0", "v.asked": "3.0", "v.responded": "2.0", "v.declined": "1.0", "v.invalid": "1.0", "v.no_input": "0.0", "v.hung_up": "0.0",
		"v.suppressed": "5.0", "v.response_rate": "66.7 (20.8–93.9)", "v.csat": "50.0 (9.5–90.5)", "v.csat_mean": "3.5", "v.nps": "100.0 (-48.5–100.0)",
		"v.promoters": "1.0", "v.detractors": "0.0", "v.resolved": "100.0 (20.7–100.0)",
	} {
		if got[id] != want {
			t.Errorf("%s is %q, want %q", id, got[id], want)
		}
	}
	if _, there := got["v.attitude"]; there {
		t.Error("attitude has a value, and nobody was asked")
	}
	var history []wire.SurveyChange
	if code := f.boss.Do("GET", "/api/surveys/service/history", nil, &history); code != 200 || len(history) != 1 || history[0].Actor != "boss" {
		t.Errorf("history: %d %+v", code, history)
	}
}
