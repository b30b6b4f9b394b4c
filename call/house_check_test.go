package call

import (
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestCheckHouse(t *testing.T) {
	sound := func() *House {
		queue := func(id stamp.QueueID, d Door) *Plan {
			return &Plan{Queue: id, Language: "en", MaxWaitUS: 60e6, Door: d}
		}
		return &House{
			Queues: map[stamp.QueueID]*Plan{
				"sales":   queue("sales", Door{Closed: Destination{ToAnnouncement, "closed"}, Overflow: QueueOf("billing")}),
				"billing": queue("billing", Door{Full: Destination{ToMenu, "main"}, Keys: map[rune]Destination{'1': {ToMenu, "main"}}}),
			},
			Menus: map[string]*Menu{"main": {
				ID: "main", Prompt: "main", Options: map[rune]Option{'1': {To: QueueOf("sales")}, '*': {Do: Repeat}}, Failed: Destination{ToHangup, ""},
			}},
		}
	}
	has := func(_, name string) bool { return name == "main" || name == "closed" }
	if p := sound().Check("en", has); len(p) != 0 {
		t.Fatalf("a sound house: %v", p)
	}
	for name, c := range map[string]struct {
		spoil func(h *House)
		want  string
	}{
		"no queue":     {func(h *House) { h.Queues["sales"].Empty = QueueOf("gone") }, `queue sales: empty leads to the queue "gone"`},
		"no menu":      {func(h *House) { h.Queues["sales"].Keys = map[rune]Destination{'3': {ToMenu, "gone"}} }, `queue sales: key 3 leads to the menu "gone"`},
		"no prompt":    {func(h *House) { h.Queues["sales"].Closed.ID = "night" }, `queue sales: closed says "night"`},
		"number":       {func(h *House) { h.Queues["sales"].Full = Destination{ToNumber, "+84"} }, "queue sales: full leads to number:+84"},
		"never over":   {func(h *House) { h.Queues["sales"].MaxWaitUS = 0 }, "queue sales: overflow leads to queue:billing but"},
		"no options":   {func(h *House) { h.Menus["main"].Options = nil }, "menu main: no key does anything"},
		"odd key":      {func(h *House) { h.Menus["main"].Options['x'] = Option{To: QueueOf("sales")} }, `menu main: "x" is no key`},
		"idle key":     {func(h *House) { h.Menus["main"].Options['2'] = Option{} }, "menu main: key 2 does nothing"},
		"no operator":  {func(h *House) { h.Menus["main"].Options['0'] = Option{Do: Operator} }, "menu main: key 0 calls the operator"},
		"mute menu":    {func(h *House) { h.Menus["main"].Invalid = "wrong" }, `menu main: invalid says "wrong"`},
		"says nothing": {func(h *House) { h.Menus["main"].Prompt = "" }, "menu main: it says nothing"},
		"a ring": {func(h *House) { h.Queues["billing"].Closed = QueueOf("sales") },
			"queue billing: a call would go round: queue:billing → queue:sales → queue:billing"},
		"a ring of one": {func(h *House) { h.Menus["main"].Failed = Destination{ToMenu, "main"} }, "menu main: a call would go round: menu:main → menu:main"},
		"a ring with a menu": {func(h *House) { h.Menus["main"].Failed = QueueOf("billing") },
			"menu main: a call would go round: menu:main → queue:billing → menu:main"},
	} {
		t.Run(name, func(t *testing.T) {
			h := sound()
			c.spoil(h)
			var said []string
			for _, p := range h.Check("en", has) {
				said = append(said, p.Where+": "+p.What)
			}
			if len(said) != 1 || !strings.HasPrefix(said[0], c.want) || !strings.Contains(said[0], ";") {
				t.Errorf("got %q, want one that begins %q", said, c.want)
			}
		})
	}
	h := sound()
	for _, r := range []struct {
		to  Destination
		bad bool
	}{{QueueOf("sales"), false}, {QueueOf("gone"), true}, {Destination{}, true}, {Destination{ToAnnouncement, "main"}, false}, {Destination{ToVoicemail, "x"}, true}} {
		if got := h.CheckRoute("hotline", r.to, "en", has); (len(got) > 0) != r.bad || slices.ContainsFunc(got, func(p Problem) bool { return p.Where != "route hotline" }) {
			t.Errorf("route to %q: %v", r.to, got)
		}
	}
}
