// Shortcuts: Ctrl Shift and a physical key, so that they work on every layout
// and do not disturb an input method; digits and Enter only in wrap-up.
import type { Scene } from "./state";

export const actions = ["answer", "end", "mute", "hold", "pad", "transfer", "add", "record", "park", "state"] as const;
export type Action = (typeof actions)[number];

/** Which letter does what. T, N and W belong to the browser. */
export type Bindings = Record<Action, string>;
export const defaults: Bindings = { answer: "A", end: "E", mute: "M", hold: "L", pad: "D", transfer: "X", add: "Y", record: "G", park: "K", state: "R" };
export const FORBIDDEN: ReadonlySet<string> = new Set(["T", "N", "W"]);

export type Command =
  | { do: Action }
  | { do: "digit"; digit: string }
  | { do: "result"; index: number }
  | { do: "save"; pause: boolean }
  | { do: "extend" }
  | { do: "closePad" }
  | { do: "list" };

/** What of a KeyboardEvent matters. */
export interface Key {
  code: string;
  key: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
  repeat: boolean;
}

export interface Where {
  scene: Scene;
  padOpen: boolean;
  /** A field has the focus: keys belong to it. */
  typing: boolean;
  /** A button or a choice has the focus: Enter belongs to it. */
  onControl: boolean;
}

/** What a key means here, or null. */
export function command(key: Key, where: Where, bindings: Bindings): Command | null {
  if (key.isComposing || key.repeat || key.altKey || key.metaKey) return null;
  if (key.ctrlKey) return key.shiftKey ? chord(key, bindings) : null;
  if (where.typing) return null;
  if (key.key === "?") return { do: "list" };
  if (where.scene === "call" && where.padOpen) return pad(key);
  return where.scene === "wrap" ? wrap(key, where) : null;
}

function chord(key: Key, bindings: Bindings): Command | null {
  const action = actions.find((name) => key.code === `Key${bindings[name]}`);
  return action === undefined ? null : { do: action };
}

function pad(key: Key): Command | null {
  if (key.key === "Escape") return { do: "closePad" };
  return /^[0-9*#]$/.test(key.key) ? { do: "digit", digit: key.key } : null;
}

function wrap(key: Key, where: Where): Command | null {
  if (key.key === "Enter") return where.onControl ? null : { do: "save", pause: key.shiftKey };
  if (key.key === "+") return { do: "extend" };
  return /^[1-9]$/.test(key.key) ? { do: "result", index: Number(key.key) - 1 } : null;
}
