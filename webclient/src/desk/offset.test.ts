import { expect, test } from "vitest";
import { ClockOffset } from "./offset";

const HOUR = 3_600_000_000;

test("the shortest way there and back tells best", () => {
  const o = new ClockOffset();
  o.begin(7);
  expect(o.micros).toBe(7);
  o.measure(0, 500_100, 200); // half of 200 µs each way
  o.measure(1_000_000, 1_520_000, 1_040_000);
  expect(o.micros).toBe(500_000);
});

test("a clock that was set is believed at once, whichever way it went", () => {
  const o = new ClockOffset();
  for (const turned of [0, HOUR, -HOUR]) {
    for (let at = 0; at < 10_000_000; at += 2_000_000) {
      o.measure(at, at + 10_000 + turned, at + 20_000);
      expect(o.micros).toBe(turned);
    }
  }
});
