// The desk's picture, made of the server's frames and of nothing else.
import type { AuxReason, Call, Degraded, Disposition, IceServer, Named, Presence, Ring, ServerFrame, Agent } from "../protocol";

export interface DeskState {
  agent: Agent | null;
  server: string;
  presence: Presence;
  ring: Ring | null;
  call: Call | null;
  queues: Named[];
  dispositions: Disposition[];
  pauseReasons: string[];
  /** The same reasons with their names and limits. */
  auxReasons: AuxReason[];
  /** Whether the person may call numbers by hand. */
  mayDial: boolean;
  iceServers: IceServer[];
  /** What of the server's state concerns agents. */
  degraded: Degraded[];
  /** How the last offer was taken away, until something else happens. */
  unring: string;
}

export const blank: DeskState = {
  agent: null,
  server: "",
  presence: { state: "offline", since: 0, seat: false },
  ring: null,
  call: null,
  queues: [],
  dispositions: [],
  pauseReasons: [],
  auxReasons: [],
  mayDial: false,
  iceServers: [],
  degraded: [],
  unring: "",
};

/** The picture after a frame. */
export function next(state: DeskState, frame: ServerFrame): DeskState {
  switch (frame.type) {
    case "welcome":
      return welcome(state, frame.body);
    case "presence":
      return { ...state, presence: frame.body };
    case "ring":
      return { ...state, ring: frame.body, unring: "" };
    case "unring":
      if (state.ring?.offer !== frame.body.offer) return state;
      return { ...state, ring: null, unring: frame.body.end === "accepted" ? "" : frame.body.end };
    case "call":
      return withCall(state, frame.body);
    case "notice":
      return { ...state, degraded: frame.body.degraded };
    default:
      return state;
  }
}

function welcome(state: DeskState, body: Extract<ServerFrame, { type: "welcome" }>["body"]): DeskState {
  const kept = body.resumed ? state : { ...state, ring: null, call: null };
  return {
    ...kept,
    agent: body.agent,
    server: body.server,
    presence: body.presence,
    queues: body.queues,
    dispositions: body.dispositions,
    pauseReasons: body.pause_reasons,
    auxReasons: body.aux_reasons ?? [],
    mayDial: body.may_dial === true,
    iceServers: body.ice_servers ?? [],
    degraded: [], // a notice follows where there is something
  };
}

function withCall(state: DeskState, call: Call): DeskState {
  if (call.done === true) {
    return state.call === null || state.call.call === call.call ? { ...state, call: null } : state;
  }
  if (call.segment === undefined && call.phase !== "dialing") {
    // It only rings here yet: the offer's picture moves on, the desk has no call.
    return state.ring?.call.call === call.call ? { ...state, ring: { ...state.ring, call } } : state;
  }
  const ring = state.ring?.call.call === call.call ? null : state.ring;
  return { ...state, call, ring, unring: "" };
}

/** What the phone column shows. */
export type Scene = "idle" | "ringing" | "call" | "wrap";

export function scene(state: DeskState): Scene {
  if (state.call !== null) return state.call.wrap === true ? "wrap" : "call";
  return state.ring === null ? "idle" : "ringing";
}

const LIVE = new Set(["connecting", "talking", "held", "alone", "consulting", "conferencing"]);

/** Whether the agent is on the line with the customer: the microphone is on. */
export function onLine(call: Call | null): boolean {
  return call !== null && call.wrap !== true && call.done !== true && LIVE.has(call.phase);
}
