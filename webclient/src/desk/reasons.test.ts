import { expect, it } from "vitest";
import type { AuxReason } from "../protocol";
import { reasonLimit, reasonName } from "./reasons";

const reasons: AuxReason[] = [
  { code: "break", names: { en: "Short break", vi: "Nghỉ" }, limit_us: 900_000_000, paid: true },
  { code: "x1", names: { vi: "Chỉ tiếng Việt" }, paid: false },
];

it.each([
  ["break", "Short break"],
  ["lunch", "lunch"],
  ["x1", "x1"],
  ["after_call", "after a call"],
])("%s is called %s", (code, name) => expect(reasonName(reasons, code)).toBe(name));

it("knows how long each may last", () => {
  expect(["break", "x1", "none", undefined].map((code) => reasonLimit(reasons, code))).toEqual([900_000_000, 0, 0, 0]);
});
