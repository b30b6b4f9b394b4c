package ivr

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Limits of a dialogue: what a customer bears, and what the keypad can say.
const (
	maxQuestions = 10
	maxAttempts  = 5
	maxWait      = time.Minute
	maxHigh      = 99
)

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// Check reports everything that is wrong with the dialogue, a sentence each.
// has says whether a prompt exists in a language.
func (d Dialogue) Check(has func(language, prompt string) bool) error {
	c := checking{d: d, has: has}
	if len(d.Languages) == 0 {
		c.say("the survey has no language; name those that its prompts exist in, the one that others fall back to first")
	}
	if n := len(d.Questions); n == 0 || n > maxQuestions {
		c.say("%d questions: a survey has at least 1, and after %d nobody stays on the line", n, maxQuestions)
	}
	c.prompt("the farewell", d.Thanks)
	if o := d.Opening; o != nil {
		c.prompt("the opening", o.Ask)
		c.prompt("the opening's repetition", o.Again)
		c.patience("the opening", o.Wait, o.Attempts)
	}
	for i, q := range d.Questions {
		c.question(i, q)
	}
	c.reached()
	return errors.Join(c.errs...)
}

type checking struct {
	d    Dialogue
	has  func(language, prompt string) bool
	errs []error
}

func (c *checking) say(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// prompt reports a prompt that a customer would not hear.
func (c *checking) prompt(whose, name string) {
	if name == "" {
		c.say("%s has no prompt; name the one that is to be said", whose)
		return
	}
	for _, language := range c.d.Languages {
		if !c.has(language, name) {
			c.say("%s: prompt %q does not exist in %s; record it, choose another one, or take %s off the survey's languages",
				whose, name, language, language)
		}
	}
}

func (c *checking) patience(whose string, wait time.Duration, attempts int) {
	if wait != 0 && (wait < time.Second || wait > maxWait) {
		c.say("%s waits %s for a key; choose 1 s to %s, or 0 for what the configuration says", whose, wait, maxWait)
	}
	if attempts < 0 || attempts > maxAttempts {
		c.say("%s is asked %d times; choose 1 to %d, or 0 for what the configuration says", whose, attempts, maxAttempts)
	}
}

func (c *checking) question(i int, q Question) {
	whose := fmt.Sprintf("question %d (%s)", i+1, q.ID)
	switch {
	case q.ID == End:
		c.say("%s: %q is where a transition leads that ends the survey; give the question another id", whose, End)
	case !idPattern.MatchString(q.ID):
		c.say("%s: its answers are kept under the id; write small letters, digits, - and _, a letter first, 40 at most", whose)
	case slices.ContainsFunc(c.d.Questions[:i], func(p Question) bool { return p.ID == q.ID }):
		c.say("%s: the id is taken by a question before; its answers would be mixed up", whose)
	}
	switch {
	case q.Type == Voice:
		c.speech(whose, q)
		return
	case !slices.Contains(Types(), q.Type):
		c.say("%s: there is no type %q; choose one of %v", whose, q.Type, Types())
	}
	if !slices.Contains([]string{"", "first", "call"}, string(q.About)) {
		c.say("%s: it is about %q; choose first, call, or nothing for the last agent", whose, q.About)
	}
	c.prompt(whose, q.Ask)
	c.prompt(whose+", asked again", q.Again)
	c.patience(whose, q.Wait, q.Attempts)
	c.scale(whose, q)
	c.jumps(whose, i, q)
}

// maxSpeech is how long anybody listens to one answer.
const maxSpeech = 3 * time.Minute

// speech checks a question that is answered in the customer's own words.
func (c *checking) speech(whose string, q Question) {
	c.prompt(whose, q.Ask)
	if q.Wait != 0 && (q.Wait < time.Second || q.Wait > maxSpeech) {
		c.say("%s lets the customer speak for %s; choose 1 s to %s, or 0 for %s", whose, q.Wait, maxSpeech, speechTime)
	}
	if len(q.Next) > 0 || q.High > 0 {
		c.say("%s: what is said has no value, so it has no scale and leads to the next question; remove them", whose)
	}
}

// scale checks the values and what they count as.
func (c *checking) scale(whose string, q Question) {
	if q.Low < 0 || q.High > maxHigh || q.Low >= q.High {
		c.say("%s: a scale from %d to %d can't be pressed; choose two different numbers from 0 to %d, the lower one first", whose, q.Low, q.High, maxHigh)
		return
	}
	if q.Type == NPS && (q.Low != 0 || q.High != 10) {
		c.say("%s: the net promoter score is asked from 0 to 10, not from %d to %d; with another scale choose csat", whose, q.Low, q.High)
	}
	if q.Type == Resolved && (q.Low != 1 || q.High != 2) {
		c.say("%s: resolved is 1 for yes and 2 for no, not %d to %d", whose, q.Low, q.High)
	}
	within := func(name string, r Range) {
		if r.Low <= r.High && (r.Low < q.Low || r.High > q.High) {
			c.say("%s: %s from %d to %d lies outside of its scale from %d to %d", whose, name, r.Low, r.High, q.Low, q.High)
		}
	}
	within("good", q.Good)
	within("neutral", q.Neutral)
	if q.Good.Low > q.Good.High {
		c.say("%s: no answer counts as good, so its score would always be 0; say which do", whose)
	}
	for v := q.Low; v <= q.High; v++ {
		if q.Good.Has(v) && q.Neutral.Has(v) {
			c.say("%s: %d counts as good and as neutral; let the ranges not overlap", whose, v)
		}
	}
}

// jumps checks where answers lead: forward, to a question that is there, each
// answer to one.
func (c *checking) jumps(whose string, i int, q Question) {
	taken := map[int]bool{}
	for _, j := range q.Next {
		if j.Low > j.High || j.Low < q.Low || j.High > q.High {
			c.say("%s: a transition from %d to %d lies outside of its scale from %d to %d", whose, j.Low, j.High, q.Low, q.High)
			continue
		}
		for v := j.Low; v <= j.High; v++ {
			if taken[v] {
				c.say("%s: the answer %d leads to two questions; let the transitions not overlap", whose, v)
			}
			taken[v] = true
		}
		to := slices.IndexFunc(c.d.Questions, func(p Question) bool { return p.ID == j.To })
		switch {
		case j.To == End:
		case to < 0:
			c.say("%s: a transition leads to %q, which is no question; choose an id of the survey, or %q", whose, j.To, End)
		case to <= i:
			c.say("%s: a transition leads back to %q, so the survey could go round for ever; lead to a later question, or to %q", whose, j.To, End)
		}
	}
}

// reached reports questions to which no answers lead.
func (c *checking) reached() {
	n := len(c.d.Questions)
	if n == 0 {
		return
	}
	seen := make([]bool, n+1)
	seen[0] = true
	for i, q := range c.d.Questions {
		if !seen[i] {
			c.say("question %d (%s) is never asked: every answer before it leads past it; change the transitions or remove it", i+1, q.ID)
			continue
		}
		if q.Low < 0 || q.High > maxHigh {
			seen[min(i+1, n)] = true // said already
			continue
		}
		for v := q.Low; v <= q.High; v++ {
			seen[min(c.d.after(i, v), n)] = true
		}
	}
}
