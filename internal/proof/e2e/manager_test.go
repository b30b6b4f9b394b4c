package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestManagerSees reads the numbers from the manager's pages, as a person would: the wall while a call runs, then each KPI
// with its calls, one call with its stamps; and the live counters in Redis.
func TestManagerSees(t *testing.T) {
	t.Parallel()
	h := open(t)
	boss := h.logIn(t, rig.Chromium(t), "boss", "#/wall")
	h.robot(t, "lan", robot.Plan{React: 500 * time.Millisecond, Talk: 2 * time.Second, Wrap: time.Second, Disposition: "sale"})
	boss.Shows("1 ready · 0 talking")
	customer := h.pickUp(t)
	customer.dial("1900")
	boss.Shows("0 ready · 1 talking")
	rig.Eventually(t, "the survey asks", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'survey.asked'`) > 0
	}, nil)
	customer.voice.Press('5')
	customer.isHungUp()
	call := h.SQL.ClosedCalls(1)[0]
	boss.Shows("1 ready · 0 talking")
	boss.Shows("1 of 1 in time, today")

	for _, row := range []struct{ kpi, value string }{
		{"in.offered", "1"}, {"in.connected", "1"}, {"in.abandoned", "0"}, {"in.missed", "0"}, {"agt.missed_offers", "0"},
		{"v.csat", "100%"}, {"v.response_rate", "100%"}, {"c.talk", seconds(call["talk_us"])}, {"in.wait", seconds(call["wait_us"])},
		{"c.wrap", seconds(call["wrap_us"])},
	} {
		boss.GoTo("#/kpi/" + row.kpi + "?range=week")
		boss.Await(fmt.Sprintf(`document.querySelector(".chip.mono")?.innerText === %q`, row.kpi))
		shown := ""
		rig.Eventually(t, row.kpi+" is shown", func() bool {
			text, err := browser.Eval[string](boss.Page, `document.querySelector(".top .v")?.innerText ?? ""`)
			must(t, err)
			shown = strings.Join(strings.Fields(text), " ")
			return strings.TrimSuffix(shown, "average") == row.value
		}, func() string { return fmt.Sprintf("%s is %q, want %q", row.kpi, shown, row.value) })
	}

	boss.GoTo("#/kpi/in.wait?range=week")
	boss.Await(`document.querySelectorAll(".calls button").length === 1`)
	boss.Click("Agent lan")
	boss.Await(`document.querySelectorAll(".led li").length > 10 && document.querySelector(".view svg") !== null`)
	stamps := h.SQL.StampsOf(call["call"].(string))
	if n, err := browser.Eval[int](boss.Page, `document.querySelectorAll(".led li").length`); err != nil || n != len(stamps) {
		t.Errorf("the timeline lists %d stamps (%v), Postgres has %d", n, err, len(stamps))
	}
	h.checkCounters(t)
}

// seconds is how the pages write a time below ten seconds.
func seconds(us any) string { return fmt.Sprintf("%.1f s", float64(us.(int64))/1e6) }

// checkCounters compares the live counters of the one call with its record.
func (h *house) checkCounters(t *testing.T) {
	t.Helper()
	sums := h.counters(t)
	call := h.SQL.ClosedCalls(1)[0]
	for field, want := range map[string]int64{
		"event in.offered org": 1, "cohort in.offered org": 1, "event in.connected org": 1, "event survey.csat org": 1,
		"event survey.satisfied org": 1, "event offer.created org": 1, "event offer.end.accepted org": 1,
		"event in.wait_us org": call["wait_us"].(int64), "event seg.talk_us org": call["talk_us"].(int64),
		"event in.offered queue": 1, "event seg.connected agent": 1, "event in.abandoned org": 0,
	} {
		if sums[field] != want {
			t.Errorf("%s in Redis is %d, want %d; all: %v", field, sums[field], want, sums)
		}
	}
}

// counters are the live counters as they stand in Redis, over all quarter hours: "basis metric dimension" → sum.
func (h *house) counters(t *testing.T) map[string]int64 {
	t.Helper()
	ctx := context.Background()
	r := goredis.NewClient(&goredis.Options{Network: h.redis.Network(), Addr: h.redis.Addr()})
	defer r.Close()
	buckets, err := r.Keys(ctx, "callstamp:{*}:bucket:*").Result()
	must(t, err)
	sums := map[string]int64{}
	for _, b := range buckets {
		fields, err := r.HGetAll(ctx, b).Result()
		must(t, err)
		for field, value := range fields {
			n, err := strconv.ParseInt(value, 10, 64)
			must(t, err)
			part := strings.Split(field, "\x1f") // org, basis, metric, dimension, its id
			sums[strings.Join(part[1:4], " ")] += n
		}
	}
	return sums
}
