package kpi

import (
	"strings"
	"testing"
)

func TestBrokenStateIsRefused(t *testing.T) {
	fold, live := NewFolder(), NewLive()
	for _, s := range readDay(t, "care")[:13] { // c1 surveys and wraps up
		if _, err := fold.Apply(s); err != nil {
			t.Fatal(err)
		}
		if _, err := live.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	fs, err := fold.State()
	if err != nil {
		t.Fatal(err)
	}
	ls, err := live.State()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"another format", `{"format":1`, `{"format":2`},
		{"an unknown field", `{"format":1`, `{"formal":1,"format":1`},
		{"bytes after it", "", "x"},
		{"no calls", `"calls":{`, `"calls":null,"agents":{},"others":{},"x":{`},
		{"a call that is null", `"calls":{"c1":{`, `"calls":{"c0":null,"c1":{`},
		{"cut short", `{"format":1`, ``},
	} {
		for kind, state := range map[string]string{"fold": string(fs), "live": string(ls)} {
			broken := strings.Replace(state, c.old, c.new, 1)
			if c.old == "" {
				broken = state + c.new
			}
			var err error
			if kind == "fold" {
				_, err = RestoreFolder([]byte(broken))
			} else {
				_, err = RestoreLive([]byte(broken))
			}
			if err == nil {
				t.Errorf("%s state with %s is accepted", kind, c.name)
			}
		}
	}
	// The open wrap-up and the open phase lose their spans.
	for _, hole := range []string{`"wrap":[`, `"spans":[`} {
		at := strings.Index(string(fs), hole)
		end := at + strings.Index(string(fs)[at:], "]")
		broken := string(fs)[:at+len(hole)] + string(fs)[end:]
		if _, err := RestoreFolder([]byte(broken)); err == nil {
			t.Errorf("fold state without what stands in %s] is accepted", hole)
		}
	}
	if _, err := RestoreFolder(fs); err != nil {
		t.Error(err)
	}
}
