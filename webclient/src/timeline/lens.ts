// Where stamps crowd, a lens widens a stretch of the axis. The axis itself
// stays linear and whole.

export interface Lens {
  from: number; // µs since the call began
  to: number;
  which: "first" | "last" | "whole";
}

/** A silence this long, as a part of the call, separates beginning and end. */
const BIG_GAP = 0.2;
/** A beginning shorter than this part of the call needs no lens of its own. */
const SMALLEST = 0.02;
/** A call up to a minute long is wide enough without parting it. */
const SHORT = 60_000_000;
/** Room behind the last stamp of a lens, as a part of it. */
const MARGIN = 0.06;

/** Two lenses around the first and the last crowd, or one over the whole call
 *  when no long silence parts them. Instants must be sorted. */
export function lenses(instants: readonly number[], end: number): Lens[] {
  if (end <= 0 || instants.length === 0) return [];
  const [head, tail] = part(instants, end) ?? [end, end];
  if (end <= SHORT || head === end) return [{ from: 0, to: end, which: "whole" }];
  const last = { from: tail - (end - tail) * MARGIN, to: end, which: "last" as const };
  if (head < end * SMALLEST) return [last];
  return [{ from: 0, to: head * (1 + MARGIN), which: "first" }, last];
}

/** The silence that leaves the stamps on either side crowded closest: the
 *  least sum of stamps times the stretch that they share. */
function part(instants: readonly number[], end: number): [head: number, tail: number] | null {
  let best: [number, number] | null = null;
  let least = Number.POSITIVE_INFINITY;
  instants.forEach((head, i) => {
    const tail = instants[i + 1];
    if (tail === undefined || tail - head < end * BIG_GAP) return;
    const crowd = (i + 1) * head + (instants.length - i - 1) * (end - tail);
    if (crowd < least) {
      least = crowd;
      best = [head, tail];
    }
  });
  return best;
}
