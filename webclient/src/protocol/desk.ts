// The agent's WebSocket, as docs/protocol.md describes it. What comes from the
// server is checked by these schemas; what goes to it is typed by Commands.
import * as v from "valibot";
import { degraded } from "./live";
import { agent, count, list, micros, named, names } from "./parts";

/** The protocol's version; a server that speaks another closes with 4406. */
export const PROTOCOL = 1;

export const Close = {
  restart: 1012,
  unauthorized: 4401,
  forbidden: 4403,
  protocol: 4406,
  takenOver: 4409,
  tooFast: 4429,
} as const;

export const presence = v.object({
  state: v.string(),
  since: micros,
  aux: v.optional(v.string()),
  next: v.optional(v.string()),
  seat: v.boolean(),
});
export type Presence = v.InferOutput<typeof presence>;

export const disposition = v.object({ code: v.string(), names });
export type Disposition = v.InferOutput<typeof disposition>;

export const auxReason = v.object({
  code: v.string(),
  names,
  limit_us: v.optional(micros),
  paid: v.boolean(),
});
export type AuxReason = v.InferOutput<typeof auxReason>;

export const iceServer = v.object({
  urls: list(v.string()),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
export type IceServer = v.InferOutput<typeof iceServer>;

export const welcome = v.object({
  agent,
  server: v.string(),
  now: micros,
  resumed: v.boolean(),
  mirror: v.optional(v.boolean()),
  next_id: count,
  presence,
  queues: list(named),
  dispositions: list(disposition),
  pause_reasons: list(v.string()),
  aux_reasons: v.optional(list(auxReason)),
  may_dial: v.optional(v.boolean()),
  ice_servers: v.optional(list(iceServer)),
});
export type Welcome = v.InferOutput<typeof welcome>;

export const mark = v.object({
  n: count,
  at: micros,
  kind: v.string(),
  phase: v.optional(v.string()),
  actor: v.optional(v.string()),
  leg: v.optional(count),
});
export type Mark = v.InferOutput<typeof mark>;

/** A question put to the customer after the call; without a scale it is not answered. */
export const answer = v.object({
  question: v.string(),
  type: v.string(),
  value: count,
  scale: v.optional(count),
  class: v.optional(v.string()),
});
export type Answer = v.InferOutput<typeof answer>;
const party = v.object({ number: v.string(), name: v.optional(v.string()) });
const who = v.object({
  kind: v.string(),
  id: v.optional(v.string()),
  name: v.optional(v.string()),
  number: v.optional(v.string()),
});
export type Who = v.InferOutput<typeof who>;
const other = v.object({ leg: count, role: v.string(), who, state: v.string() });
const asking = v.object({
  kind: v.string(),
  by: named,
  who,
  since: micros,
  answered: v.optional(v.boolean()),
});
const failedAsk = v.object({ kind: v.string(), who, why: v.string(), at: micros });

export const call = v.object({
  call: v.string(),
  direction: v.string(),
  queue: named,
  campaign: named,
  party,
  phase: v.string(),
  since: micros,
  created: micros,
  connected: v.optional(micros),
  segment: v.optional(count),
  held_by: v.optional(v.array(v.string())),
  muted: v.optional(v.boolean()),
  mic_silent: v.optional(v.boolean()),
  recording: v.optional(v.string()),
  on_demand: v.optional(v.boolean()),
  no_audio: v.optional(v.array(v.string())),
  codec: v.optional(v.string()),
  role: v.optional(v.string()),
  others: v.optional(v.array(other)),
  asking: v.optional(asking),
  failed: v.optional(failedAsk),
  wrap: v.optional(v.boolean()),
  wrap_until: v.optional(micros),
  wrap_most: v.optional(micros),
  wrap_needed: v.optional(v.boolean()),
  disposition: v.optional(v.string()),
  note: v.optional(v.string()),
  survey: v.optional(v.string()),
  survey_value: v.optional(count),
  answers: v.optional(v.array(answer)),
  marks: v.optional(v.array(mark)),
  done: v.optional(v.boolean()),
});
export type Call = v.InferOutput<typeof call>;

export const ring = v.object({
  offer: v.string(),
  until: micros,
  from: micros,
  why: v.optional(v.string()),
  call,
});
export type Ring = v.InferOutput<typeof ring>;

export const fault = v.object({ code: v.string(), message: v.string(), why: v.optional(v.string()) });
export type Fault = v.InferOutput<typeof fault>;

const id = v.optional(count);
const seq = v.optional(count);

/** Every frame that the server sends. */
export const serverFrame = v.variant("type", [
  v.object({ type: v.literal("welcome"), id, seq, body: welcome }),
  v.object({ type: v.literal("done"), id: count, seq }),
  v.object({ type: v.literal("error"), id, seq, body: fault }),
  v.object({
    type: v.literal("heartbeat_ack"),
    id,
    seq,
    body: v.object({ client_at: micros, server_at: micros }),
  }),
  v.object({ type: v.literal("media_answer"), id, seq, body: v.object({ sdp: v.string() }) }),
  v.object({ type: v.literal("presence"), id, seq, body: presence }),
  v.object({ type: v.literal("ring"), id, seq, body: ring }),
  v.object({
    type: v.literal("unring"),
    id,
    seq,
    body: v.object({ offer: v.string(), end: v.string() }),
  }),
  v.object({ type: v.literal("call"), id, seq, body: call }),
  v.object({ type: v.literal("notice"), id, seq, body: v.object({ degraded: list(degraded) }) }),
  v.object({ type: v.literal("taken_over"), id, seq }),
]);
export type ServerFrame = v.InferOutput<typeof serverFrame>;

const nothing = v.undefined();
const offerRef = v.object({ offer: v.string() });
const callRef = v.object({ call: v.string(), segment: v.optional(count) });
const ask = v.object({ call: v.string(), to: v.object({ kind: v.string(), id: v.string() }) });
const switched = v.object({ call: v.string(), on: v.boolean() });

/** The body of each command that the page sends. */
export const commands = {
  ready: nothing,
  pause: v.object({ reason: v.string() }),
  logout: nothing,
  media_offer: v.object({ sdp: v.string() }),
  media_fail: v.object({ reason: v.string(), offer: v.optional(v.string()) }),
  ringing: offerRef,
  accept: offerRef,
  decline: offerRef,
  hold: switched,
  mute: switched,
  record: switched,
  rec_pause: switched,
  hangup: callRef,
  dial: v.object({ number: v.string() }),
  consult: ask,
  consult_end: callRef,
  transfer_complete: callRef,
  transfer: ask,
  conference: callRef,
  park: callRef,
  retrieve: callRef,
  dispose: v.object({ call: v.string(), segment: count, code: v.string() }),
  note: v.object({ call: v.string(), segment: count, text: v.string() }),
  wrap_extend: callRef,
  wrap_end: v.object({ call: v.string(), segment: count, then: v.string() }),
};
export type Commands = { [K in keyof typeof commands]: v.InferOutput<(typeof commands)[K]> };
export type CommandType = keyof Commands;

/** The two frames without an id: they are not answered by done or error. */
export const hello = v.object({
  protocol: count,
  desk: v.string(),
  last_seq: count,
  take_over: v.optional(v.boolean()),
  mirror: v.optional(v.boolean()),
});
export type Hello = v.InferOutput<typeof hello>;
export const heartbeat = v.object({ client_at: micros, mic: v.boolean() });

/** A call that an agent may fetch: GET /api/parked. */
export const parked = v.object({ call: v.string(), since: micros, by: named, queue: named, party });
export type Parked = v.InferOutput<typeof parked>;

/** Whom a call may be given to: GET /api/targets. */
export const targets = v.object({
  agents: list(v.object({ id: v.string(), name: v.string(), state: v.string() })),
  queues: list(named),
  menus: list(named),
});
export type Targets = v.InferOutput<typeof targets>;
export type Ask = v.InferOutput<typeof ask>;

/** Reads one message of the socket; null when it is none that we know. */
export function readFrame(text: string): ServerFrame | null {
  try {
    const read = v.safeParse(serverFrame, JSON.parse(text));
    return read.success ? read.output : null;
  } catch {
    return null; // not JSON
  }
}
