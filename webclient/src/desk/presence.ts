// How a state of an agent looks: shape and ink; the word is translated.
import type { SignLook } from "../parts/Sign.svelte";

const LOOKS: Readonly<Record<string, SignLook>> = {
  ready: { shape: "o", ink: "good" },
  reserved: { shape: "bars", ink: "ring" },
  ringing: { shape: "bars", ink: "ring" },
  connecting: { shape: "dot", ink: "wait" },
  talking: { shape: "dot", ink: "talk" },
  held: { shape: "bars", ink: "hold" },
  consulting: { shape: "dot", ink: "talk" },
  supervising: { shape: "dot", ink: "talk" },
  wrap: { shape: "dia", ink: "wrap" },
  paused: { shape: "bars", ink: "stale" },
  unreachable: { shape: "sq", ink: "bad" },
  reconnecting: { shape: "tri", ink: "warn" },
  offline: { shape: "o", ink: "stale" },
};

export function look(state: string): SignLook {
  return LOOKS[state] ?? { shape: "o", ink: "stale" };
}

const IN_CALL = new Set(["ringing", "connecting", "talking", "consulting", "wrap", "reserved"]);

/** Whether a change of state has to wait for the end of a call. */
export function waits(state: string): boolean {
  return IN_CALL.has(state);
}
