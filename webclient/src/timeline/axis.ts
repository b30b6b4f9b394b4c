// The axis of time: linear, with ticks at round steps.
import { duration, SECOND } from "../i18n/format";

export interface Scale {
  from: number; // µs since the call began
  to: number;
  x1: number;
  x2: number;
}

export function at(scale: Scale, us: number): number {
  const span = Math.max(1, scale.to - scale.from);
  return scale.x1 + ((us - scale.from) / span) * (scale.x2 - scale.x1);
}

const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200].map((s) => s * SECOND);

/** The smallest round step that gives at most n ticks. */
export function step(span: number, n: number): number {
  return STEPS.find((s) => span / s <= n) ?? Math.ceil(span / n / (3600 * SECOND)) * 3600 * SECOND;
}

export interface Tick {
  at: number;
  label: string;
}

/** Ticks from 0 on within the scale: seconds with a unit below a minute. */
export function ticks(scale: Scale, room: number, seconds: (s: number) => string): Tick[] {
  const n = Math.max(2, Math.floor((scale.x2 - scale.x1) / room));
  const every = step(scale.to - scale.from, n);
  const found: Tick[] = [];
  for (let t = Math.ceil(scale.from / every) * every; t <= scale.to; t += every) {
    found.push({ at: t, label: scale.to < 60 * SECOND ? seconds(t / SECOND) : duration(t) });
  }
  return found;
}
