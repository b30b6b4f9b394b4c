package check

import (
	"encoding/json"
	"testing"
)

// A part that the product ends since nothing came from the customer has its
// talk until the last packet; a row that says otherwise would be found.
func TestSilenceIsRetold(t *testing.T) {
	for name, c := range map[string]struct {
		cause     string
		talk, gap int64
	}{
		"silence":       {`{"proto":"rtp","text":"silence"}`, 90_000_000, 30_000_000},
		"another cause": {`{"proto":"sip","code":200}`, 120_000_000, 0},
	} {
		var stamps []*fact
		for n, text := range []string{
			`{"kind":"call.created","mono":0,"phase":"arriving","data":{"direction":"in"}}`,
			`{"kind":"segment.opened","mono":0,"phase":"connecting","data":{"segment":1,"agent":"ann"}}`,
			`{"kind":"segment.connected","mono":0,"phase":"talking","data":{"segment":1,"agent":"ann"}}`,
			`{"kind":"media.rtp_timeout","mono":120000000,"data":{"leg":1,"last_rx_ago_us":30000000}}`,
			`{"kind":"segment.ended","mono":120000000,"cause":` + c.cause + `,"data":{"segment":1,"agent":"ann"}}`,
			`{"kind":"call.released","mono":120000000,"phase":"over","data":{}}`,
			`{"kind":"call.closed","mono":120000000,"phase":"closed","data":{}}`,
		} {
			a := &fact{}
			if err := json.Unmarshal([]byte(text), a); err != nil {
				t.Fatal(err)
			}
			a.Subject.ID, a.N, a.Seq, a.At, a.Boot = "c1", int64(n+1), int64(n+1), 1_000_000+a.Mono, 1
			stamps = append(stamps, a)
		}
		told := told{}
		tellCall(told, stamps)
		g := told["records.segments"]["c1/1"]
		if g.int("talk_us") != c.talk || g.int("gap_us") != c.gap {
			t.Errorf("%s: talk %d, gap %d, should be %d and %d", name, g.int("talk_us"), g.int("gap_us"), c.talk, c.gap)
		}
	}
}
