package guard

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestSortOf: numbers of many countries' plans, and of none.
func TestSortOf(t *testing.T) {
	for number, want := range map[string]Sort{
		"+84901234567": Ordinary, "+842838123456": Ordinary, "+841800123456": Ordinary, // Vietnam: mobile, fixed, toll-free
		"+84190012345": Premium, "+8419001234": Premium, // 1900
		"+886912345678": Ordinary, "+886203123456": Premium,
		"+19005551234": Premium, "+12015550123": Ordinary, "+18005550123": Ordinary,
		"+491371234567": SharedCost, "+4918012345": SharedCost, "+4970012345678": Personal, "+499001234567": Premium,
		"+447012345678": Personal, "+443001234567": Company, "+449012345678": Premium, "+447640123456": Service,
		"+870773111632": Satellite, "+881612345678": Satellite, "+88213312345": Satellite, "+8835100123456": Satellite,
		"+979123456789": Premium, "+80812345678": SharedCost, "+80012345678": Ordinary, "+878101234567890": Personal,
	} {
		if got := SortOf(number); got != want {
			t.Errorf("%s is %s, want %s", number, got, want)
		}
	}
}

// TestJudge: what is not listed is refused, and says why.
func TestJudge(t *testing.T) {
	home := Rules{Prefixes: []string{"+84"}}
	wide := Rules{Prefixes: []string{"+"}, Sorts: []Sort{Premium}}
	for _, row := range []struct {
		name   string
		rules  Rules
		number string
		want   string
	}{
		{"mobile at home", home, "+84901234567", ""},
		{"abroad", home, "+886912345678", OutsidePrefix},
		{"nothing listed", Rules{}, "+84901234567", OutsidePrefix},
		{"an empty prefix lists nothing", Rules{Prefixes: []string{""}}, "+84901234567", OutsidePrefix},
		{"premium at home", home, "+84190012345", "premium"},
		{"premium listed", wide, "+84190012345", ""},
		{"satellite in a wide list", wide, "+881612345678", "satellite"},
		{"no E.164", wide, "0901234567", NotANumber},
		{"words", wide, "+84;phone=evil", NotANumber},
		{"too long", wide, "+8490123456789012", NotANumber},
		{"empty", wide, "", NotANumber},
	} {
		err := row.rules.Judge(row.number)
		var r Refusal
		if errors.As(err, &r); r.Word != row.want || err != nil && !strings.HasSuffix(r.Text, ".") {
			t.Errorf("%s: %q (%v), want %q", row.name, r.Word, err, row.want)
		}
	}
}

func TestNormal(t *testing.T) {
	for _, row := range []struct{ typed, region, want string }{
		{"0901 234 567", "VN", "+84901234567"}, {"+84 (90) 123-4567", "", "+84901234567"}, {"0084901234567", "VN", "+84901234567"},
		{"0901234567", "", ""}, {"0900-BUY", "VN", ""}, {"", "VN", ""}, {"+", "VN", ""}, {"sip:1@2", "VN", ""}, {"+84901234567;ext=5", "VN", ""},
		{strings.Repeat("1", 300), "VN", ""},
	} {
		got, err := Normal(row.typed, row.region)
		if got != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%q in %q: %q, %v", row.typed, row.region, got, err)
		}
	}
}

// FuzzNumber: whatever is typed, what comes out is E.164 or refused.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0901234567", "+84", "+881\x00", "++", "84 90"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		_ = Rules{Prefixes: []string{"+"}}.Judge(typed)
		if n, err := Normal(typed, "VN"); err == nil && !e164.MatchString(n) {
			t.Errorf("%q became %q", typed, n)
		}
	})
}

// TestCaps: the last allowed call, the one too many, and when there is room again.
func TestCaps(t *testing.T) {
	zone := time.FixedZone("+7", 7*3600)
	start := time.Date(2026, 3, 1, 23, 58, 0, 0, zone)
	anna, line := Key{Agent, "anna"}, Key{Trunk, "line"}
	caps := map[Key]Caps{anna: {PerMinute: 3, PerDay: 5}, line: {PerMinute: 100, PerDay: 7}}
	b := NewBook(zone)
	for _, row := range []struct {
		after int // s
		keys  []Key
		want  string
	}{
		{0, []Key{anna, line}, ""}, {10, []Key{anna, line}, ""}, {20, []Key{anna, line}, ""},
		{59, []Key{anna, line}, "cap_agent_minute"},
		{60, []Key{anna, line}, ""}, // the first is out of the minute
		{70, []Key{anna}, ""},
		{100, []Key{anna}, "cap_agent_day"},
		{101, []Key{line}, ""}, {102, []Key{line}, ""}, {103, []Key{line}, ""},
		{104, []Key{line}, "cap_trunk_day"},
		{120, []Key{anna, line}, ""}, // midnight
		{121, []Key{{Agent, "free"}}, ""},
	} {
		err := b.Take(start.Add(time.Duration(row.after)*time.Second), caps, row.keys...)
		var r Refusal
		if errors.As(err, &r); r.Word != row.want {
			t.Errorf("after %d s: %q, want %q", row.after, r.Word, row.want)
		}
	}
}

// TestRefusedCountsNothing: who is refused by the trunk's cap has not used the own one.
func TestRefusedCountsNothing(t *testing.T) {
	at := time.Unix(1e9, 0)
	anna, line := Key{Agent, "anna"}, Key{Trunk, "line"}
	caps := map[Key]Caps{anna: {PerDay: 2}, line: {PerMinute: 1}}
	b := NewBook(time.UTC)
	got := ""
	for i := range 4 {
		err := b.Take(at.Add(time.Duration(i)*40*time.Second), caps, anna, line)
		got += fmt.Sprint(err == nil, " ")
	}
	if got != "true false true false " {
		t.Error(got)
	}
}

// TestBookAfterRestart: what stamps tell of calls begun counts as if nothing had happened.
func TestBookAfterRestart(t *testing.T) {
	now := time.Date(2026, 3, 2, 0, 0, 30, 0, time.UTC)
	k := Key{Campaign, "spring"}
	b := NewBook(time.UTC)
	for _, ago := range []time.Duration{25 * time.Hour, 50 * time.Second, 20 * time.Second, 10 * time.Second} {
		b.Begun(now, now.Add(-ago), k)
	}
	for caps, want := range map[Caps]string{{PerMinute: 4}: "", {PerMinute: 3}: "cap_campaign_minute", {PerDay: 2}: "cap_campaign_day", {PerDay: 3}: ""} {
		var r Refusal
		if errors.As(b.Full(now, map[Key]Caps{k: caps}, k), &r); r.Word != want {
			t.Errorf("%+v: %q, want %q", caps, r.Word, want)
		}
	}
	if m := b.Midnight(now); !m.Equal(now.Add(-30 * time.Second)) {
		t.Errorf("midnight at %v", m)
	}
}

func BenchmarkJudge(b *testing.B) {
	r := Rules{Prefixes: []string{"+84"}}
	for b.Loop() {
		_ = r.Judge("+84901234567")
	}
}
