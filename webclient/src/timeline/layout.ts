// The stamp timeline, 392 px high: the whole call above, its crowded ends
// widened below, the KPI in view as a dimension line between its two stamps.
// A pure function of a call, a width and words.
import type { CallDetail, StampRow } from "../protocol";
import { at, ticks, type Scale } from "./axis";
import { drawBand, type Stretch } from "./band";
import { agentLane, customerLane } from "./lanes";
import { lenses, type Lens } from "./lens";
import { drawLens, LENS_HEIGHT, type LensInput } from "./lensbox";
import { drawn, drawPostmark } from "./mark";
import { measureOf } from "./measure";
import { ink, px, stroke, text, textWidth, type Shape } from "./shape";

export interface Words {
  customer: string;
  agent: string;
  stamp: (stamp: StampRow) => string;
  measure: (kpi: string) => string;
  lens: (lens: Lens) => string;
  exact: (us: number) => string;
  seconds: (s: number) => string;
  journal: (seq: number) => string;
  unsealed: string;
}

export interface Drawing {
  width: number;
  height: number;
  shapes: Shape[];
}

const TOP = 28;
const BOTTOM = 50;
const BAND = 16;
const AXIS = 68;
const LENS_Y = 132;
const LENS_GAP = 28;
/** Below this width the lenses stand under each other. */
const NARROW = 600;
/** The first lens takes this part of the width: it has more stamps. */
const FIRST_PART = 0.6;

export function layout(call: CallDetail, kpi: string, width: number, words: Words): Drawing {
  const start = call.created;
  const end = lastInstant(call);
  const customer = customerLane(call.bands, start, end);
  const agent = agentLane(call.agent_bands, call.bands, start, end);
  const left = Math.ceil(Math.max(textWidth(words.customer), textWidth(words.agent))) + 12;
  const scale: Scale = { from: 0, to: Math.max(1, end - start), x1: left, x2: width - 24 };
  const boxes = boxesFor(lenses(instants(call), end - start), width);
  const height = Math.max(LENS_Y, ...boxes.map((box) => box.y + LENS_HEIGHT)) + 1;

  const shapes: Shape[] = [];
  for (const box of boxes) shapes.push(...wedge(box, scale));
  shapes.push(...overview(customer, agent, scale, width, words));
  shapes.push(...phaseLengths(customer, scale, words, measureOf(kpi)));
  if (call.sealed) shapes.push(...drawPostmark(scale.x2 + 14, BOTTOM, 8));
  const whole: LensInput = { call, kpi, words, customer, agent, start };
  boxes.forEach((box, i) => shapes.push(...drawLens(box, whole, i === boxes.length - 1)));
  return { width, height, shapes };
}

export interface Box extends Lens {
  x: number;
  y: number;
  w: number;
}

function boxesFor(found: Lens[], width: number): Box[] {
  const [first, last] = found;
  if (first === undefined) return [];
  if (last === undefined) return [{ ...first, x: 0, y: LENS_Y, w: width }];
  if (width < NARROW) {
    return [
      { ...first, x: 0, y: LENS_Y, w: width },
      { ...last, x: 0, y: LENS_Y + LENS_HEIGHT + 12, w: width },
    ];
  }
  const w = Math.round((width - LENS_GAP) * FIRST_PART);
  return [
    { ...first, x: 0, y: LENS_Y, w },
    { ...last, x: w + LENS_GAP, y: LENS_Y, w: width - w - LENS_GAP },
  ];
}

/** The tinted wedge that joins a stretch of the axis with its lens. */
function wedge(box: Box, scale: Scale): Shape[] {
  const x1 = px(at(scale, Math.max(0, box.from)) - 1);
  const x2 = px(at(scale, box.to) + 4);
  const d = `M${x1} 10H${x2}V74L${box.x + box.w} ${box.y}H${box.x}L${x1} 74Z`;
  return [{ s: "fill", d, ink: ink("stamp-wash"), opacity: 0.75 }];
}

function overview(customer: Stretch[], agent: Stretch[], scale: Scale, width: number, words: Words): Shape[] {
  const shapes: Shape[] = [
    text(0, TOP + 4, "start", { text: words.customer, look: "" }),
    text(0, BOTTOM + 4, "start", { text: words.agent, look: "" }),
    stroke(`M${scale.x1} ${TOP}H${width - 14}M${scale.x1} ${BOTTOM}H${width - 14}`, ink("line")),
  ];
  for (const s of customer) shapes.push(...drawBand(s.texture, at(scale, s.from), at(scale, s.to), TOP, BAND));
  for (const s of agent) shapes.push(...drawBand(s.texture, at(scale, s.from), at(scale, s.to), BOTTOM, BAND));
  shapes.push(stroke(`M${scale.x1} ${AXIS}H${scale.x2}`, ink("line-3")));
  for (const tick of ticks(scale, 64, words.seconds)) {
    const x = px(at(scale, tick.at));
    shapes.push(stroke(`M${x} ${AXIS}v5`, ink("line-3")), text(x, 85, "middle", { text: tick.label, look: "d" }));
  }
  return shapes;
}

/** Dimension lines under the overview: how long each talk and hold was, in
 *  stamp ink where that is the KPI in view. */
function phaseLengths(customer: Stretch[], scale: Scale, words: Words, view: string): Shape[] {
  return customer.flatMap((s) => {
    if (s.texture !== "talk" && s.texture !== "hold") return [];
    const x1 = at(scale, s.from) + 2;
    const x2 = at(scale, s.to) - 2;
    const kpi = s.texture === "talk" ? "c.talk" : "c.hold";
    const [color, look] = kpi === view ? [ink("stamp"), "st" as const] : [ink("ink-3"), "" as const];
    const label = `${words.measure(kpi)} ${words.exact(s.to - s.from)}`;
    if (x2 - x1 < textWidth(label)) return [];
    return [...dimension(x1, x2, 102, color, 1), text((x1 + x2) / 2, 119, "middle", { text: label, look })];
  });
}

/** A dimension line as in a drawing: two short ends and what lies between. */
export function dimension(x1: number, x2: number, y: number, color: string, width: number): Shape[] {
  const [a, b] = [px(x1), px(x2)];
  return [stroke(`M${a} ${y - 5}V${y + 5}M${b} ${y - 5}V${y + 5}M${a} ${y}H${b}`, color, width)];
}

/** What the lenses gather around: marks with a name. Holds and mutes happen
 *  anywhere in a talk, and the overview shows them. */
function instants(call: CallDetail): number[] {
  const named = call.stamps.filter((stamp) => drawn(stamp.kind) && !/^(hold|mute|note)\./.test(stamp.kind));
  return named.map((stamp) => stamp.at - call.created).sort((a, b) => a - b);
}

function lastInstant(call: CallDetail): number {
  const ends = [
    ...call.bands.map((band) => band.to || band.from),
    ...call.agent_bands.map((band) => band.to || band.from),
    ...call.stamps.map((stamp) => stamp.at),
    call.released ?? 0,
  ];
  return Math.max(call.created, ...ends);
}
