package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// TestWallShowsWhatIsAway takes Redis and Postgres away under a manager's eyes: the wall says which, since when, greys the
// figures that stand still and shows their age; an agent is told quietly; and when the stores are back the banner goes and
// a mark says when the figures were rebuilt. The call goes on all the while.
func TestWallShowsWhatIsAway(t *testing.T) {
	t.Parallel()
	h, pg := openMortal(t, "lan", "mai")
	b := rig.Chromium(t)
	boss, mai := h.logIn(t, b, "boss", "#/wall"), h.desk(t, b, "mai")
	h.robot(t, "lan", robot.Plan{React: 100 * time.Millisecond, Disposition: "other"})
	boss.Shows("1 ready · 0 talking")
	customer := h.served(t)
	boss.Shows("0 ready · 1 talking")
	if found := degraded(t, boss); found != "" {
		t.Errorf("with all well the wall shows %s", found)
	}

	killed := time.Now()
	must(t, h.redis.Kill())
	boss.Await(`document.querySelector("[data-degraded=redis_away]") !== null`)
	told := time.Since(killed)
	boss.Shows("Live figures stand still")
	must(t, pg.Kill())
	boss.Await(`document.querySelector("[data-degraded=postgres_away]") !== null`)
	boss.Shows("The database is away")
	mai.Shows("Calls are saved on this server")
	boss.Await(`/for 0:0[3-9]/.test(document.querySelector("[data-degraded=redis_away] .since").innerText)`)
	boss.Await(`document.querySelectorAll(".tiles .stale").length === 5 && /\b1\d s old/.test(document.querySelector(".tiles").innerText)`)
	picture(t, boss.Page, "stores-away")
	picture(t, mai.Page, "stores-away-desk")
	h.farHears(t, rig.AgentHz)

	back := time.Now()
	must(t, pg.Restart(t.Context()))
	must(t, h.redis.Restart(t.Context()))
	boss.Await(`document.querySelector("[data-degraded]") === null && document.querySelectorAll(".tiles .stale").length === 0`)
	boss.Await(`/live figures rebuilt \d\d:\d\d:\d\d/.test(document.querySelector(".rebuilt")?.innerText ?? "")`)
	took := time.Since(back)
	t.Logf("the banner stood %s after Redis was killed; the wall was right %s after Postgres and Redis were started again", told, took)
	if took > 20*time.Second {
		t.Errorf("the wall was right again only after %s", took)
	}
	boss.Shows("0 ready · 1 talking")
	picture(t, boss.Page, "rebuilt")
	mai.Await(`!document.body.innerText.includes("Calls are saved on this server")`)
	customer.hangUp()
	h.SQL.ClosedCalls(1)
	h.balanced(t)
}

// TestPagesKnowADrain: wall and desk say that the server is about to restart while a call goes on; the desk comes back by
// itself when it has.
func TestPagesKnowADrain(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey, p.Agents, p.Drain = false, []string{"lan", "mai"}, time.Minute })
	b := rig.Chromium(t)
	boss, mai := h.logIn(t, b, "boss", "#/wall"), h.desk(t, b, "mai")
	h.robot(t, "lan", robot.Plan{Wrap: time.Hour})
	customer := h.served(t)
	h.Server.Terminate(t)
	boss.Shows("The server is about to restart")
	mai.Shows("The server is about to restart. Calls finish")
	h.farHears(t, rig.AgentHz)
	customer.hangUp() // the last call is over, and so is the drain
	mai.Shows("The server restarts")
	picture(t, mai.Page, "restarts")
	h.Server.EndsWell(t, rig.Patience)
	h.Start()
	mai.Await(`window.callstampDebug?.state.link === "open" && !document.body.innerText.includes("The server restarts")`)
	boss.Await(`document.querySelector("[data-degraded]") === null`)
}

// degraded is what the wall's banner lists.
func degraded(t *testing.T, p *rig.Person) string {
	t.Helper()
	text, err := browser.Eval[string](p.Page, `[...document.querySelectorAll("[data-degraded]")].map((e) => e.innerText).join("\n")`)
	must(t, err)
	return text
}

// picture keeps what the page shows, where E2E_PICTURES names a folder: for people, who look at it.
func picture(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	dir := os.Getenv("E2E_PICTURES")
	if dir == "" {
		return
	}
	png, err := p.Picture()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.png", name)), png, 0o644))
}
