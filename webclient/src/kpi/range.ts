// Ranges of time in a zone. A day begins at its first instant there, which on
// a day with a change of clocks is not always midnight plus 24 h.

export const ranges = ["today", "yesterday", "week", "month"] as const;
export type RangeName = (typeof ranges)[number];

export interface Range {
  from: number; // µs
  to: number; // µs, not included
}

const HOUR_MS = 3_600_000;

/** What a zone's clocks show at an instant, as a UTC number of ms. */
function wall(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
}

/** The instant at which the day of ms, moved by days, begins in a zone. */
export function dayStart(ms: number, zone: string, days = 0): number {
  const shown = wall(ms, zone);
  const midnight = new Date(shown);
  const wanted = Date.UTC(midnight.getUTCFullYear(), midnight.getUTCMonth(), midnight.getUTCDate() + days);
  // Two steps: the offset at the first guess may not be the one at midnight.
  const guess = wanted - (wall(wanted, zone) - wanted);
  const exact = wanted - (wall(guess, zone) - guess);
  return wall(exact, zone) < wanted ? exact + HOUR_MS : exact;
}

/** A named range up to the end of today, or yesterday alone. */
export function rangeOf(name: RangeName, nowMs: number, zone: string): Range {
  const start = (days: number) => dayStart(nowMs, zone, days) * 1000;
  switch (name) {
    case "today":
      return { from: start(0), to: start(1) };
    case "yesterday":
      return { from: start(-1), to: start(0) };
    case "week":
      return { from: start(-6), to: start(1) };
    case "month":
      return { from: start(-29), to: start(1) };
  }
}

/** A range as the server wants it. */
export function asked({ from, to }: Range): { from: string; to: string } {
  const text = (us: number) => new Date(us / 1000).toISOString();
  return { from: text(from), to: text(to) };
}

/** A query string; empty values are left out. */
export function query(values: Record<string, string>): string {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "")).toString();
}
