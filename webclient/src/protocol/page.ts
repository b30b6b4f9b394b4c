// The small requests of the pages: who I am, and the campaigns.
import * as v from "valibot";
import { agent, count, list, named } from "./parts";

export const session = v.object({ user: agent });
export type Session = v.InferOutput<typeof session>;

export const campaign = v.object({
  id: v.string(),
  name: v.string(),
  mode: v.string(),
  state: v.string(),
  leads: count,
  left: count,
  queue: v.optional(named),
});
export type Campaign = v.InferOutput<typeof campaign>;
export const campaigns = list(campaign);
