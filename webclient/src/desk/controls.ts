// Which controls a call allows its agent: what the server's table of moves
// would refuse is off, with the reason in words.
import type { Key } from "../i18n/catalogue";
import type { Call } from "../protocol";
import { onLine } from "./state";

/** What a press does now. The six places stay, their meaning follows the call. */
export type Move =
  | "mute"
  | "hold"
  | "back"
  | "cancel"
  | "pad"
  | "transfer"
  | "complete"
  | "consult"
  | "conference"
  | "park"
  | "record"
  | "recPause"
  | "end";

/** A control: what it does, and why it can't, or null. */
export interface Control {
  move: Move;
  why: Key | null;
  /** It stands on: pressed. */
  on: boolean;
}

export interface Controls {
  mute: Control;
  hold: Control;
  pad: Control;
  transfer: Control;
  add: Control;
  record: Control;
  park: Control;
  end: Control;
}

/** me is the agent's own id. */
export function controls(call: Call, me: string): Controls {
  const free = together(call, me);
  const line = onLine(call) ? null : ("can.dialing" as const);
  return {
    mute: { move: "mute", why: line, on: call.muted === true },
    hold: hold(call, me),
    pad: { move: "pad", why: line, on: false },
    transfer: transfer(call, me, free),
    add: add(call, me, free),
    record: record(call),
    park: { move: "park", why: free, on: false },
    end: { move: "end", why: call.phase === "consulting" && owns(call, me) ? "can.waits" : null, on: false },
  };
}

/** Whether the customer is this agent's while somebody is being asked. */
function owns(call: Call, me: string): boolean {
  return call.asking?.by.id === me;
}

/** Why the agent can't give the call away or bring somebody in, or null. */
function together(call: Call, me: string): Key | null {
  switch (call.phase) {
    case "talking":
    case "held":
      return call.asking === undefined ? null : "can.asking";
    case "consulting":
      return owns(call, me) ? "can.consulting" : "can.consulted";
    case "conferencing":
      return "can.conferencing";
    case "alone":
      return "can.alone";
    case "dialing":
      return "can.dialing";
    default:
      return "can.connecting";
  }
}

function hold(call: Call, me: string): Control {
  const on = (call.held_by ?? []).includes("agent");
  if (call.phase === "consulting" && owns(call, me)) return { move: "back", why: null, on: false };
  if (call.phase === "talking" || call.phase === "held") {
    return owns(call, me) ? { move: "cancel", why: null, on: false } : { move: "hold", why: null, on };
  }
  return { move: "hold", why: together(call, me), on };
}

function transfer(call: Call, me: string, free: Key | null): Control {
  if (call.phase === "consulting" && owns(call, me)) {
    return { move: "complete", why: rung(call) ? null : "can.unrung", on: false };
  }
  return { move: "transfer", why: free, on: false };
}

function add(call: Call, me: string, free: Key | null): Control {
  if (call.phase === "consulting" && owns(call, me)) {
    return { move: "conference", why: call.asking?.answered === true ? null : "can.unanswered", on: false };
  }
  return { move: "consult", why: free, on: false };
}

/** Whether who is asked has answered, or rings: then they can be handed the customer. */
function rung(call: Call): boolean {
  const asking = call.asking;
  if (asking === undefined) return false;
  if (asking.answered === true || asking.who.kind === "number") return true;
  const offers = (call.marks ?? []).filter((mark) => mark.at >= asking.since && mark.kind.startsWith("offer."));
  const last = offers[offers.length - 1];
  return last !== undefined && last.kind !== "offer.ended";
}

/** In which phases a recording may begin: the customer hears the announcement. */
const TOLD: ReadonlySet<string> = new Set(["talking", "conferencing"]);

function record(call: Call): Control {
  switch (call.recording) {
    case "on":
    case "paused":
      return { move: "recPause", why: onLine(call) ? null : "can.dialing", on: call.recording === "paused" };
    case "announcing":
      return { move: "record", why: "can.told", on: true };
    case "failed":
      return { move: "record", why: "can.recFailed", on: false };
  }
  if (call.on_demand !== true) return { move: "record", why: "can.notRecorded", on: false };
  return { move: "record", why: TOLD.has(call.phase) ? null : "can.connecting", on: false };
}
