// Bands: a phase is a texture, on every timeline the same one.
import { ink, px, stroke, type Shape } from "./shape";

export type Texture = "thin" | "dots" | "ring" | "talk" | "hold" | "wrap" | "csat" | "gap";

/** A stretch of one lane, in µs since the call began. */
export interface Stretch {
  texture: Texture;
  from: number;
  to: number;
}

/** The customer's lane. A phase that is not here draws nothing. */
export const customerTexture: Readonly<Record<string, Texture>> = {
  dialing: "ring",
  arriving: "thin",
  menu: "thin",
  announcing: "thin",
  waiting: "dots",
  offering: "dots",
  connecting: "dots",
  talking: "talk",
  held: "hold",
  alone: "gap",
  silent: "gap",
  consulting: "hold",
  conferencing: "talk",
  outside: "talk",
  parked: "hold",
  voicemail: "thin",
  surveying: "csat",
  releasing: "thin",
};

/** The agent's lane. */
export const agentTexture: Readonly<Record<string, Texture>> = {
  reserved: "thin",
  ringing: "ring",
  connecting: "thin",
  talking: "talk",
  held: "hold",
  alone: "gap",
  silent: "gap",
  consulting: "talk",
  conferencing: "talk",
  supervising: "thin",
  wrap: "wrap",
};

/** Draws a stretch between x1 and x2 around y, h high. */
export function drawBand(texture: Texture, x1: number, x2: number, y: number, h: number): Shape[] {
  const w = x2 - x1;
  if (w <= 0) return [];
  const line = (at: number) => `M${px(x1)} ${px(at)}H${px(x2)}`;
  switch (texture) {
    case "thin":
      return [stroke(line(y), ink("wait"), 1.5)];
    case "dots":
      return [{ s: "stroke", d: `M${px(x1 + 1)} ${px(y)}H${px(x2)}`, ink: ink("wait"), width: 2.5, dash: "0.1 5", round: true }];
    case "ring":
      return [stroke(line(y), ink("ring"), px(h * 0.7), "3 2.5")];
    case "talk":
      return [{ s: "rect", x: px(x1), y: px(y - h / 2), w: px(w), h, r: 2, ink: ink("talk") }];
    case "hold":
      return [outlined(x1, w, y, h, "url(#p-hold)", ink("hold"))];
    case "wrap":
      return [outlined(x1, w, y, h, "url(#p-wrap)", ink("wrap"))];
    case "gap":
      return [outlined(x1, w, y, h, "url(#p-stale)", ink("line-3"))];
    case "csat":
      return [stroke(line(y - h * 0.22), ink("csat"), 2), stroke(line(y + h * 0.22), ink("csat"), 2)];
  }
}

function outlined(x: number, w: number, y: number, h: number, fill: string, rim: string): Shape {
  const inner = Math.max(1, w - 1.5);
  return { s: "rect", x: px(x + 0.75), y: px(y - h / 2 + 0.75), w: px(inner), h: h - 1.5, r: 1.5, ink: fill, rim, rimWidth: 1.5 };
}
