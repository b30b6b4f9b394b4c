// What the page shows, as its address says it: a link is the whole choice.
import { href, type Route } from "../shell/route";
import { ranges, type RangeName } from "./range";

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

/** The instant of a row's key where rows are stretches of time (RFC 3339). */
export const keyInstant = (key: string): number => Date.parse(key) * 1000;

/** Up to two days are shown by quarter hours, more by days. */
export function slotOf(range: RangeName): { group: "interval" | "day"; us: number } {
  const short = range === "today" || range === "yesterday";
  return short ? { group: "interval", us: 900_000_000 } : { group: "day", us: 86_400_000_000 };
}
