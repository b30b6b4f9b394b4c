import { describe, expect, it } from "vitest";
import type { CallDetail } from "../protocol";
import { at, step, ticks } from "./axis";
import { drawBand } from "./band";
import { agentLane, agentStates, customerLane, phases } from "./lanes";
import { layout, type Words } from "./layout";
import { lenses } from "./lens";
import { drawLive } from "./live";
import { commonSpan, drawMini, endGlyph } from "./mini";
import { place } from "./place";
import type { Shape } from "./shape";
import golden from "../../../api/testdata/wire/call_detail.json";
import ring from "../../../api/testdata/wire/frame_call.json";

const call = golden as CallDetail;
const S = 1_000_000;
const words: Words = {
  customer: "Customer",
  agent: "Trần Hà",
  stamp: (stamp) => stamp.kind,
  measure: (kpi) => kpi,
  lens: (lens) => lens.which,
  exact: (us) => `${us / S} s`,
  seconds: (s) => `${s} s`,
  journal: (seq) => `journal ${seq}`,
  unsealed: "not sealed yet",
};
const texts = (shapes: readonly Shape[]) =>
  shapes.flatMap((shape) => (shape.s === "text" ? [shape.spans.map((span) => span.text).join(" ")] : []));
const time = (us: number) => (us - call.created) / S;

describe("lanes", () => {
  it("shows the call's holds in the agent's lane, and no second of it twice", () => {
    const lane = agentLane(call.agent_bands, call.bands, call.created, call.created + 400 * S);
    expect(lane.map((s) => [s.texture, s.from / S, s.to / S])).toEqual([
      ["ring", 12.31, 17.27],
      ["thin", 17.27, 17.66],
      ["talk", 17.66, 121.4],
      ["hold", 121.4, 163.52],
      ["talk", 163.52, 330.88],
      ["wrap", 330.88, 356.04],
    ]);
  });

  it("ends an open band at the end of the picture and leaves out what has no texture", () => {
    const bands = [
      { phase: "waiting", from: 0, to: 5 * S },
      { phase: "talking", from: 5 * S, to: 0 },
      { phase: "over", from: 9 * S, to: 12 * S },
    ];
    expect(customerLane(bands, 0, 9 * S).map((s) => [s.texture, s.to / S])).toEqual([["dots", 5], ["talk", 9]]);
  });

  it("reads phases and the agent's states from live marks", () => {
    const marks = ring.body.marks;
    const now = call.created + 340 * S;
    expect(phases(marks, now).map((b) => [b.phase, time(b.from), time(b.to)])).toContainEqual(["held", 121.4, 163.52]);
    expect(agentStates(marks, now).map((b) => [b.state, time(b.to)])).toEqual([
      ["ringing", 17.27],
      ["connecting", 17.66],
      ["talking", 330.88],
      ["wrap", 340],
    ]);
  });
});

describe("axis", () => {
  it("is linear", () => {
    const scale = { from: 0, to: 100, x1: 50, x2: 250 };
    expect([0, 25, 100].map((t) => at(scale, t))).toEqual([50, 100, 250]);
  });
  it("has round steps", () => {
    expect([8, 45, 100, 400, 5000].map((s) => step(s * S, 7) / S)).toEqual([2, 10, 20, 60, 1200]);
  });
  it("counts seconds under a minute and minutes above", () => {
    const label = (to: number) => ticks({ from: 0, to: to * S, x1: 0, x2: 300 }, 60, (s) => `${s} s`).map((t) => t.label);
    expect(label(40)).toEqual(["0 s", "10 s", "20 s", "30 s", "40 s"]);
    expect(label(200)).toEqual(["0:00", "1:00", "2:00", "3:00"]);
  });
});

describe("lenses", () => {
  it("parts beginning and end at the long silences", () => {
    const named = call.stamps.filter((s) => !s.kind.startsWith("hold."));
    const found = lenses(named.map((s) => s.at - call.created), 356.04 * S);
    expect(found.map((l) => l.which)).toEqual(["first", "last"]);
    expect(found[0]!.to / S).toBeCloseTo(18.72, 1);
    expect(found[1]!.from / S).toBeCloseTo(329.4, 1);
  });
  it("parts a short call where it leaves the crowds closest", () => {
    const found = lenses([0, 0.001, 14.37, 15.27, 15.28, 31.5, 32.2, 57.8, 60.4].map((s) => s * S), 60.4 * S);
    expect(found.map((l) => [l.which, Math.round(l.from / S), Math.round(l.to / S)])).toEqual([
      ["first", 0, 16],
      ["last", 30, 60],
    ]);
  });
  it("is one where no silence is long, and none without stamps", () => {
    const which = (seconds: number[], end: number) => lenses(seconds.map((s) => s * S), end * S).map((l) => l.which);
    expect(which([0, 15, 25, 40, 55, 70, 85, 100], 100)).toEqual(["whole"]);
    expect(which([0, 7, 50], 50)).toEqual(["whole"]);
    expect(which([], 100)).toEqual([]);
    expect(which([0, 1, 50, 100], 100)).toEqual(["last"]);
    expect(which([0, 90, 100], 100)).toEqual(["last"]);
  });
});

describe("names", () => {
  const boxes = (labels: { x: number; width: number }[], levels = 4) =>
    place(labels, levels, 0, 1000).map((p, i) => {
      const label = labels[i]!;
      if (!p) return null;
      const [from, to] = p.side === "right" ? [label.x + 1, label.x + label.width] : [label.x - label.width, label.x - 1];
      return { ...p, x: label.x, from, to };
    });

  it.each([
    [[0, 1, 3, 140, 152]],
    [[10, 11, 12, 13]],
    [[990, 991]],
    [[500, 505, 900, 905, 910]],
  ])("at %j neither cover each other nor a stem", (xs) => {
    const found = boxes(xs.map((x) => ({ x, width: 90 })));
    expect(found.filter((p) => p === null)).toEqual([]);
    for (const a of found) {
      for (const b of found) {
        if (!a || !b || a === b) continue;
        if (a.level === b.level) expect(a.to <= b.from || b.to <= a.from).toBe(true);
        if (a.level >= b.level) expect(b.x < a.from || b.x > a.to).toBe(true);
      }
    }
  });

  it("leaves out a name for which there is no room", () => {
    expect(boxes([10, 11, 12].map((x) => ({ x, width: 900 })), 2).filter((p) => p === null)).toHaveLength(1);
  });

  it("keeps a lone stem short", () => {
    expect(place([{ x: 10, width: 50 }], 4, 0, 100)).toEqual([{ level: 3, side: "right" }]);
  });
});

describe("the drawing", () => {
  it("is 392 px high and stays inside its width", () => {
    const drawing = layout(call, "in.wait", 806, words);
    expect(drawing.height).toBe(392);
    for (const shape of drawing.shapes) {
      if (shape.s === "rect") {
        expect(shape.x).toBeGreaterThanOrEqual(0);
        expect(shape.x + shape.w).toBeLessThanOrEqual(806);
        expect(shape.y + shape.h).toBeLessThanOrEqual(392);
      }
    }
  });

  it("names every drawn stamp in a lens, with its time since INVITE", () => {
    const shown = texts(layout(call, "in.wait", 806, words).shapes);
    for (const name of [
      "leg.invite_received 0.000",
      "queue.entered 7.020",
      "17.660 segment.connected",
      "survey.responded 337.420",
    ]) {
      expect(shown).toContain(name);
    }
    expect(shown.some((text) => text.includes("hold.started"))).toBe(false); // between the lenses
  });

  it("puts the KPI in view in stamp ink and its two stamps too", () => {
    const { shapes } = layout(call, "in.wait", 806, words);
    expect(texts(shapes)).toContain("in.wait 10.64 s");
    const inked = shapes.flatMap((s) => (s.s === "text" ? s.spans.filter((x) => x.look === "st").map((x) => x.text) : []));
    expect(inked.sort()).toEqual(["journal 48211886", "queue.entered", "segment.connected"]);
    expect(texts(layout(call, "c.wrap", 806, words).shapes)).toContain("c.wrap 25.16 s");
  });

  it("says that a call is not sealed, and draws no postmark then", () => {
    const shown = texts(layout({ ...call, sealed: false, hash: undefined }, "in.wait", 806, words).shapes);
    expect(shown).toContain("not sealed yet");
    expect(shown.some((text) => text.startsWith("journal"))).toBe(false);
  });

  it("stacks the lenses where it is narrow", () => {
    const drawing = layout(call, "in.wait", 400, words);
    expect(drawing.height).toBeGreaterThan(392);
    expect(drawing.shapes.every((s) => s.s !== "rect" || s.x + s.w <= 400)).toBe(true);
  });

  it("draws a call that has just begun", () => {
    const begun: CallDetail = { ...call, released: undefined, bands: [], agent_bands: [], stamps: call.stamps.slice(0, 1), measures: [], sealed: false };
    expect(() => layout(begun, "in.wait", 806, words)).not.toThrow();
    expect(() => layout({ ...begun, stamps: [] }, "in.wait", 806, words)).not.toThrow();
  });
});

describe("small ones", () => {
  it("puts the now cursor at the end of the bands", () => {
    const now = call.created + 100 * S;
    const shapes = drawLive(ring.body.marks.slice(0, 11), now, 352, { customer: "Caller", agent: "You", seconds: String });
    const cursor = shapes.find((s) => s.s === "circle" && s.ink === "var(--stamp)");
    const talk = shapes.find((s) => s.s === "rect" && s.ink === "var(--talk)");
    if (cursor?.s !== "circle" || talk?.s !== "rect") throw new Error("cursor or talk is missing");
    expect(talk.x + talk.w).toBeCloseTo(cursor.x, 0);
  });

  it("shares one scale in a list", () => {
    const short = { ...call, bands: call.bands.slice(0, 3) };
    const span = commonSpan([call, short], 0);
    expect(span / S).toBeCloseTo(341.06, 2);
    const width = (shapes: Shape[]) => Math.max(...shapes.map((s) => (s.s === "rect" ? s.x + s.w : 0)));
    expect(width(drawMini(call, span, 112, 0))).toBeGreaterThan(90);
    expect(width(drawMini(short, span, 112, 0))).toBeLessThan(10);
  });

  it.each([
    [{ survey: 5, talk_us: 1, outcome: "connected" }, "survey"],
    [{ talk_us: 1, outcome: "connected" }, "diamond"],
    [{ talk_us: 0, outcome: "abandoned_short" }, "bad"],
    [{ talk_us: 0, outcome: "busy" }, "bye"],
  ])("ends %o in %s", (row, glyph) => expect(endGlyph(row)).toBe(glyph));

  it("draws nothing for a band without length", () => {
    expect(drawBand("talk", 5, 5, 0, 10)).toEqual([]);
  });
});
