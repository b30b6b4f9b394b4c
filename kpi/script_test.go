package kpi

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// readDay reads a day written as text, one stamp a line in journal order:
//
//	09:00:01.500  c1  queue.entered entry=1 queue=care first -> waiting
//
// when, subject, kind, its fields, and after the arrow the phase or state that
// begins. A subject beginning with a is an agent session, "node" the node, any
// other a call. org= names another organisation,
// call= an agent stamp's call, cause=rtp/silence why. "clock ±2s" steps the wall clock, "boot" begins a boot.
func readDay(t testing.TB, name string) []stamp.Stamp {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	d := newDiary()
	for i, l := range strings.Split(string(text), "\n") {
		if l, _, _ = strings.Cut(l, "#"); strings.TrimSpace(l) == "" {
			continue
		}
		if err := d.read(l); err != nil {
			t.Fatalf("%s.txt, line %d: %v", name, i+1, err)
		}
	}
	for i := range d.lines {
		d.lines[i].s.Seq = uint64(i + 1)
	}
	out := make([]stamp.Stamp, len(d.lines))
	for i, l := range d.lines {
		out[i] = l.s
	}
	return out
}

func (d *diary) read(l string) error {
	head, phase, _ := strings.Cut(l, "->")
	words := strings.Fields(head)
	at, err := clock(words[0])
	if err != nil {
		return err
	}
	switch words[1] {
	case "boot":
		d.boots = append(d.boots, at)
		return nil
	case "clock":
		by, err := time.ParseDuration(words[2])
		if err != nil {
			return err
		}
		d.steps = append(d.steps, clockStep{at, by.Microseconds()})
		d.node(at, stamp.ClockStep{StepUS: by.Microseconds()})
		return nil
	}
	org, cause := d.org, (*stamp.Cause)(nil)
	words = slices.DeleteFunc(words, func(w string) bool {
		field, value, _ := strings.Cut(w, "=")
		switch field {
		case "org":
			org = stamp.OrgID(value)
		case "cause":
			proto, text, _ := strings.Cut(value, "/")
			cause = &stamp.Cause{Proto: proto, Text: text}
		}
		return field == "org" || field == "cause"
	})
	fact, call, err := readFact(words[2], words[3:])
	if err != nil {
		return err
	}
	sub := stamp.Subject{Kind: stamp.SubjectCall, ID: stamp.ID(words[1])}
	switch {
	case words[1] == "node":
		sub = stamp.Subject{Kind: stamp.SubjectNode, ID: stamp.ID(fmt.Sprintf("n1.%d", len(d.boots)))}
	case words[1][0] == 'a':
		sub.Kind = stamp.SubjectAgent
	}
	d.tell(at, 0, sub, strings.TrimSpace(phase), fact)
	s := &d.lines[len(d.lines)-1].s
	s.Org, s.Cause = org, cause
	if call != "" {
		s.Call = call
	}
	// What recovery stamps is placed in the past, but by the present boot.
	if n := len(d.boots); n > 1 && at < d.boots[n-1] {
		s.Boot, s.Mono = uint32(n), at-d.boots[n-1]
	}
	return nil
}

// readFact reads the fields of a fact as JSON would have them.
func readFact(kind string, fields []string) (stamp.Fact, stamp.ID, error) {
	data, call := map[string]any{}, stamp.ID("")
	for _, f := range fields {
		key, value, has := strings.Cut(f, "=")
		if key == "call" {
			call = stamp.ID(value)
			continue
		}
		data[key] = fieldValue(key, value, has)
	}
	b, err := json.Marshal(map[string]any{
		"v": stamp.FormatVersion, "node": "n", "seq": 1, "org": "o", "subject": map[string]string{"kind": "node", "id": "n"},
		"n": 1, "at": 1, "mono": 1, "boot": 1, "kind": kind, "data": data,
	})
	if err != nil {
		return nil, "", err
	}
	s, err := stamp.Decode(b)
	return s.Fact, call, err
}

func fieldValue(key, value string, has bool) any {
	if !has {
		return true
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return n
	}
	if at, err := clock(value); (key == "bucket" || key == "requested_at") && err == nil {
		return day0 + at
	}
	if to, name, is := strings.Cut(value, ":"); is && key == "target" {
		return map[string]any{"to": to, "name": name}
	}
	if us, err := time.ParseDuration(value); err == nil {
		return us.Microseconds()
	}
	return value
}

// clock reads "09:00", "09:00:01" or "09:00:01.500" as µs since midnight.
func clock(s string) (int64, error) {
	parts := strings.Split(s, ":")
	if len(parts) == 2 {
		parts = append(parts, "0")
	}
	if len(parts) != 3 {
		return 0, fmt.Errorf("read time %q", s)
	}
	us := int64(0)
	for i, unit := range []float64{3600, 60, 1} {
		f, err := strconv.ParseFloat(parts[i], 64)
		if err != nil {
			return 0, fmt.Errorf("read time %q: %w", s, err)
		}
		us += int64(f*unit*1000+0.5) * 1000
	}
	return us, nil
}
