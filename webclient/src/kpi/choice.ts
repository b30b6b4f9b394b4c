// What the page shows, as its address says it: a link is the whole choice.
import { href, type Route } from "../shell/route";
import { rangeOf, ranges, type Range, type RangeName } from "./range";

export const groups = ["queue", "agent", "campaign", "interval", "day"] as const;
export type Group = (typeof groups)[number];

export interface Choice {
  kpi: string;
  range: RangeName;
  group: Group;
  /** One row of the breakdown, or one slot of the chart. */
  by: string;
  key: string;
  call: string;
}

export const FIRST_KPI = "in.wait";

export function choiceOf(route: Route): Choice {
  const { query } = route;
  return {
    kpi: route.id || FIRST_KPI,
    range: ranges.find((name) => name === query.get("range")) ?? "today",
    group: groups.find((name) => name === query.get("group")) ?? "queue",
    by: query.get("by") ?? "",
    key: query.get("key") ?? "",
    call: query.get("call") ?? "",
  };
}

export function addressOf({ kpi, range, group, by, key, call }: Choice): string {
  return href("kpi", kpi, { range, group, by: key ? by : "", key, call });
}

/** Up to two days are shown by quarter hours, more by days. */
export function slotOf(range: RangeName): { group: "interval" | "day"; us: number } {
  const short = range === "today" || range === "yesterday";
  return short ? { group: "interval", us: 900_000_000 } : { group: "day", us: 86_400_000_000 };
}

/** The range of the calls behind the choice: the whole, or the chosen slot. */
export function callsRange(choice: Choice, nowMs: number, zone: string): Range {
  const whole = rangeOf(choice.range, nowMs, zone);
  if (choice.key === "" || (choice.by !== "interval" && choice.by !== "day")) return whole;
  const from = Number(choice.key);
  const us = choice.by === "day" ? 86_400_000_000 : 900_000_000;
  return Number.isFinite(from) ? { from, to: from + us } : whole;
}
