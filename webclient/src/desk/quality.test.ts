import { describe, expect, it } from "vitest";
import { between, mos, QualityWord, type Heard } from "./quality";

const heard = (lossPercent: number, delayMs = 40): Heard => ({
  lossPercent,
  delayMs,
  mos: mos(lossPercent, delayMs),
  silent: false,
});

describe("mos", () => {
  it("is 4.4 at its best, near 3.6 at 1 % and bad at 10 %", () => {
    expect(mos(0, 0)).toBeCloseTo(4.41, 2);
    expect(mos(1, 40)).toBeCloseTo(3.79, 1);
    expect(mos(10, 40)).toBeLessThan(2);
  });
  it("falls with the delay, faster beyond 177 ms", () => {
    expect(mos(0, 150)).toBeGreaterThan(4.2);
    expect(mos(0, 400)).toBeLessThan(3.5);
  });
});

describe("between", () => {
  const before = { at: 0, received: 100, lost: 1, jitterMs: 1, tripMs: 20 };
  it("counts what is new", () => {
    const h = between(before, { at: 2000, received: 195, lost: 6, jitterMs: 3, tripMs: 40 });
    expect(h.lossPercent).toBe(5);
    expect(h.delayMs).toBe(46);
    expect(h.silent).toBe(false);
  });
  it("knows silence from loss, and counters that began anew", () => {
    expect(between(before, { ...before, at: 2000 }).silent).toBe(true);
    expect(between(before, { ...before, received: 3, lost: 0 }).lossPercent).toBe(0);
  });
});

describe("the word", () => {
  it("falls after three bad samples and rises after six good ones", () => {
    const w = new QualityWord();
    const words = [0, 8, 8, 0, 8, 8, 8, 0, 0, 0, 0, 0, 0].map((loss) => w.take(heard(loss)));
    expect(words.lastIndexOf("excellent", 5)).toBe(5);
    expect(words.slice(6)).toEqual(["poor", "poor", "poor", "poor", "poor", "poor", "excellent"]);
  });
  it("says lost when nothing arrives", () => {
    expect(new QualityWord().take({ ...heard(0), silent: true })).toBe("lost");
  });
});
