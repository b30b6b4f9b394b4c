// Where stamps crowd, a lens widens a stretch of the axis. The axis itself
// stays linear and whole.

export interface Lens {
  from: number; // µs since the call began
  to: number;
  which: "first" | "last" | "whole";
}

/** A silence this long, as a part of the call, separates beginning and end. */
const BIG_GAP = 0.2;
/** A call up to a minute long is wide enough without parting it. */
const SHORT = 60_000_000;
/** Room behind the last stamp of a lens, as a part of it. */
const MARGIN = 0.06;

/** Two lenses around the first and the last crowd, or one over the whole call
 *  when no long silence parts them. Instants must be sorted. */
export function lenses(instants: readonly number[], end: number): Lens[] {
  if (end <= 0 || instants.length === 0) return [];
  if (end <= SHORT) return [{ from: 0, to: end, which: "whole" }];
  const big = end * BIG_GAP;
  let head: number | null = null;
  let tail: number | null = null;
  instants.forEach((at, i) => {
    const next = instants[i + 1];
    if (next === undefined || next - at < big) return;
    head ??= at;
    tail = next;
  });
  if (head === null || tail === null) return [{ from: 0, to: end, which: "whole" }];
  const last = { from: tail - (end - tail) * MARGIN, to: end, which: "last" as const };
  if (head === 0) return [last]; // nothing but the first stamp stands before the silence
  return [{ from: 0, to: head * (1 + MARGIN), which: "first" }, last];
}
