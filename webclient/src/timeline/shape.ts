// What a timeline is drawn of: a handful of shapes, so that layouts are pure
// functions and one component paints them.

export type Shape =
  | { s: "stroke"; d: string; ink: string; width: number; dash?: string; round?: boolean; opacity?: number }
  | { s: "fill"; d: string; ink: string; rim?: string; rimWidth?: number; opacity?: number }
  | { s: "rect"; x: number; y: number; w: number; h: number; r: number; ink: string; rim?: string; rimWidth?: number }
  | { s: "circle"; x: number; y: number; r: number; ink: string; rim?: string; rimWidth?: number; dash?: string }
  | { s: "text"; x: number; y: number; anchor: Anchor; spans: Span[]; ink?: string; size?: number };

export type Anchor = "start" | "middle" | "end";
/** Classes of app.css: k name, d dim, mono digits, st stamp ink. */
export interface Span {
  text: string;
  look: "" | "k" | "d" | "mono d" | "st" | "on";
}

/** One decimal is a tenth of a pixel: enough, and the same in every browser. */
export const px = (n: number): number => Math.round(n * 10) / 10;

export const ink = (name: string): string => `var(--${name})`;

export function text(x: number, y: number, anchor: Anchor, ...spans: Span[]): Shape {
  return { s: "text", x: px(x), y: px(y), anchor, spans };
}

export function stroke(d: string, color: string, width = 1, dash?: string): Shape {
  return { s: "stroke", d, ink: color, width, ...(dash ? { dash } : {}) };
}

/** About how wide a text is at 11 px: full-width characters are square. */
export function textWidth(words: string, size = 11): number {
  let width = 0;
  for (const char of words) width += (char.codePointAt(0) ?? 0) >= 0x2e80 ? size : size * 0.6;
  return width;
}
