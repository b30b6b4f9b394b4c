// One lens of the timeline: a widened stretch with every mark and its name.
import type { CallDetail, CallMeasure, StampRow } from "../protocol";
import { SECOND, stampTime } from "../i18n/format";
import { at, step, type Scale } from "./axis";
import { drawBand, type Stretch } from "./band";
import { dimension, type Box, type Words } from "./layout";
import { drawGlyph, drawn, drawPostmark, glyph, lane, type Lane } from "./mark";
import { place } from "./place";
import { measureOf } from "./measure";
import { legOf } from "./stamp";
import { ink, px, stroke, text, textWidth, type Shape } from "./shape";

export const LENS_HEIGHT = 259;

/** Where things stand within the box, from its top. */
const CUSTOMER = 98;
const AGENT = 122;
const BAND = 16;
const LEVEL = 15;
const NAMES_ABOVE = { first: 32, levels: 4, step: LEVEL };
const NAMES_BELOW = { first: 177, levels: 3, step: -LEVEL };
const MEASURE = 208;
const AXIS = 234;
const LEFT = 34;
const RIGHT = 16;

export interface LensInput {
  call: CallDetail;
  kpi: string;
  words: Words;
  customer: Stretch[];
  agent: Stretch[];
  start: number;
}

export function drawLens(box: Box, input: LensInput, isLast: boolean): Shape[] {
  const { call, words, kpi } = input;
  const scale: Scale = { from: box.from, to: box.to, x1: box.x + LEFT, x2: box.x + box.w - RIGHT };
  const y = box.y;
  const view = measureInView(call, kpi, box, input.start);
  const shapes: Shape[] = [
    { s: "rect", x: box.x + 0.5, y: y + 0.5, w: box.w - 1, h: LENS_HEIGHT - 1, r: 8, ink: ink("sheet"), rim: ink("line-2"), rimWidth: 1 },
    text(box.x + 12, y + 18, "start", { text: words.lens(box), look: "k" }),
    text(box.x + 10, y + CUSTOMER + 4, "start", { text: initial(words.customer), look: "d" }),
    text(box.x + 10, y + AGENT + 4, "start", { text: initial(words.agent), look: "d" }),
    stroke(`M${scale.x1} ${y + CUSTOMER}H${scale.x2}M${scale.x1} ${y + AGENT}H${scale.x2}`, ink("line")),
    ...lens(input.customer, scale, y + CUSTOMER),
    ...lens(input.agent, scale, y + AGENT),
  ];
  if (view !== null) shapes.push(...guides(view, scale, y));
  shapes.push(...names(box, input, scale, view));
  shapes.push(...measures(box, input, scale, view));
  shapes.push(...axis(scale, y, isLast, words));
  if (isLast) shapes.push(...ending(box, input));
  return shapes;
}

function lens(stretches: readonly Stretch[], scale: Scale, y: number): Shape[] {
  return stretches.flatMap((s) => {
    const x1 = Math.max(scale.x1, at(scale, s.from));
    const x2 = Math.min(scale.x2, at(scale, s.to));
    return drawBand(s.texture, x1, x2, y, BAND);
  });
}

interface Point {
  stamp: StampRow;
  x: number;
  on: Lane;
  name: string;
  time: string;
  inView: boolean;
}

function names(box: Box, input: LensInput, scale: Scale, view: View | null): Shape[] {
  const points = input.call.stamps
    .map((stamp) => ({ stamp, t: stamp.at - input.start }))
    .filter(({ stamp, t }) => drawn(stamp.kind) && t >= box.from && t <= box.to)
    .map(({ stamp, t }): Point => ({
      stamp,
      x: at(scale, t),
      on: lane(stamp.kind, legOf(stamp)),
      name: input.words.stamp(stamp),
      time: stampTime(t),
      inView: view !== null && (stamp.n === view.measure.from_n || stamp.n === view.measure.to_n),
    }))
    .sort((a, b) => a.x - b.x);
  const above = points.filter((p) => p.on !== "agent");
  const below = points.filter((p) => p.on === "agent");
  return [
    ...labels(above, scale, box.y, box.y + CUSTOMER, NAMES_ABOVE),
    ...labels(below, scale, box.y, box.y + AGENT, NAMES_BELOW),
    ...points.flatMap((p) => {
      const y = p.on === "agent" ? AGENT : p.on === "both" ? (CUSTOMER + AGENT) / 2 : CUSTOMER;
      return drawGlyph(glyph(p.stamp.kind), p.x, box.y + y, p.inView);
    }),
  ];
}

function labels(points: Point[], scale: Scale, top: number, laneY: number, rows: typeof NAMES_ABOVE): Shape[] {
  const sized = points.map((p) => ({ x: p.x, width: textWidth(p.name) + 4 + p.time.length * 6.6 }));
  const places = place(sized, rows.levels, scale.x1 - 8, scale.x2 + RIGHT - 4);
  return points.flatMap((p, i) => {
    const where = places[i];
    if (!where) return [];
    const y = top + rows.first + where.level * rows.step;
    const right = where.side === "right";
    const color = p.inView ? ink("stamp") : ink("line-3");
    const name = { text: p.name, look: p.inView ? ("st" as const) : ("k" as const) };
    const time = { text: p.time, look: "mono d" as const };
    return [
      stroke(`M${px(p.x)} ${laneY}V${y}h${right ? 4 : -4}`, color),
      text(p.x + (right ? 6 : -6), y + 4, right ? "start" : "end", ...(right ? [name, time] : [time, name])),
    ];
  });
}

/** The KPI in view, with its two ends in µs since the call began. */
interface View {
  measure: CallMeasure;
  from: number;
  to: number;
}

function ends(call: CallDetail, measure: CallMeasure, start: number): View | null {
  const from = call.stamps.find((stamp) => stamp.n === measure.from_n);
  const to = call.stamps.find((stamp) => stamp.n === measure.to_n);
  return from && to ? { measure, from: from.at - start, to: to.at - start } : null;
}

const within = (view: View, box: Box) => view.from >= box.from && view.to <= box.to;

function measureInView(call: CallDetail, kpi: string, box: Box, start: number): View | null {
  const views = call.measures.filter((m) => m.kpi === measureOf(kpi)).map((m) => ends(call, m, start));
  return views.find((view) => view !== null && within(view, box)) ?? null;
}

function guides(view: View, scale: Scale, y: number): Shape[] {
  return [view.from, view.to].map((t) =>
    stroke(`M${px(at(scale, t))} ${y + CUSTOMER}V${y + MEASURE + 10}`, ink("stamp"), 1.5),
  );
}

/** The KPI in view in stamp ink with a filled label, the others grey where
 *  they do not run into it. */
function measures(box: Box, input: LensInput, scale: Scale, view: View | null): Shape[] {
  const shapes: Shape[] = [];
  const taken: [number, number][] = [];
  const y = box.y + MEASURE;
  if (view !== null) {
    const [x1, x2] = [at(scale, view.from), at(scale, view.to)];
    taken.push([x1, x2]);
    shapes.push(...dimension(x1, x2, y, ink("stamp"), 1.5), ...filled(view, (x1 + x2) / 2, y, box, input.words));
  }
  for (const measure of input.call.measures) {
    const other = ends(input.call, measure, input.start);
    if (other === null || measure === view?.measure || !within(other, box)) continue;
    const [x1, x2] = [at(scale, other.from), at(scale, other.to)];
    const label = `${input.words.measure(measure.kpi)} ${input.words.exact(measure.us)}`;
    const half = Math.max((x2 - x1) / 2, textWidth(label) / 2) + 4;
    const middle = (x1 + x2) / 2;
    if (taken.some(([a, b]) => middle - half < b && a < middle + half)) continue;
    if (middle - half < box.x || middle + half > box.x + box.w) continue;
    taken.push([middle - half, middle + half]);
    shapes.push(...dimension(x1, x2, y - 14, ink("ink-3"), 1), text(middle, y + 3, "middle", { text: label, look: "" }));
  }
  return shapes;
}

function filled(view: View, middle: number, y: number, box: Box, words: Words): Shape[] {
  const label = `${words.measure(view.measure.kpi)} ${words.exact(view.measure.us)}`;
  const w = Math.ceil(textWidth(label, 12)) + 28;
  const x = Math.min(Math.max(middle - w / 2, box.x + 4), box.x + box.w - w - 4);
  return [
    { s: "rect", x: px(x), y: y - 11, w, h: 22, r: 4, ink: ink("stamp") },
    { s: "text", x: px(x + w / 2), y: y + 4, anchor: "middle", spans: [{ text: label, look: "on" }], size: 12 },
  ];
}

function axis(scale: Scale, top: number, isLast: boolean, words: Words): Shape[] {
  if (isLast && scale.from > 0) return []; // the ending stands there
  const y = top + AXIS;
  const every = step(scale.to - scale.from, Math.max(2, Math.floor((scale.x2 - scale.x1) / 80)));
  const shapes: Shape[] = [stroke(`M${scale.x1} ${y}H${px(scale.x2)}`, ink("line-3"))];
  for (let t = 0; t <= scale.to; t += every) {
    const x = px(at(scale, t));
    shapes.push(stroke(`M${x} ${y}v6`, ink("line-3")), text(x, y + 18, "middle", { text: words.seconds(t / SECOND), look: "d" }));
    for (let minor = 1; minor < 5; minor++) {
      const between = t + (every * minor) / 5;
      if (between <= scale.to) shapes.push(stroke(`M${px(at(scale, between))} ${y}v3`, ink("line-3")));
    }
  }
  return shapes;
}

/** It ends in the postmark with journal number and hash, or says that it is
 *  not sealed yet. */
function ending(box: Box, { call, words }: LensInput): Shape[] {
  const last = call.stamps.reduce((seq, stamp) => Math.max(seq, stamp.seq), 0);
  const x = box.x + box.w - RIGHT - 10;
  const y = box.y + (box.from > 0 ? AXIS - 4 : 18);
  if (!call.sealed) return [text(x + 8, y + 4, "end", { text: words.unsealed, look: "d" })];
  return [
    ...drawPostmark(x, y, 9),
    text(x - 16, y - 2, "end", { text: words.journal(last), look: "st" }),
    text(x - 16, y + 13, "end", { text: shortHash(call.hash ?? ""), look: "mono d" }),
  ];
}

/** 9f3c 41d8 … b7e1 */
export function shortHash(hash: string): string {
  return hash.length < 16 ? hash : `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
}

function initial(name: string): string {
  const short = name.split(" ").pop() ?? name;
  return textWidth(short) <= 22 ? short : (Array.from(short)[0] ?? "");
}
