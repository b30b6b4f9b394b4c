package kpi

import (
	"encoding/json"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestCompareNamesTheFigure(t *testing.T) {
	stamps := readDay(t, "care")
	sums, h := walk(t, stamps)
	b := stamp.Bucket(day0 + 9*hour)
	rolled, folded := sums.bucket(b), Intervals(h.records(), b, b.End())
	if d := Compare(rolled, folded); d != nil {
		t.Fatalf("%+v", d)
	}
	for i := range rolled {
		off := append([]Interval{}, rolled...)
		off[i].Value += 7
		if d := Compare(off, folded); len(d) != 1 || d[0].Key != rolled[i].Key || d[0].Rolled-d[0].Folded != 7 {
			t.Errorf("%+v raised by 7: %+v", rolled[i], d)
		}
		lost := append(append([]Interval{}, rolled[:i]...), rolled[i+1:]...)
		if d := Compare(lost, folded); len(d) != 1 || d[0].Rolled != 0 || d[0].Folded != rolled[i].Value {
			t.Errorf("%+v lost: %+v", rolled[i], d)
		}
	}
}

func TestReport(t *testing.T) {
	b, err := json.Marshal(NewReport(3, nil, nil))
	if err != nil || string(b) != `{"balanced":true,"calls":3,"differences":[],"violations":[]}` {
		t.Errorf("%s, %v", b, err)
	}
	if NewReport(3, []Difference{{}}, nil).Balanced || NewReport(3, nil, []Violation{{}}).Balanced {
		t.Error("balanced in spite of what was found")
	}
}
