import { describe, expect, it } from "vitest";
import { chart, gridLines, niceTop, type Point } from "./chart";
import { formula } from "./formula";
import { identity } from "./ledger";
import { asked, dayStart, query, rangeOf } from "./range";

const iso = (ms: number) => new Date(ms).toISOString();
const at = (text: string) => Date.parse(text);

describe("ranges", () => {
  it.each([
    ["2026-11-21T07:02:11Z", "Asia/Ho_Chi_Minh", "2026-11-20T17:00:00.000Z"],
    ["2026-11-20T16:59:59Z", "Asia/Ho_Chi_Minh", "2026-11-19T17:00:00.000Z"],
    ["2026-07-01T12:00:00Z", "UTC", "2026-07-01T00:00:00.000Z"],
    // Clocks go back at 01:00 UTC: the day has 25 hours and begins in summer time.
    ["2026-10-25T12:00:00Z", "Europe/London", "2026-10-24T23:00:00.000Z"],
    ["2026-10-26T12:00:00Z", "Europe/London", "2026-10-26T00:00:00.000Z"],
    // Clocks go forward at midnight: the day begins at 01:00.
    ["2026-03-08T12:00:00Z", "America/Havana", "2026-03-08T05:00:00.000Z"],
  ])("the day of %s in %s begins %s", (now, zone, start) => expect(iso(dayStart(at(now), zone))).toBe(start));

  it("covers whole days up to the end of today", () => {
    const hours = (name: Parameters<typeof rangeOf>[0], zone: string, now: string) => {
      const range = rangeOf(name, at(now), zone);
      return (range.to - range.from) / 3_600_000_000;
    };
    expect(hours("today", "Asia/Taipei", "2026-11-21T07:00:00Z")).toBe(24);
    expect(hours("today", "Europe/London", "2026-10-25T12:00:00Z")).toBe(25);
    expect(hours("week", "Europe/London", "2026-10-25T12:00:00Z")).toBe(169);
    expect(hours("month", "Asia/Taipei", "2026-11-21T07:00:00Z")).toBe(720);
  });

  it("makes a query without empty values", () => {
    const range = asked({ from: at("2026-11-21T00:00:00Z") * 1000, to: at("2026-11-22T00:00:00Z") * 1000 });
    expect(query({ ids: "in.sl_off(T)", ...range, key: "" })).toBe(
      "ids=in.sl_off%28T%29&from=2026-11-21T00%3A00%3A00.000Z&to=2026-11-22T00%3A00%3A00.000Z",
    );
  });
});

describe("formulas", () => {
  it("draws a duration, a fraction, or symbols", () => {
    expect(formula({ id: "in.wait", formula: "" })).toMatchObject({ form: "distance", from: "queue.entered" });
    expect(formula({ id: "in.abandon_rate", formula: "in.abandoned ÷ (in.offered − in.abandoned_short)" })).toEqual({
      form: "fraction",
      num: "in.abandoned",
      den: "in.offered − in.abandoned_short",
    });
    expect(formula({ id: "x", formula: "a ÷ (b + (c))" })).toMatchObject({ den: "(b + (c))" });
    expect(formula({ id: "in.offered", formula: "Σ entries" })).toEqual({ form: "symbols", text: "Σ entries" });
  });
});

describe("the ledger's sum", () => {
  const ledger = { entered: 1024, exits: { abandoned: 62, connected: 941, weird: 17 }, waiting: 4, balanced: true, open: 0 };
  it("prints every exit, the usual ones first, and adds up", () => {
    const terms = identity(ledger);
    expect(terms.map((t) => `${t.reason} ${t.n}`)).toEqual(["connected 941", "abandoned 62", "weird 17"]);
    expect(terms.reduce((n, t) => n + t.n, 0) + ledger.waiting).toBe(ledger.entered);
  });
  it("leaves out what did not happen", () => {
    expect(identity({ ...ledger, exits: { connected: 0, timeout: 2 } }).map((t) => t.reason)).toEqual(["timeout"]);
  });
});

describe("the chart", () => {
  const SLOT = 900_000_000;
  const points: Point[] = [4, 8, null, 6].map((value, i) => ({ at: i * SLOT, value, n: i * 10 }));
  const input = { points, from: 0, to: 96 * SLOT, slot: SLOT, width: 800, selected: SLOT, percent: false, value: String, time: String };

  it("breaks the line where there is no value", () => {
    const { shapes } = chart(input);
    const line = shapes.filter((s) => s.s === "stroke" && s.width === 2.25);
    expect(line).toHaveLength(1);
    expect(line[0]?.s === "stroke" && line[0].d.split("L")).toHaveLength(2);
    expect(shapes.filter((s) => s.s === "circle" && s.r === 2)).toHaveLength(1);
  });
  it("marks the chosen slot and finds the slot under the pointer", () => {
    const { shapes, under } = chart(input);
    expect(shapes.some((s) => s.s === "rect" && s.ink === "var(--stamp)")).toBe(true);
    const slot = (800 - 44 - 14) / 96;
    expect([0, 44, 44 + slot * 1.5, 44 + slot * 3.9, 790].map(under)).toEqual([-1, 0, 1, 3, -1]);
  });
  it("draws a share to 100 % and never above", () => {
    expect(gridLines(97, true)).toEqual([0, 50, 100]);
    expect(gridLines(97, false)).toEqual([0, 50, 100, 150]);
    expect(gridLines(6, true)).toEqual([0, 2, 4, 6]);
  });
  it("has a round top", () => {
    expect([0, 8, 53, 100, 0.4, 900].map(niceTop)).toEqual([3, 9, 60, 150, 0.6, 900].map((n) => expect.closeTo(n, 6)));
  });
  it("draws nothing where nothing is", () => {
    expect(chart({ ...input, points: [] }).under(100)).toBe(-1);
  });
});
