package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// TestWhatIsDoneForAnotherNode looks once a second; each letter is what the
// other node answers: l(ives), g(one), s(ilent), m(oved on in its journal, and
// silent). The duties are b(ury), f(ree) and a dot for none.
func TestWhatIsDoneForAnotherNode(t *testing.T) {
	const longest = 20 * time.Second
	for name, row := range map[string]struct {
		n             postgres.Neighbour
		answers, want string
	}{
		"finishes its calls":      {postgres.Neighbour{Open: 3, Claimed: 1}, "llllllll", "........"},
		"killed":                  {postgres.Neighbour{Open: 3}, "gg", "b."},
		"killed while dialing":    {postgres.Neighbour{Open: 3, Claimed: 1}, "g", "x"},
		"cut off":                 {postgres.Neighbour{Open: 3}, "sssssssss", ".....b..."},
		"stopped for a moment":    {postgres.Neighbour{Open: 3}, "ssssllsss", "........."},
		"slow, but heard of":      {postgres.Neighbour{Open: 3}, "sssmsssss", "........b"},
		"cut off while dialing":   {postgres.Neighbour{Open: 3, Claimed: 1}, "ssssssssssssssssssssssss", ".....b...............fff"},
		"gone long ago":           {postgres.Neighbour{Open: 3, Presumed: true}, "gggg", "...."},
		"has nothing to be ended": {postgres.Neighbour{}, "gggg", "...."},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.UnixMicro(1_700_000_000_000_000)
			row.n.AliveAt, row.n.Seq = began.UnixMicro(), 7
			var h heir
			got := ""
			for i, c := range row.answers {
				if c == 'm' {
					row.n.Seq++
				}
				said := map[rune]answer{'l': lives, 'g': gone, 's': silent, 'm': silent}[c]
				d := h.judge(began.Add(time.Duration(i)*time.Second), row.n, said, longest)
				if d.bury {
					h.buried = row.n.Seq
				}
				got += map[duty]string{{}: ".", {bury: true}: "b", {free: true}: "f", {bury: true, free: true}: "x"}[d]
			}
			if got != row.want {
				t.Errorf("done %s, want %s", got, row.want)
			}
		})
	}
}

func TestAskingAnotherNode(t *testing.T) {
	answering := func(node string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if node != "" && r.URL.Path == "/healthz" {
				w.Header().Set(nodeHeader, node)
			}
		}))
		t.Cleanup(s.Close)
		return s
	}
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hangs.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, row := range map[string]struct {
		url  string
		want answer
	}{
		"itself":       {answering("n1").URL, lives},
		"another node": {answering("n2").URL, gone},
		"a proxy":      {answering("").URL, silent},
		"nobody":       {closed.URL, gone},
		"frozen":       {hangs.URL, silent},
		"no address":   {"::", silent},
	} {
		if got := ask(t.Context(), http.DefaultClient, postgres.Neighbour{Node: stamp.NodeID("n1"), URL: row.url}); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
}
