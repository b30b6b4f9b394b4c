// The timeline of a running call, 70 px high: it grows at the now cursor.
import type { Mark } from "../protocol";
import { at, ticks, type Scale } from "./axis";
import { drawBand } from "./band";
import { agentLane, agentStates, customerLane, phases } from "./lanes";
import { drawGlyph, glyph } from "./mark";
import { ink, px, stroke, text, textWidth, type Shape } from "./shape";

export const LIVE_HEIGHT = 70;
const TOP = 21;
const BOTTOM = 37;
const BAND = 10;
const AXIS = 52;
/** Room at the right, so that the cursor can move on before the scale steps. */
const AHEAD = 1.06;
/** µs that the scale shows at least. */
const SHORTEST = 45_000_000;

export interface LiveWords {
  customer: string;
  agent: string;
  seconds: (s: number) => string;
}

/** Draws the marks up to now. */
export function drawLive(marks: readonly Mark[], now: number, width: number, words: LiveWords): Shape[] {
  const start = marks[0]?.at ?? now;
  const left = Math.ceil(Math.max(textWidth(words.customer), textWidth(words.agent))) + 14;
  const span = Math.max(SHORTEST, (now - start) * AHEAD);
  const scale: Scale = { from: 0, to: span, x1: left, x2: width - 6 };
  const bands = phases(marks, now);
  const cursor = px(at(scale, now - start));
  const shapes: Shape[] = [
    stroke(`M${left} ${TOP}H${width}M${left} ${BOTTOM}H${width}`, ink("line")),
    text(0, TOP + 4, "start", { text: words.customer, look: "" }),
    text(0, BOTTOM + 4, "start", { text: words.agent, look: "" }),
  ];
  for (const s of customerLane(bands, start, now)) shapes.push(...drawBand(s.texture, at(scale, s.from), at(scale, s.to), TOP, BAND));
  for (const s of agentLane(agentStates(marks, now), bands, start, now)) {
    shapes.push(...drawBand(s.texture, at(scale, s.from), at(scale, s.to), BOTTOM, BAND));
  }
  for (const mark of marks) {
    if (mark.kind !== "call.created" && mark.kind !== "queue.entered") continue;
    shapes.push(...drawGlyph(glyph(mark.kind), at(scale, mark.at - start), TOP));
  }
  shapes.push(
    stroke(`M${cursor} 8V${AXIS}`, ink("stamp"), 2),
    { s: "circle", x: cursor, y: 7, r: 4, ink: ink("stamp"), rim: ink("sheet"), rimWidth: 1.5 },
    stroke(`M${left} ${AXIS}H${width - 6}`, ink("line-3")),
  );
  for (const tick of ticks(scale, 48, words.seconds)) {
    const x = px(at(scale, tick.at));
    shapes.push(stroke(`M${x} ${AXIS}v5`, ink("line-3")));
    const anchor = x > width - 20 ? "end" : "middle";
    shapes.push({ s: "text", x: anchor === "end" ? width : x, y: 68, anchor, spans: [{ text: tick.label, look: "d" }], size: 10 });
  }
  return shapes;
}
