// Takes pictures of every page, wide and narrow, light and dark, and checks
// each with axe. node dev/shots.mjs [name…]
import { mkdirSync } from "node:fs";
import { launch } from "./browser.mjs";
import { startMock } from "./mock.mjs";

const out = new URL("./shots/", import.meta.url);
mkdirSync(out, { recursive: true });

/** A page loads some twenty files and asks a few questions. */
const MOST_REQUESTS = 60;
const wide = { width: 1440, height: 900 };
const desk = { width: 1280, height: 800 };
const panel = { width: 400, height: 836 };
const NOTE = "Máy không lên đèn từ sáng nay, sau khi mất điện khu vực. Đã thử ổ cắm khác, vẫn không lên.\n\nKhách cần kỹ thuật viên trước thứ Ba, nhà có người sau 17:00.";

const scenes = [
  { name: "00-login", hash: "", size: wide, out: true },
  { name: "01-idle", size: wide, play: (d) => d.presence("ready", { seat: true, since: Date.now() * 1000 - 41e6 }) },
  { name: "01-offline", size: wide, theme: "dark" },
  { name: "01-call-vi", language: "vi", size: wide, play: inCall, after: (page) => page.getByRole("button", { name: /Bàn phím/ }).click() },
  { name: "01-call-dark", theme: "dark", size: wide, play: inCall },
  { name: "01-hold", size: wide, play: (d) => { d.at(140, { held_by: ["agent"], note: "" }); d.presence("talking"); } },
  { name: "10-transfer", size: desk, play: inCall, after: (page) => page.getByRole("button", { name: /Transfer/ }).click() },
  { name: "10-transfer-vi-dark", language: "vi", theme: "dark", size: desk, play: inCall, after: (page) => page.getByRole("button", { name: /Chuyển máy/ }).click() },
  { name: "10-whom-zh", language: "zh-Hant", size: desk, play: inCall, after: (page) => page.getByRole("button", { name: /諮詢/ }).first().click() },
  { name: "10-consult-vi", language: "vi", size: desk, play: consult },
  { name: "10-consult-dark", theme: "dark", size: desk, play: consult },
  { name: "10-three-zh", language: "zh-Hant", size: desk, theme: "dark", play: (d) => { inCall(d); d.change({ phase: "conferencing", since: Date.now() * 1000 - 9e6, recording: "paused", on_demand: true, others: d.third("agent") }); } },
  { name: "10-failed", size: desk, play: (d) => { inCall(d); d.change({ recording: "paused", mic_silent: true, failed: { kind: "blind", who: { kind: "agent", id: "a-binh", name: "Bình" }, why: "busy", at: Date.now() * 1000 } }); } },
  { name: "10-parked-vi", language: "vi", size: desk, play: (d) => d.presence("ready", { seat: true }) },
  { name: "10-parked-dark", theme: "dark", size: desk, play: (d) => d.presence("paused", { seat: true, aux: "break", since: Date.now() * 1000 - 1000e6 }) },
  { name: "10-panel-consult", size: panel, play: consult },
  { name: "02-ring-dark", theme: "dark", size: wide, play: (d) => d.ring(7) },
  { name: "02-ring-zh", language: "zh-Hant", size: wide, play: (d) => d.ring(2) },
  { name: "03-wrap-zh", language: "zh-Hant", size: wide, play: wrap },
  { name: "03-wrap-scored", size: wide, theme: "dark", play: (d) => { wrap(d); d.change({ phase: "over", survey: "responded", survey_value: 5 }); } },
  { name: "08-panel-call-zh", language: "zh-Hant", size: panel, play: inCall },
  { name: "08-panel-ready-vi", language: "vi", size: panel, play: (d) => d.presence("ready", { seat: true }) },
  { name: "08-panel-lost", theme: "dark", size: panel, play: inCall, after: lost },
  { name: "08-panel-ring", size: panel, play: (d) => d.ring(4) },
  { name: "08-panel-wrap", size: panel, play: wrap },
  { name: "04-wall-dark", hash: "#/wall", role: "manager", theme: "dark", size: wide },
  { name: "04-wall", hash: "#/wall", role: "manager", size: wide },
  { name: "04-wall-stale", hash: "#/wall", role: "manager", theme: "dark", size: wide, after: stale },
  { name: "04-wall-tv", hash: "#/wall?tv=1", role: "manager", theme: "dark", size: wide },
  { name: "04-wall-narrow-vi", hash: "#/wall", role: "manager", language: "vi", size: panel },
  { name: "09-wall-stores-away", hash: "#/wall", role: "manager", theme: "dark", size: wide, server: { old: 42, troubles: { postgres_away: 61, redis_away: 42 } } },
  { name: "09-wall-trunk", hash: "#/wall", role: "manager", size: wide, server: { troubles: { "trunk_down:vn-back": 330, "follower_behind:ledger": 12 }, rebuilt: 20 } },
  { name: "09-wall-bad-vi", hash: "#/wall", role: "manager", language: "vi", size: wide, server: { troubles: { journal_disk_full: 15, postgres_away: 3800, unheard_of: 4 } } },
  { name: "09-wall-tv", hash: "#/wall?tv=1", role: "manager", theme: "dark", size: wide, server: { old: 42, troubles: { redis_away: 42 } } },
  { name: "09-wall-narrow-zh", hash: "#/wall", role: "manager", language: "zh-Hant", size: panel, server: { troubles: { draining: 9, journal_disk_low: 700 } } },
  { name: "09-desk-wrap-away", size: wide, play: (d) => { wrap(d); d.notice({ postgres_away: 30 }); } },
  { name: "09-panel-drain-vi", language: "vi", size: panel, theme: "dark", play: (d) => { inCall(d); d.notice({ draining: 3, postgres_away: 30 }); } },
  { name: "05-kpi", hash: "#/kpi/in.wait", role: "manager", size: { width: 1440, height: 1000 }, after: open },
  { name: "05-kpi-dark", hash: "#/kpi/in.wait", role: "manager", theme: "dark", size: { width: 1440, height: 1000 }, after: open },
  { name: "05-kpi-plain", hash: "#/kpi/in.sl_off", role: "manager", size: wide },
  { name: "05-kpi-narrow", hash: "#/kpi/in.wait", role: "manager", language: "zh-Hant", size: panel, after: open },
];

function inCall(desk) {
  desk.at(331 - 6, { note: NOTE, phase: "talking" });
  desk.presence("talking", { next: "ready", since: desk.call.connected });
}
function consult(desk) {
  inCall(desk);
  desk.change({ phase: "consulting", since: Date.now() * 1000 - 14e6, asking: { kind: "consult", by: { id: "u-ha", name: "Trần Hà" }, who: { kind: "agent", id: "a-binh", name: "Bình" }, since: Date.now() * 1000 - 20e6, answered: true }, others: desk.third("consulted") });
}
function wrap(desk) {
  desk.at(340, { phase: "surveying", wrap: true, wrap_until: Date.now() * 1000 + 24e6, survey: "asked", disposition: "call_back", note: NOTE });
  desk.presence("wrap", { next: "ready", since: Date.now() * 1000 - 21e6 });
}
async function lost(page, mock) {
  mock.stop();
  await page.waitForTimeout(1500);
}
async function stale(page, mock) {
  mock.state.frozen = true;
  await page.waitForTimeout(12_000);
}
async function open(page) {
  await page.locator("ul.calls button").nth(2).click();
  await page.locator("ol.led li").first().waitFor();
}

/** Rules of WCAG 2.0 to 2.2, levels A and AA. Runs from an init script, since
 *  the page's policy lets nothing be evaluated. */
async function judge(page) {
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  return violations.map((v) => `axe ${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).slice(0, 4).join(" | ")}`);
}

async function shoot(browser, scene) {
  const mock = await startMock({ role: scene.role, language: scene.language ?? "en" });
  mock.state.user = scene.out ? null : {};
  mock.state.server = scene.server ?? {};
  const context = await browser.newContext({ viewport: scene.size, colorScheme: scene.theme ?? "light", permissions: ["microphone"], locale: "en-GB" });
  await context.addInitScript({ path: new URL("../node_modules/axe-core/axe.min.js", import.meta.url).pathname });
  const page = await context.newPage();
  const troubles = [];
  page.on("console", (m) => m.type() === "error" && !/401/.test(m.text()) && troubles.push(m.text()));
  page.on("pageerror", (e) => troubles.push(String(e)));
  let requests = 0;
  page.on("request", () => (requests += 1));
  await page.goto(`${mock.address}${scene.hash ?? "#/desk"}`);
  await page.waitForTimeout(700);
  scene.play?.(mock.desk);
  await page.waitForTimeout(500);
  await scene.after?.(page, mock);
  await page.waitForTimeout(300);
  await page.screenshot({ path: new URL(`${scene.name}.png`, out).pathname });
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) troubles.push("scrolls sideways");
  if (requests > MOST_REQUESTS) troubles.push(`${requests} requests: an effect feeds itself`);
  troubles.push(...(await judge(page)));
  await context.close();
  mock.stop();
  return troubles;
}

const wanted = process.argv.slice(2);
const browser = await launch();
for (const scene of scenes) {
  if (wanted.length > 0 && !wanted.some((name) => scene.name.startsWith(name))) continue;
  const troubles = await shoot(browser, scene);
  console.log(scene.name, ...troubles.map((text) => `\n   ${text}`));
}
await browser.close();
