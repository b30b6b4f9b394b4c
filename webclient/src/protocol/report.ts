// What the report pages read: the catalogue, reports, calls and their stamps.
import * as v from "valibot";
import { count, figure, list, micros, names } from "./parts";

export const kpi = v.object({
  id: v.string(),
  names,
  formula: v.string(),
  words: v.string(),
  unit: v.string(),
  direction: v.string(),
  source: v.string(),
  version: count,
});
export type Kpi = v.InferOutput<typeof kpi>;

export const ledger = v.object({
  entered: count,
  exits: v.pipe(
    v.nullable(v.record(v.string(), count)),
    v.transform((exits) => exits ?? {}),
  ),
  waiting: count,
  balanced: v.boolean(),
  open: count,
  gap: v.optional(v.string()),
});
export type Ledger = v.InferOutput<typeof ledger>;

export const reportRow = v.object({ key: v.string(), name: v.string(), figures: list(figure) });
export type ReportRow = v.InferOutput<typeof reportRow>;

export const report = v.object({
  from: micros,
  to: micros,
  zone: v.string(),
  as_of: micros,
  group: v.string(),
  rows: list(reportRow),
  total: list(figure),
  ledger,
});
export type Report = v.InferOutput<typeof report>;

export const band = v.object({ phase: v.string(), from: micros, to: micros });
export type Band = v.InferOutput<typeof band>;

const callRowEntries = {
  id: v.string(),
  direction: v.string(),
  created: micros,
  released: v.optional(micros),
  queue: v.optional(v.string()),
  campaign: v.optional(v.string()),
  agent: v.optional(v.string()),
  party: v.optional(v.string()),
  outcome: v.optional(v.string()),
  wait_us: micros,
  talk_us: micros,
  hold_us: micros,
  wrap_us: micros,
  survey: v.optional(count),
  bands: list(band),
  value: v.optional(v.number()),
};
export const callRow = v.object(callRowEntries);
export type CallRow = v.InferOutput<typeof callRow>;

export const stampRow = v.object({
  seq: count,
  n: count,
  at: micros,
  late_us: v.optional(micros),
  kind: v.string(),
  actor: v.optional(v.string()),
  phase: v.optional(v.string()),
  source: v.string(),
  data: v.unknown(),
  hash: v.optional(v.string()),
});
export type StampRow = v.InferOutput<typeof stampRow>;

export const agentBand = v.object({
  agent: v.string(),
  name: v.string(),
  state: v.string(),
  from: micros,
  to: micros,
});
export type AgentBand = v.InferOutput<typeof agentBand>;

export const segmentRow = v.object({
  segment: count,
  agent: v.string(),
  name: v.string(),
  talk_us: micros,
  hold_us: micros,
  gap_us: micros,
  consult_us: v.optional(micros),
  conference_us: v.optional(micros),
  wrap_us: micros,
  disposition: v.optional(v.string()),
});
export type SegmentRow = v.InferOutput<typeof segmentRow>;

export const callMeasure = v.object({ kpi: v.string(), from_n: count, to_n: count, us: micros });
export type CallMeasure = v.InferOutput<typeof callMeasure>;

export const callDetail = v.object({
  ...callRowEntries,
  stamps: list(stampRow),
  agent_bands: list(agentBand),
  segments: list(segmentRow),
  sealed: v.boolean(),
  hash: v.optional(v.string()),
  measures: list(callMeasure),
});
export type CallDetail = v.InferOutput<typeof callDetail>;
