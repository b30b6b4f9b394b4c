// The timeline in a list: 12 px, bands and an end mark, one scale per list.
import type { Band, CallRow } from "../protocol";
import { drawBand, customerTexture, type Texture } from "./band";
import { drawGlyph, type Glyph } from "./mark";
import { ink, type Shape } from "./shape";

export const MINI_HEIGHT = 12;
const MIDDLE = 6;
const BAND = 10;
const END = 14;

/** In one lane an offer is the ring that is heard, not the waiting behind it. */
const texture = (phase: string): Texture | undefined => (phase === "offering" ? "ring" : customerTexture[phase]);

/** The length that fills the width: the longest call of the list. */
export function commonSpan(rows: readonly Pick<CallRow, "bands" | "created">[], now: number): number {
  return Math.max(1, ...rows.map((row) => length(row.bands, row.created, now)));
}

function length(bands: readonly Band[], start: number, now: number): number {
  return Math.max(0, ...bands.filter((b) => texture(b.phase)).map((b) => (b.to || now) - start));
}

export function drawMini(
  row: Pick<CallRow, "bands" | "created" | "outcome" | "survey" | "talk_us" | "released">,
  span: number,
  width: number,
  now: number,
): Shape[] {
  const scale = (width - END) / span;
  const shapes: Shape[] = [];
  for (const band of row.bands) {
    const kind = texture(band.phase);
    if (!kind) continue;
    const x1 = (band.from - row.created) * scale;
    // A short phase is still a phase: never thinner than two pixels.
    const x2 = Math.max(x1 + 2, ((band.to || now) - row.created) * scale);
    shapes.push(...drawBand(kind, x1, x2, MIDDLE, BAND));
  }
  const x = length(row.bands, row.created, now) * scale + 7;
  if (row.released) shapes.push(...small(endGlyph(row), x));
  else shapes.push({ s: "stroke", d: `M${Math.round(x - 6)} 0v12`, ink: ink("stamp"), width: 2 });
  return shapes;
}

export function endGlyph(row: Pick<CallRow, "outcome" | "survey" | "talk_us">): Glyph {
  if (row.survey) return "survey";
  if (row.talk_us > 0) return "diamond";
  return (row.outcome ?? "").startsWith("abandoned") ? "bad" : "bye";
}

function small(glyph: Glyph, x: number): Shape[] {
  return drawGlyph(glyph, x, MIDDLE).map((shape) => {
    if (shape.s === "circle") return { ...shape, r: 3.2 };
    if (shape.s === "fill") return { ...shape, rimWidth: 1 };
    return shape;
  });
}
