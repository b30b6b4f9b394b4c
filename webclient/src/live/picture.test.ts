import { expect, it } from "vitest";
import golden from "../../../api/testdata/wire/live.json";
import type { Live } from "../protocol";
import { count, figureOf, longest, sinceOf, whereOf } from "./picture";

const live = golden as Live;

it("reads today's figures, with or without a parameter", () => {
  expect(figureOf(live.figures, "in.sl_off")?.num).toBe(771);
  expect(figureOf([{ kpi: "in.sl_off(20)", value: 1, num: 1, unit: "%" }], "in.sl_off")?.num).toBe(1);
  expect(figureOf(live.figures, "in.sl")).toBeUndefined();
});

it("finds who waits longest", () => {
  const [queue] = live.queues;
  const queues = [queue!, { ...queue!, name: "B", longest_since: queue!.longest_since! - 5 }, { ...queue!, longest_since: undefined }];
  expect(longest({ ...live, queues })?.queue).toBe("B");
  expect(longest({ ...live, queues: [] })).toBeNull();
});

it("counts agents by what they do", () => {
  expect(count(live.agents)).toEqual({ ready: 1, talking: 1, wrap: 0, paused: 1, off: 0 });
});

it("knows since when somebody is on hold, and where", () => {
  const [bao, yen] = live.agents;
  expect(sinceOf(bao!, live.calls)).toBe(live.calls[0]!.since);
  expect(sinceOf(yen!, live.calls)).toBe(yen!.since);
  expect(whereOf(bao!, live)).toBe("Gia hạn Q4");
  expect(whereOf(yen!, live)).toBe("");
});
