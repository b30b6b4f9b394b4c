import { expect, it } from "vitest";
import call from "../../../api/testdata/wire/frame_call.json";
import { spent } from "./account";

const { marks, created } = call.body;

it("adds up a call that is still running", () => {
  expect(spent(marks.slice(0, 15), created + 340_000_000)).toEqual({
    wait: 10_640_000,
    ring: 4_910_000,
    talk: 103_740_000 + (340_000_000 - 163_520_000),
    hold: 42_120_000,
    holds: 1,
  });
});

it("counts the ring that was accepted, not the one before", () => {
  const again = [...marks.slice(0, 6), { n: 6, at: created + 1, kind: "offer.ring_started" }, ...marks.slice(6)];
  expect(spent(again, created).ring).toBe(4_910_000);
});

it("knows nothing before two-way sound", () => {
  expect(spent(marks.slice(0, 7), created + 15_000_000)).toMatchObject({ wait: null, ring: null, talk: 0, holds: 0 });
  expect(spent([], 0)).toEqual({ wait: null, ring: null, talk: 0, hold: 0, holds: 0 });
});
