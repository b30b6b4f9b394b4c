// The day that the mock plays: the golden files, moved to now and multiplied.
import { readFileSync } from "node:fs";

const folder = new URL("../../api/testdata/wire/", import.meta.url);
export const golden = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

export const S = 1_000_000;
export const now = () => Date.now() * 1000;

/** Moves every instant of a message by an offset. */
const INSTANTS = new Set(["at", "now", "since", "created", "released", "connected", "from", "to", "until", "wrap_until", "as_of", "longest_since", "client_at", "server_at"]);
export function moved(value, by) {
  if (Array.isArray(value)) return value.map((item) => moved(item, by));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, INSTANTS.has(key) && typeof inner === "number" && inner > 0 ? inner + by : moved(inner, by)]),
  );
}

/** A call that has been parked for a while. */
export function parkedCall() {
  const model = golden("parked");
  return { ...model, since: now() - 74 * S };
}

/** Whom a call may be given to: one free, one long name, one busy. */
export const targets = {
  ...golden("targets"),
  agents: [
    { id: "a-binh", name: "Bình", state: "ready" },
    { id: "a-mai", name: "Nguyễn Hoàng Phương Mai Anh (Tổ bảo hành, ca chiều)", state: "ready" },
    { id: "a-linh", name: "Ngô Linh", state: "talking" },
    { id: "a-khoa", name: "Vũ Khoa", state: "wrap" },
  ],
};

/** Numbers by chance, the same in every run. */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const AGENTS = ["Lý Bảo", "Ngô Linh", "Trần Hà", "Cao Sơn", "Đỗ Mai", "Vũ Khoa", "Mai Anh", "Hồ Nam"];

/** Calls of one quarter hour, like the golden one but with their own waits. */
export function calls(n, seed = 7) {
  const random = chance(seed);
  const model = golden("call_row");
  const start = Math.floor(now() / (900 * S)) * 900 * S - 900 * S;
  return Array.from({ length: n }, (_, i) => {
    const at = start + Math.floor((i + random()) * (900 / n)) * S;
    const row = moved(structuredClone(model), at - model.created);
    const wait = Math.floor((5 + random() * 40) * S);
    const lost = random() < 0.12;
    const talk = Math.floor((60 + random() * 300) * S);
    const phases = lost
      ? [["arriving", 4 * S], ["waiting", wait]]
      : [["arriving", 4 * S], ["waiting", wait], ["offering", 5 * S], ["talking", talk], ["held", random() < 0.4 ? 40 * S : 0], ["talking", 20 * S], ["surveying", 10 * S]];
    let t = row.created;
    row.bands = phases.filter(([, us]) => us > 0).map(([phase, us]) => ({ phase, from: t, to: (t += us) }));
    return {
      ...row,
      id: `${model.id.slice(0, -4)}${String(4096 + i).padStart(4, "0")}`,
      agent: lost ? "" : AGENTS[Math.floor(random() * AGENTS.length)],
      released: t,
      outcome: lost ? "abandoned" : "connected",
      survey: lost || random() < 0.5 ? 0 : 1 + Math.floor(random() * 5),
      wait_us: wait,
      talk_us: lost ? 0 : talk,
      value: wait / S,
    };
  });
}

export function detail(row) {
  const model = golden("call_detail");
  return { ...moved(model, row.created - model.created), id: row.id };
}

/** The catalogue: id, names, unit, direction, formula, words. */
export const catalogue = [
  ["in.offered", "Offered calls", "Cuộc gọi vào", "進線數", "n", "up", "Σ first queue.entered", "First entries into a queue."],
  ["in.connected", "Connected calls", "Cuộc gọi được nối", "接通數", "n", "up", "Σ segment.connected", "Inbound calls with two-way sound with an agent."],
  ["in.abandoned", "Gave up", "Khách bỏ chờ", "放棄數", "n", "down", "Σ queue.exited, abandoned", "Callers who left while waiting, not at once."],
  ["in.abandon_rate", "Abandon rate", "Tỷ lệ bỏ chờ", "放棄率", "%", "down", "in.abandoned ÷ (in.offered − in.abandoned_short)", "Of all who did not leave at once."],
  ["in.missed_rate", "Missed calls", "Tỷ lệ cuộc gọi nhỡ", "未接率", "%", "down", "in.missed ÷ (in.offered − in.abandoned_short)", "Callers who spoke with nobody."],
  ["in.wait", "Customer wait", "Khách chờ", "客戶等待", "s", "down", "Σ (segment.connected − first queue.entered) ÷ in.connected", "Mean over connected calls, from the first queue to two-way sound. The greeting to the agent is not waiting."],
  ["in.sl_off", "Answered in 20 s", "Trả lời trong 20 giây", "20 秒內接聽", "%", "up", "connected with wait ≤ 20 s ÷ (in.offered − in.abandoned_short)", "The boundary counts as in time."],
  ["agt.answer_time", "Time to answer", "Thời gian nhấc máy", "接聽時間", "s", "down", "Σ (offer.accepted − offer.ring_started) ÷ accepted offers", "From the ring that was heard to the acceptance."],
  ["agt.missed_offers", "Missed offers", "Lời mời bị nhỡ", "漏接次數", "n", "down", "Σ offer.ended, timed_out", "Rings that an agent let run out."],
  ["c.talk", "Talk", "Nói chuyện", "通話時間", "s", "up", "Σ talking ÷ segments", "Sound both ways, holds apart."],
  ["c.hold", "Hold", "Giữ máy", "保留時間", "s", "down", "Σ held ÷ segments", "Somebody holds."],
  ["c.wrap", "Wrap-up", "Xử lý sau gọi", "話後處理", "s", "down", "Σ (wrap.ended − wrap.started) ÷ segments", "After-call work."],
  ["c.aht", "Handling time", "Thời gian xử lý", "處理時間", "s", "down", "(c.talk + c.hold + c.wrap) ÷ segments", "Talk, hold and wrap-up."],
  ["v.csat", "Satisfied customers", "Khách hài lòng", "滿意度", "%", "up", "answers 4 or 5 ÷ v.responded", "Of those who pressed a key."],
].map(([id, en, vi, zh, unit, direction, formula, words]) => ({
  id, names: { en, vi, "zh-Hant": zh }, formula, words, unit, direction, source: id.startsWith("v.") ? "answered" : "measured", version: 3,
}));

function figure(id, random, scale = 1) {
  const kpi = catalogue.find((entry) => entry.id === id);
  const den = Math.round((20 + random() * 30) * scale);
  if (kpi.unit === "n") return { kpi: id, value: den, num: den, unit: "n" };
  if (kpi.unit === "%") {
    const share = id.includes("rate") ? 0.03 + random() * 0.06 : 0.7 + random() * 0.25;
    const num = Math.round(den * share);
    return { kpi: id, value: (100 * num) / den, num, den, unit: "%" };
  }
  const mean = id === "in.wait" ? 9 + random() * 18 : 20 + random() * 200;
  return { kpi: id, value: mean * den, mean, num: Math.round(mean * den), n: den, unit: "s" };
}

const GROUPS = {
  queue: ["Bảo hành", "Thanh toán", "Bán hàng", "Gia hạn", "Kỹ thuật"],
  agent: AGENTS,
  campaign: ["Gia hạn Q4", "Khảo sát"],
};

export function report(parameters) {
  const [from, to] = ["from", "to"].map((name) => Date.parse(parameters.get(name)) * 1000);
  const ids = parameters.get("ids").split(",");
  const group = parameters.get("group");
  const random = chance(ids.join().length + group.length);
  const slot = group === "day" ? 86_400 * S : 900 * S;
  const keys =
    group === "interval" || group === "day"
      ? Array.from({ length: Math.max(0, Math.ceil((Math.min(to, now()) - from) / slot)) }, (_, i) => [new Date((from + i * slot) / 1000).toISOString(), ""])
      : (GROUPS[group] ?? []).map((name, i) => [group === "agent" && name === "Trần Hà" ? "u-ha" : `${group}-${i}`, name]);
  const model = golden("report");
  const known = ids.filter((id) => catalogue.some((entry) => entry.id === id));
  return {
    ...model, from, to, zone: parameters.get("zone"), as_of: now() - 0.6 * S, group,
    rows: keys.map(([key, name]) => ({ key, name, figures: known.map((id) => figure(id, random, group === "interval" ? 1 : 6)) })),
    total: known.map((id) => (id === "in.wait" ? { kpi: id, value: 16750, mean: 17.8, num: 16750, n: 941, unit: "s" } : figure(id, random, 25))),
    ledger: { entered: 1024, exits: { connected: 941, abandoned: 62, abandoned_short: 9, timeout: 8 }, waiting: 4, balanced: true, open: 0 },
  };
}

export const campaigns = [
  { id: "c-renewal", name: "Gia hạn Q4", mode: "progressive", state: "running", leads: 6200, left: 4117 },
  { id: "c-survey", name: "Khảo sát tháng 11", mode: "progressive", state: "stopped", leads: 800, left: 800 },
];

/** What the server says of itself, since so many seconds ago. */
export const degraded = (troubles) =>
  Object.entries(troubles).map(([id, seconds]) => {
    const [cause, name] = id.split(":");
    return { id: cause, ...(name ? { name } : {}), since: now() - seconds * S, means: "What it means.", do: "What to do." };
  });

/** The wall: some agents need help, some do not. The picture may be old, the server degraded, the figures made anew. */
export function live({ old = 0.3, troubles = {}, rebuilt = 0 } = {}) {
  const at = now() - old * S;
  const ago = (s) => at - s * S;
  const agent = (id, name, state, seconds, over = {}) => ({ id, name, state, since: ago(seconds), ...over });
  const agents = [
    agent("a1", "Lý Bảo", "talking", 400, { call: "c1", phase: "held" }),
    agent("a2", "Ngô Linh", "talking", 1087, { call: "c2", phase: "talking" }),
    agent("a3", "Phan Đức", "unreachable", 80),
    agent("a4", "Đỗ Mai", "wrap", 158, { call: "c4" }),
    agent("a5", "Bùi Yến", "paused", 2890, { aux: "lunch" }),
    agent("a6", "Trần Hà", "talking", 375, { call: "c6", phase: "talking" }),
    agent("a7", "Vũ Khoa", "talking", 284, { call: "c7", phase: "talking" }),
    agent("a8", "Mai Anh", "talking", 238, { call: "c8", phase: "talking" }),
    agent("a9", "Hồ Nam", "talking", 140, { call: "c9", phase: "talking" }),
    agent("a10", "Lê Phúc", "ringing", 6, { call: "c10" }),
    agent("a11", "Tạ Oanh", "wrap", 22),
    agent("a12", "Kiều Vy", "ready", 41),
    agent("a13", "Hà Tú", "ready", 19),
    agent("a14", "Võ Hiếu", "paused", 1360, { aux: "training" }),
    agent("a15", "Từ Minh", "offline", 5000),
  ];
  const inCall = (id, queue, phase, seconds, length, who, over = {}) => ({ id, queue, phase, since: ago(seconds), created: ago(length), agent: who, party: "+84 28 •••• 0146", ...over });
  const queue = (id, name, waiting, longest, ready, share, den) => ({
    id, name, waiting, ...(longest ? { longest_since: ago(longest) } : {}), ready,
    figures: [{ kpi: "in.sl_off", value: share, num: Math.round((share * den) / 100), den, unit: "%" }],
  });
  return {
    at, seq: 48_211_904, agents,
    waiting: [inCall("w1", "q1", "waiting", 102, 110), inCall("w2", "q1", "waiting", 60, 64), inCall("w3", "q1", "waiting", 30, 33), inCall("w4", "q2", "waiting", 24, 26), inCall("w5", "q2", "waiting", 9, 12), inCall("w6", "q3", "waiting", 8, 9), inCall("c10", "q3", "offering", 6, 20)],
    calls: [inCall("c1", "q1", "held", 292, 470, "a1"), inCall("c2", "q2", "talking", 1087, 1100, "a2"), inCall("c4", "q2", "over", 158, 520, "a4"), inCall("c6", "q3", "talking", 375, 400, "a6"), inCall("c7", "q3", "talking", 284, 300, "a7"), inCall("c8", "q4", "talking", 238, 250, "a8"), inCall("c9", "", "talking", 140, 160, "a9", { campaign: "c-renewal" })],
    queues: [queue("q1", "Kỹ thuật", 3, 102, 0, 52, 66), queue("q2", "Thanh toán", 2, 24, 0, 74, 228), queue("q3", "Bảo hành", 1, 8, 1, 91, 325), queue("q4", "Bán hàng", 0, 0, 1, 86, 191)],
    lines: [{ campaign: { id: "c-renewal", name: "Gia hạn Q4" }, state: "running", dialing: 2, talking: 1, because: "2 ready agents, 2 lines ringing" }],
    figures: [
      { kpi: "in.sl_off", value: 76.1, num: 771, den: 1013, unit: "%" },
      { kpi: "in.abandon_rate", value: 6.12, num: 62, den: 1013, unit: "%" },
      { kpi: "in.asa", value: 17.8, num: 16750, den: 941, unit: "s" },
      { kpi: "v.csat", value: 86, num: 12, den: 14, unit: "%" },
    ],
    balanced: true,
    now: now(), stale: old > 3, degraded: degraded(troubles), ...(rebuilt ? { rebuilt: now() - rebuilt * S } : {}),
  };
}
