// The course of a KPI: a line over bars of the calls behind it. Pure.
import { ink, px, stroke, text, type Shape } from "../timeline/shape";

export interface Point {
  at: number; // µs, begin of the slot
  value: number | null;
  n: number;
}

export interface ChartInput {
  points: readonly Point[];
  from: number;
  to: number;
  slot: number; // µs
  width: number;
  selected: number | null; // begin of a slot
  percent: boolean;
  value: (value: number) => string;
  time: (at: number) => string;
}

export interface Chart {
  shapes: Shape[];
  /** The index of the point whose slot lies under x, or −1. */
  under: (x: number) => number;
}

export const CHART_HEIGHT = 198;
const TOP = 12;
const ZERO = 154;
const FLOOR = 178;
const BARS = 16;
const LEFT = 44;
const RIGHT = 14;

export function chart(input: ChartInput): Chart {
  const { points, from, to, slot, width } = input;
  const x = (at: number) => LEFT + ((at - from) / Math.max(1, to - from)) * (width - LEFT - RIGHT);
  const w = x(from + slot) - x(from);
  const grid = gridLines(Math.max(0, ...points.map((p) => p.value ?? 0)), input.percent);
  const top = grid[grid.length - 1] ?? 1;
  const y = (value: number) => ZERO - (value / top) * (ZERO - TOP);
  const most = Math.max(1, ...points.map((p) => p.n));
  const shapes: Shape[] = [];
  for (const value of grid) {
    shapes.push(stroke(`M${LEFT} ${px(y(value))}H${width - RIGHT}`, ink("line")), text(LEFT - 8, y(value) + 4, "end", { text: input.value(value), look: "d" }));
  }
  if (input.selected !== null) {
    shapes.push({ s: "rect", x: px(x(input.selected)), y: TOP, w: px(w), h: FLOOR - TOP + 2, r: 3, ink: ink("stamp-wash") });
  }
  for (const p of points) {
    const h = (p.n / most) * BARS;
    shapes.push({ s: "rect", x: px(x(p.at) + w * 0.11), y: px(FLOOR - h), w: px(w * 0.78), h: px(h), r: 0, ink: ink(p.at === input.selected ? "stamp" : "line-2") });
  }
  shapes.push(...lines(points, (p) => [x(p.at) + w / 2, y(p.value ?? 0)]));
  const chosen = points.find((p) => p.at === input.selected && p.value !== null);
  if (chosen) shapes.push({ s: "circle", x: px(x(chosen.at) + w / 2), y: px(y(chosen.value ?? 0)), r: 4.5, ink: ink("stamp"), rim: ink("sheet"), rimWidth: 2 });
  for (const at of times(from, to, width - LEFT - RIGHT)) {
    const anchor = x(at) < LEFT + 20 ? "start" : x(at) > width - RIGHT - 20 ? "end" : "middle";
    shapes.push(text(x(at), 194, anchor, { text: input.time(at), look: "d" }));
  }
  return { shapes, under: (at) => points.findIndex((p) => at >= x(p.at) && at < x(p.at) + w) };
}

/** Line pieces: a slot without a value is a gap, not a zero. */
function lines(points: readonly Point[], place: (p: Point) => [number, number]): Shape[] {
  const pieces: Point[][] = [[]];
  for (const p of points) {
    if (p.value === null) pieces.push([]);
    else pieces[pieces.length - 1]?.push(p);
  }
  return pieces.flatMap((piece): Shape[] => {
    const [only, second] = piece;
    if (only === undefined) return [];
    if (second === undefined) {
      const [x, y] = place(only);
      return [{ s: "circle", x: px(x), y: px(y), r: 2, ink: ink("ink") }];
    }
    const d = piece.map((p, i) => `${i === 0 ? "M" : "L"}${place(p).map(px).join(" ")}`).join("");
    return [stroke(d, ink("ink"), 2.25)];
  });
}

/** The smallest of 1, 1.5, 3, 6 × 10ⁿ above a value: three even steps. */
export function niceTop(value: number): number {
  if (value <= 0) return 3;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1.5, 3, 6, 9, 15].map((n) => n * power).find((top) => top >= value) ?? 15 * power;
}

/** Lines at three even steps from 0; a share is never drawn above 100 %. */
export function gridLines(most: number, percent: boolean): number[] {
  if (percent && most > 60) return [0, 50, 100];
  const top = niceTop(most);
  return [0, top / 3, (top * 2) / 3, top];
}

const HOUR = 3_600_000_000;
const STEPS = [1, 2, 3, 6, 12, 24, 48, 72, 120, 168].map((hours) => hours * HOUR);

/** Instants for the axis, at round steps since its beginning. */
function times(from: number, to: number, room: number): number[] {
  const every = STEPS.find((s) => ((to - from) / s) * 64 <= room) ?? 240 * HOUR;
  const found: number[] = [];
  for (let at = from; at <= to; at += every) found.push(at);
  return found;
}
