import { describe, expect, it } from "vitest";
import { locales, nearest, parts } from "./catalogue";
import { en } from "./en";
import { countdown, duration, Format, NOTHING, SECOND, stampTime } from "./format";
import { vi } from "./vi";
import { zhHant } from "./zh-Hant";

const E = new Format(locales.en, en);
const V = new Format(locales.vi, vi);
const Z = new Format(locales["zh-Hant"], zhHant);
const AT = Date.UTC(2026, 10, 21, 7, 2, 11) * 1000;
const ZONE = "Asia/Ho_Chi_Minh";

describe("durations", () => {
  it.each([
    [0, "0:00"],
    [42.9, "0:42"],
    [271, "4:31"],
    [3729, "1:02:09"],
    [-3, "0:00"],
  ])("%d s is %s", (seconds, text) => expect(duration(seconds * SECOND)).toBe(text));

  it("counts down to 0:00 only at the end", () => {
    expect([20, 19.2, 0.3, 0, -4].map((s) => countdown(s * SECOND))).toEqual(["0:20", "0:20", "0:01", "0:00", "0:00"]);
  });
  it("has a unit under a minute", () => {
    expect(E.seconds(17.8 * SECOND)).toBe("17.8 s");
    expect(V.seconds(17.8 * SECOND)).toBe("17,8 giây");
    expect(Z.seconds(17.8 * SECOND)).toBe("17.8 秒");
    expect(E.seconds(102 * SECOND)).toBe("1:42");
  });
  it("has milliseconds on a timeline only", () => {
    expect(stampTime(7_020_000)).toBe("7.020");
    expect(E.exact(10_640_000)).toBe("10.640 s");
    expect(E.exact(103_700_000)).toBe("1:43.7");
  });
});

describe("numbers", () => {
  it("follows the language", () => {
    expect([E, V, Z].map((f) => f.number(9445))).toEqual(["9,445", "9.445", "9,445"]);
    expect(E.number(-3)).toBe("−3");
  });
  it.each([
    [{ kpi: "in.sl_off", value: 76.1, unit: "%" }, "76%"],
    [{ kpi: "in.missed_rate", value: 6.14, unit: "%" }, "6.1%"],
    [{ kpi: "in.abandon_rate", value: 2.42, unit: "%" }, "2.42%"],
    [{ kpi: "in.sl_off", value: 0, unit: "%" }, "0%"],
    [{ kpi: "in.offered", value: 1024, unit: "n" }, "1,024"],
    [{ kpi: "in.asa", value: 17.84, n: 941, unit: "s" }, "17.8 s"],
    [{ kpi: "c.talk", value: 16750, mean: 17.8, n: 941, unit: "s" }, "17.8 s"],
    [{ kpi: "c.talk", value: 0, unit: "s" }, NOTHING],
    [{ kpi: "v.csat", value: null, unit: "%" }, NOTHING],
  ])("%o is %s", (figure, text) => expect(E.figure(figure)).toBe(text));
});

describe("dates", () => {
  it("is what people of each language write", () => {
    expect([E, V, Z].map((f) => f.date(AT, ZONE))).toEqual(["21 Nov 2026", "21/11/2026", "2026/11/21"]);
    expect([E, V, Z].map((f) => f.day(AT, ZONE))).toEqual(["21 Nov", "21/11", "11/21"]);
    expect([E, V, Z].map((f) => f.clock(AT, ZONE, true))).toEqual(["14:02:11", "14:02:11", "14:02:11"]);
  });
});

it("finds the nearest language", () => {
  expect(["zh-TW", "zh-Hant", "vi", "vi-VN", "en-US", "fr"].map(nearest)).toEqual([
    "zh-Hant", "zh-Hant", "vi", "vi", "en", "en",
  ]);
});

it("splits what is strong", () => {
  expect(parts("<b>7</b> gave up")).toEqual([
    { text: "7", strong: true },
    { text: " gave up", strong: false },
  ]);
});
