// Places the names of marks so that no name covers another one or a stem.
// Level 0 is the farthest from the lane. A name stands beside the top of its
// stem, to the right where it can, else to the left.

export interface Label {
  x: number;
  width: number;
}

export interface Placed {
  level: number;
  side: "right" | "left";
}

const PAD = 8;

/** Tries before a name is left out: a crowd of a dozen needs some hundreds. */
const BUDGET = 4000;

/** For each label, in order of x, its place, or null where there is no room. */
export function place(labels: readonly Label[], levels: number, x1: number, x2: number): (Placed | null)[] {
  const placed = all(labels, levels, x1, x2) ?? some(labels, levels, x1, x2);
  // Short stems read better: move each name as near as the others let it.
  for (let i = labels.length - 1; i >= 0; i--) nearer(i, labels, placed, levels, x1, x2);
  return placed;
}

/** Names that stand close make a staircase: to the right it falls towards the
 *  lane, to the left it rises from it. */
function candidates(levels: number): Placed[] {
  const steps = Array.from({ length: levels }, (_, i) => i);
  return [
    ...steps.map((level) => ({ level, side: "right" as const })),
    ...steps.reverse().map((level) => ({ level, side: "left" as const })),
  ];
}

/** Depth first: every name has a place, or null. */
function all(labels: readonly Label[], levels: number, x1: number, x2: number): (Placed | null)[] | null {
  const order = candidates(levels);
  const placed: (Placed | null)[] = [];
  let budget = BUDGET;
  const from = (i: number): boolean => {
    const label = labels[i];
    if (label === undefined) return true;
    for (const candidate of order) {
      if (budget-- <= 0) return false;
      if (!fits(label, candidate, labels, placed, -1, x1, x2)) continue;
      placed.push(candidate);
      if (from(i + 1)) return true;
      placed.pop();
    }
    return false;
  };
  return from(0) ? placed : null;
}

/** One after the other, leaving out what does not fit any more. */
function some(labels: readonly Label[], levels: number, x1: number, x2: number): (Placed | null)[] {
  const order = candidates(levels);
  const placed: (Placed | null)[] = [];
  for (const label of labels) {
    placed.push(order.find((candidate) => fits(label, candidate, labels, placed, -1, x1, x2)) ?? null);
  }
  return placed;
}

function nearer(i: number, labels: readonly Label[], placed: (Placed | null)[], levels: number, x1: number, x2: number) {
  const label = labels[i];
  const now = placed[i];
  if (!label || !now) return;
  for (let level = levels - 1; level > now.level; level--) {
    const candidate: Placed = { level, side: now.side };
    if (fits(label, candidate, labels, placed, i, x1, x2)) {
      placed[i] = candidate;
      return;
    }
  }
}

/** A stem reaches from the lane to its level, so it crosses all nearer ones. */
function fits(
  label: Label,
  candidate: Placed,
  labels: readonly Label[],
  placed: readonly (Placed | null)[],
  self: number,
  x1: number,
  x2: number,
): boolean {
  const [from, to] = extent(label, candidate);
  if (from < x1 || to > x2) return false;
  return placed.every((other, i) => {
    const otherLabel = labels[i];
    if (i === self || !other || !otherLabel) return true;
    const [otherFrom, otherTo] = extent(otherLabel, other);
    const covers = other.level === candidate.level && from < otherTo && otherFrom < to;
    const onItsStem = candidate.level >= other.level && from <= otherLabel.x && otherLabel.x <= to;
    const itOnMyStem = other.level >= candidate.level && otherFrom <= label.x && label.x <= otherTo;
    return !covers && !onItsStem && !itOnMyStem;
  });
}

/** From just beside the stem to the far end of the name. */
function extent(label: Label, { side }: Placed): [number, number] {
  return side === "right" ? [label.x + 1, label.x + label.width + PAD] : [label.x - label.width - PAD, label.x - 1];
}
