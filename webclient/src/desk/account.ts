// What the stamps of a running call add up to so far, as the KPIs will have it.
import type { Mark } from "../protocol";
import { phases } from "../timeline/lanes";

export interface Account {
  /** First queue to two-way sound, in µs; null before, or never in a queue. */
  wait: number | null;
  /** How long the accepted offer rang. */
  ring: number | null;
  talk: number;
  hold: number;
  holds: number;
}

export function spent(marks: readonly Mark[], now: number): Account {
  const bands = phases(marks, now);
  const sum = (phase: string) => bands.filter((b) => b.phase === phase).reduce((us, b) => us + b.to - b.from, 0);
  return {
    wait: distance(marks, "queue.entered", "segment.connected"),
    ring: distance(marks, "offer.ring_started", "offer.accepted"),
    talk: sum("talking"),
    hold: sum("held"),
    holds: bands.filter((b) => b.phase === "held").length,
  };
}

/** From the first stamp of a kind to the first of another one. */
function distance(marks: readonly Mark[], from: string, to: string): number | null {
  const end = marks.find((mark) => mark.kind === to);
  // Of several rings the one counts that was accepted.
  const starts = marks.filter((mark) => mark.kind === from && end !== undefined && mark.n < end.n);
  const start = from === "offer.ring_started" ? starts[starts.length - 1] : starts[0];
  return start && end ? end.at - start.at : null;
}
