package check

import "testing"

// A try that was answered by 503 or not at all is no call of its own; one that
// somebody answered is found, and so is an INVITE that no stamp tells of.
func TestTries(t *testing.T) {
	call := []row{{"call": "c", "arrived_at": int64(1)}}
	for _, r := range []struct {
		name  string
		tries int
		codes []int
		found int
		begun int64
	}{
		{"one way", 0, []int{200}, 0, 1000}, {"503, then answered", 1, []int{503, 200}, 0, 1000}, {"silence twice", 2, []int{0, 408, 200}, 0, 1000},
		{"a try that was picked up", 1, []int{200, 200}, 1, 1000}, {"busy is no reason", 1, []int{486, 200}, 1, 1000},
		{"an INVITE that no stamp tells of", 0, []int{503, 200}, 1, 1000},
	} {
		x := &witness{f: &findings{}, s: &store{tries: map[string]int{"c": r.tries}}, faults: &faults{}, silent: map[string]bool{}}
		var dialogs []*dialog
		for i, code := range r.codes {
			dialogs = append(dialogs, &dialog{callID: r.name, invite: int64(1000 * (i + 1)), final: int64(1000*(i+1) + 500), code: code})
		}
		pairs := x.pair("84", dialogs, call)
		if n := len(x.f.sorted()); n != r.found {
			t.Errorf("%s: %d findings %v, want %d", r.name, n, x.f.sorted(), r.found)
		}
		if len(pairs) != 1 || pairs[0].d.invite != r.begun {
			t.Errorf("%s: %d pairs, begun %v", r.name, len(pairs), pairs)
		}
	}
}
