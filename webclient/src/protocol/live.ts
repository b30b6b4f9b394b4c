// The live stream: the whole picture in every event of GET /api/live.
import * as v from "valibot";
import { count, figure, list, micros, named } from "./parts";

export const liveAgent = v.object({
  id: v.string(),
  name: v.string(),
  state: v.string(),
  since: micros,
  aux: v.optional(v.string()),
  limit_us: v.optional(micros),
  call: v.optional(v.string()),
  phase: v.optional(v.string()),
});
export type LiveAgent = v.InferOutput<typeof liveAgent>;

export const liveCall = v.object({
  id: v.string(),
  queue: v.optional(v.string()),
  campaign: v.optional(v.string()),
  phase: v.string(),
  since: micros,
  created: micros,
  agent: v.optional(v.string()),
  party: v.optional(v.string()),
});
export type LiveCall = v.InferOutput<typeof liveCall>;

export const liveQueue = v.object({
  id: v.string(),
  name: v.string(),
  waiting: count,
  longest_since: v.optional(micros),
  ready: count,
  figures: list(figure),
});
export type LiveQueue = v.InferOutput<typeof liveQueue>;

export const liveLine = v.object({
  campaign: named,
  state: v.string(),
  dialing: count,
  talking: count,
  because: v.optional(v.string()),
});
export type LiveLine = v.InferOutput<typeof liveLine>;

/** One thing that is not as it should be. Ids are a closed set that may grow;
 *  one that we don't know is shown in the server's English. */
export const degraded = v.object({
  id: v.string(),
  name: v.optional(v.string()),
  since: micros,
  unready: v.optional(v.boolean()),
  means: v.string(),
  do: v.string(),
});
export type Degraded = v.InferOutput<typeof degraded>;

export const live = v.object({
  at: micros,
  now: micros,
  seq: count,
  stale: v.optional(v.boolean()),
  agents: list(liveAgent),
  waiting: list(liveCall),
  calls: list(liveCall),
  queues: list(liveQueue),
  lines: list(liveLine),
  figures: list(figure),
  balanced: v.nullable(v.boolean()),
  degraded: list(degraded),
  rebuilt: v.optional(micros),
});
export type Live = v.InferOutput<typeof live>;
