package kpi

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// complaint is one thing that users of other systems, or those systems' own
// manuals, say is wrong with their numbers. Its story is told in
// testdata/complaints/NN.txt, as in readDay.
type complaint struct {
	no     int
	told   string // what was complained of
	source string // by whom: repository#issue or document
	theirs rule
	ours   rule
	day    func() []stamp.Stamp // the story, where it is too long to be written
	proofs []string             // "kpi TestLawsHold": tests that prove what is no number
}

// rule is a way of coming to a value.
type rule struct {
	is string // the value, as printed
	by string // the way, in words
	of func(story) string
}

// chapter is a group of complaints.
type chapter struct {
	title string
	rows  []complaint
}

func chapters() []chapter {
	return []chapter{
		{"Transfers, consultations, second queues", transferComplaints()},
		{"Missed, abandoned, service level", slices.Concat(levelComplaints(), missedComplaints())},
		{"Wait, ring, talk, hold", slices.Concat(waitComplaints(), talkComplaints())},
		{"The agent's states", agentComplaints()},
		{"Time, tenancy, surveys", timeComplaints()},
	}
}

// TestComplaints tells each story to the product and to the rule that was
// complained of: the product comes to the right value, the other rule to the
// wrong one. What is no number is proved by a test that must exist.
func TestComplaints(t *testing.T) {
	next := 1
	for _, ch := range chapters() {
		for _, c := range ch.rows {
			if c.no != next {
				t.Fatalf("complaint %d stands at the place of %d", c.no, next)
			}
			next++
			t.Run(fmt.Sprintf("%02d", c.no), func(t *testing.T) { c.check(t) })
		}
	}
	if next != 61 {
		t.Errorf("%d complaints, should be 60", next-1)
	}
}

func (c complaint) check(t *testing.T) {
	if c.told == "" || c.source == "" || c.theirs.by == "" || c.ours.by == "" {
		t.Error("what was told, by whom, and both rules in words are needed")
	}
	for _, p := range c.proofs {
		if !testExists(t, p) {
			t.Errorf("there is no test %q", p)
		}
	}
	if c.ours.of == nil {
		if len(c.proofs) == 0 {
			t.Error("a row without a number needs the test that proves it")
		}
		return
	}
	s := c.tell(t)
	if got := c.theirs.of(s); got != c.theirs.is {
		t.Errorf("the other rule (%s) gives %s, should be %s", c.theirs.by, got, c.theirs.is)
	}
	if got := c.ours.of(s); got != c.ours.is {
		t.Errorf("%s gives %s, should be %s", c.ours.by, got, c.ours.is)
	}
	if c.theirs.is == c.ours.is {
		t.Errorf("both rules give %s", c.ours.is)
	}
}

func TestComplaintsPageIsFresh(t *testing.T) {
	path := filepath.Join("..", "docs", "complaints.md")
	if *rewrite {
		if err := os.WriteFile(path, complaintsPage(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, complaintsPage()) {
		t.Error("docs/complaints.md is stale: run go test ./kpi -run Page -rewrite and read the difference")
	}
}

const complaintsHead = `# What users complain about, and what we give

<!-- Written from the table of TestComplaints; "go test ./kpi -run Page -rewrite" writes it anew. -->

Complaints about the numbers of other systems, by their users, their manuals and their source. Each is a story told as
stamps, which its number leads to; the test walks it by the rule complained of and by our own, holds both values against
this table, and fails where they are equal. What is no number is proved by the tests named with it.
`

// complaintsPage returns docs/complaints.md.
func complaintsPage() []byte {
	var p strings.Builder
	p.WriteString(complaintsHead)
	for _, ch := range chapters() {
		fmt.Fprintf(&p, "\n## %s\n\n| # | complaint | told by | others give | we give |\n|---|---|---|---|---|\n", ch.title)
		for _, c := range ch.rows {
			fmt.Fprintf(&p, "| %s | %s | %s | %s | %s |\n", c.link(), c.told, c.source, c.theirs, c.ours.with(c.proofs))
		}
	}
	return []byte(p.String())
}

// link is the complaint's number, which leads to its story.
func (c complaint) link() string {
	if c.ours.of == nil || c.day != nil {
		return fmt.Sprint(c.no)
	}
	return fmt.Sprintf("[%d](../kpi/testdata/complaints/%02d.txt)", c.no, c.no)
}

// String returns "**50 %** answered ÷ offered".
func (r rule) String() string {
	if r.is == "" {
		return r.by
	}
	return "**" + r.is + "** " + r.by
}

func (r rule) with(proofs []string) string {
	text := r.String()
	for _, p := range proofs {
		where, name, _ := strings.Cut(p, " ")
		text += fmt.Sprintf("; `%s` in [%s](../%s)", name, where, where)
	}
	return text
}
