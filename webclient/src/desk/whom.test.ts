import { describe, expect, it } from "vitest";
import { choices, isNumber, open } from "./whom";

const targets = {
  agents: [
    { id: "a", name: "Anna", state: "talking" },
    { id: "b", name: "Đặng Bình", state: "ready" },
  ],
  queues: [{ id: "q", name: "Bảo hành" }],
  menus: [{ id: "m", name: "Main" }],
};
const ids = (typed: string, use: "transfer" | "consult" = "transfer", mayDial = true) => choices(targets, typed, use, mayDial).map((c) => c.id);

describe("whom a call may be given to", () => {
  it.each([
    ["", ["b", "a", "q", "m"]],
    ["binh", ["b"]],
    ["dang", ["b"]],
    ["BAO", ["q"]],
    ["xyz", []],
    ["0901 234 567", ["0901 234 567"]],
  ])("%j", (typed, want) => expect(ids(typed)).toEqual(want));

  it("offers no menu to speak with, and no number to who may not dial", () => {
    expect(ids("", "consult")).toEqual(["b", "a", "q"]);
    expect(ids("0901234567", "transfer", false)).toEqual([]);
  });

  it("lets only who is ready be rung", () => {
    expect(choices(targets, "", "consult", false).map(open)).toEqual([true, false, true]);
  });
});

it.each([["+84 28 5550-0146", true], ["(028) 55", true], ["12", false], ["+", false], ["0901x", false], ["", false]])(
  "%j is a number: %s",
  (typed, want) => expect(isNumber(typed)).toBe(want),
);
