// Building blocks of the schemas. Instants are µs since 1970 on the server's
// clock, durations whole µs; both fit a double exactly until the year 2255.
import * as v from "valibot";

export const micros = v.pipe(v.number(), v.integer());
export const count = v.pipe(v.number(), v.integer());

/** A list that the server may write as null when it is empty. */
export function list<S extends v.GenericSchema>(item: S) {
  return v.pipe(
    v.nullable(v.array(item)),
    v.transform((items) => items ?? []),
  );
}

export const named = v.object({ id: v.string(), name: v.string() });
export type Named = v.InferOutput<typeof named>;

export const names = v.record(v.string(), v.string());

/** A KPI's value: null when its denominator is empty, which is not 0. Mean and
 *  n come with a total of times: per item, and of how many items. */
export const figure = v.object({
  kpi: v.string(),
  value: v.nullable(v.number()),
  mean: v.optional(v.number()),
  low: v.optional(v.number()),
  high: v.optional(v.number()),
  num: count,
  den: v.optional(count),
  n: v.optional(count),
  unit: v.string(),
});
export type Figure = v.InferOutput<typeof figure>;

export const agent = v.object({
  id: v.string(),
  name: v.string(),
  role: v.string(),
  language: v.string(),
});
export type Agent = v.InferOutput<typeof agent>;
