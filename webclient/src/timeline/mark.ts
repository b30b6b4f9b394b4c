// Marks: what kind of stamp a glyph says, and on whose lane it stands.
import { ink, px, type Shape } from "./shape";

export type Glyph = "signal" | "open" | "accepted" | "twoway" | "bye" | "survey" | "diamond" | "hold" | "bad";
export type Lane = "customer" | "agent" | "both";

const GLYPHS: Readonly<Record<string, Glyph>> = {
  "queue.entered": "open",
  "offer.ring_started": "open",
  "offer.accepted": "accepted",
  "offer.ended": "bad",
  "segment.connected": "twoway",
  "segment.ended": "bye",
  "leg.ended": "bye",
  "leg.rejected": "bad",
  "leg.lost": "bad",
  "media.no_audio": "bad",
  "media.rtp_timeout": "bad",
  "consult.started": "open",
  "consult.answered": "accepted",
  "transfer.started": "open",
  "transfer.completed": "accepted",
  "transfer.failed": "bad",
  "conference.joined": "twoway",
  "conference.left": "bye",
  "park.started": "hold",
  "park.ended": "hold",
  "media.mic_silent": "bad",
  "hold.started": "hold",
  "hold.ended": "hold",
  "survey.responded": "survey",
  "survey.no_input": "bad",
  "disposition.set": "diamond",
  "wrap.ended": "diamond",
};

export function glyph(kind: string): Glyph {
  return GLYPHS[kind] ?? "signal";
}

/** Leg 1 is always the customer's. */
const CUSTOMER_LEG = 1;

export function lane(kind: string, leg: number | undefined): Lane {
  if (kind === "segment.connected") return "both";
  if (leg !== undefined) return leg === CUSTOMER_LEG ? "customer" : "agent";
  return /^(offer|segment|hold|mute|consult|transfer|conference|park|wrap|disposition|note)\./.test(kind) ? "agent" : "customer";
}

/** Stamps that say again what another one at the same instant says: in the
 *  list, but not on the drawing. */
export function drawn(kind: string): boolean {
  return !REPEATED.has(kind);
}
const REPEATED: ReadonlySet<string> = new Set([
  "call.created",
  "call.released",
  "call.closed",
  "segment.opened",
  "queue.exited",
  "wrap.started",
  "survey.offered",
  "survey.ended",
  "media.summary",
]);

/** Draws a glyph around x, y. It is in stamp ink when it bounds the KPI in view. */
export function drawGlyph(kind: Glyph, x: number, y: number, inView = false, reach = 5): Shape[] {
  const pen = inView ? ink("stamp") : ink("ink");
  const sheet = ink("sheet");
  switch (kind) {
    case "signal":
      return [{ s: "stroke", d: `M${px(x)} ${px(y - reach)}V${px(y + reach)}`, ink: pen, width: 2, round: true }];
    case "open":
      return [{ s: "circle", x: px(x), y, r: 4.3, ink: sheet, rim: pen, rimWidth: 1.75 }];
    case "bad":
      return [{ s: "circle", x: px(x), y, r: 4.3, ink: sheet, rim: ink("bad"), rimWidth: 1.75 }];
    case "accepted":
      return [{ s: "circle", x: px(x), y, r: 5, ink: pen, rim: sheet, rimWidth: 1.5 }];
    case "twoway":
      return [{ s: "fill", d: `M${px(x)} ${y - 7}l5 5.8h-10ZM${px(x)} ${y + 7}l5 -5.8h-10Z`, ink: ink("stamp") }];
    case "bye":
      return [{ s: "rect", x: px(x - 4.5), y: y - 4.5, w: 9, h: 9, r: 1, ink: pen, rim: sheet, rimWidth: 1.5 }];
    case "survey":
      return [{ s: "fill", d: `M${px(x)} ${y - 5.8}l6 11.3h-12Z`, ink: ink("csat"), rim: sheet, rimWidth: 1.5 }];
    case "diamond":
      return [{ s: "fill", d: `M${px(x)} ${y - 5.8}l5.8 5.8l-5.8 5.8l-5.8 -5.8Z`, ink: ink("wrap"), rim: sheet, rimWidth: 1.5 }];
    case "hold":
      return [{ s: "rect", x: px(x - 5.2), y: y - 4.2, w: 10.5, h: 8.5, r: 1.5, ink: "url(#p-hold)", rim: ink("hold"), rimWidth: 1.5 }];
  }
}

/** The postmark: the journal's own mark at the end of a sealed call. */
export function drawPostmark(x: number, y: number, r: number): Shape[] {
  return [
    { s: "circle", x: px(x), y, r, ink: ink("sheet"), rim: ink("stamp"), rimWidth: 1.6 },
    { s: "circle", x: px(x), y, r: r - 3, ink: "none", rim: ink("stamp"), rimWidth: 1, dash: "1.6 1.6" },
    { s: "stroke", d: `M${px(x)} ${y - 2.2}v4.4`, ink: ink("stamp"), width: 1.8, round: true },
  ];
}
