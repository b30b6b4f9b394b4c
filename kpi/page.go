package kpi

import (
	"fmt"
	"strings"
)

// Page returns docs/kpi.md: the catalogue as people read it.
func Page() []byte {
	var p strings.Builder
	p.WriteString(pageHead)
	for _, d := range Catalogue() {
		fmt.Fprintf(&p, "| [`%s`](#%s) | %s | %s | %s | %s |\n",
			d.ID, anchor(d.ID), d.Names.En, d.Symbols, d.Unit, arrow(d.Direction))
	}
	for _, d := range Catalogue() {
		fmt.Fprintf(&p, "\n### %s\n\n**%s** · %s · %s\n\n%s\n\n", d.ID, d.Names.En, d.Names.Vi, d.Names.ZhHant, d.Words)
		fmt.Fprintf(&p, "- Formula: %s\n", d.Symbols)
		fmt.Fprintf(&p, "- Counters: %s\n", expr(d.Value))
		if !d.Mean.IsZero() {
			fmt.Fprintf(&p, "- Mean: %s\n", expr(d.Mean))
		}
		fmt.Fprintf(&p, "- Unit %s %s, %s, version %d; by %s\n", d.Unit, arrow(d.Direction), d.Known, d.Version, dims(d.Dims))
		fmt.Fprintf(&p, "- Records behind it: %s\n", d.Hit)
		if d.Of.String() != d.Hit.String() {
			fmt.Fprintf(&p, "- … out of: %s\n", d.Of)
		}
	}
	return []byte(p.String())
}

const pageHead = `# KPIs

<!-- Written by kpi.Page from the catalogue; "go test ./kpi -run Page -rewrite" writes it anew. -->

Every KPI stands here once, as it stands in the code. Live and history reckon it by the same definition.
What is said to be wrong with the numbers of other systems, and ours for the same stories: [complaints.md](complaints.md).

- **Two bases.** *event*: a figure counts in the quarter hour in which it happened, and passing time is split at the
  edges. *cohort*: everything of a call counts in the quarter hour in which the call arrived, whole. Event figures are
  whole two seconds after the quarter hour, cohort figures when its last call is closed.
- **Nothing to divide by** is no value: neither 0 nor 100 %.
- **Queue**: what became of a call counts in the queue of its first entry, so a queue's figures add up to what it was
  offered. Time of an agent counts in the queue that the agent was rung from.
- **short** are abandons sooner than the queue's short limit (5 s unless set); they leave both sides of a rate.
- Times are kept in µs and shown in seconds.
- **Known**: *measured* at the source, *answered* by the customer, *entered* by an agent or manager, *fact* from outside,
  *derived* from other numbers.
- ↑ higher is better, ↓ lower is better, ↔ only with another number beside it.

| id | name | formula | unit | better |
|---|---|---|---|---|
`

// anchor is the name by which GitHub links to a heading.
func anchor(id string) string {
	return strings.ToLower(strings.NewReplacer(".", "", "(", "", ")", "").Replace(id))
}

func arrow(b Better) string {
	switch b {
	case Higher:
		return "↑"
	case Lower:
		return "↓"
	}
	return "↔"
}

func expr(e Expr) string {
	switch {
	case e.IsZero():
		return "none: read from the live wall"
	case len(e.Den) == 0:
		return sum(e.Num)
	}
	return fmt.Sprintf("(%s) ÷ (%s)", sum(e.Num), sum(e.Den))
}

func sum(s Sum) string {
	var b strings.Builder
	for i, t := range s {
		switch {
		case t.Minus:
			b.WriteString(" − ")
		case i > 0:
			b.WriteString(" + ")
		}
		fmt.Fprintf(&b, "`%s`", t.Metric)
	}
	return b.String()
}

func dims(ds []DimKind) string {
	words := make([]string, len(ds))
	for i, d := range ds {
		words[i] = string(d)
	}
	return strings.Join(words, ", ")
}

// String says what f selects: "calls by entered_at where direction = in".
func (f Filter) String() string {
	var b strings.Builder
	b.WriteString(string(f.Record))
	if f.At != "" {
		b.WriteString(" by " + f.At)
	}
	for i, c := range f.Where {
		word := " and "
		if i == 0 {
			word = " where "
		}
		fmt.Fprintf(&b, "%s%s %s %v", word, c.Field, c.Op, c.Value)
	}
	if f.Sum != "" {
		b.WriteString(", Σ " + f.Sum)
	}
	return b.String()
}
