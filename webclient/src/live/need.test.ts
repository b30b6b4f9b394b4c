import { describe, expect, it } from "vitest";
import type { LiveAgent } from "../protocol";
import { need, sorted, type Judged } from "./need";

const NOW = 10_000_000_000;
const agent = (over: Partial<LiveAgent>): LiveAgent => ({ id: "a", name: "A", state: "ready", since: 0, ...over });
const after = (over: Partial<LiveAgent>, seconds: number) => need(agent(over), NOW - seconds * 1e6, NOW).why;

describe("need", () => {
  it.each([
    ["a hold of 3:59", { state: "talking", phase: "held" }, 239, null],
    ["a hold of 4:00", { state: "talking", phase: "held" }, 240, "need.hold"],
    ["a customer alone", { state: "talking", phase: "alone" }, 0, "need.alone"],
    ["no sound for 5 s", { state: "connecting" }, 5, "need.connecting"],
    ["talk of 14:59", { state: "talking", phase: "talking" }, 899, null],
    ["talk of 15:00", { state: "talking", phase: "talking" }, 900, "need.talk"],
    ["wrap-up of 2:00", { state: "wrap" }, 120, "need.wrap"],
    ["a pause of 44 min", { state: "paused" }, 2640, null],
    ["unreachable at once", { state: "unreachable" }, 0, "need.unreachable"],
    ["ready for an hour", { state: "ready" }, 3600, null],
  ] as const)("%s", (_, over, seconds, why) => expect(after(over, seconds)).toBe(why));
});

describe("order", () => {
  const judged = (name: string, state: string, seconds: number, phase?: string): Judged => {
    const a = agent({ id: name, name, state, phase });
    const since = NOW - seconds * 1e6;
    return { agent: a, since, need: need(a, since, NOW) };
  };
  const floor = [
    judged("Yến", "ready", 10),
    judged("Đức", "talking", 300, "held"),
    judged("An", "talking", 60),
    judged("Lan", "offline", 9),
    judged("Bảo", "wrap", 200),
    judged("Hà", "talking", 90),
  ];
  it.each([
    ["need", "Đức Bảo Hà An Yến Lan"],
    ["state", "Đức Hà An Bảo Yến Lan"],
    ["name", "An Bảo Đức Hà Lan Yến"],
  ] as const)("by %s", (order, names) => {
    expect(sorted(floor, order, "vi-VN").map((j) => j.agent.name).join(" ")).toBe(names);
  });
});
