// What the wall says of the server's state: the worst first, as it comes.
import type { Degraded } from "../protocol";

export type Weight = "bad" | "warn" | "plain";

const WEIGHTS: Readonly<Record<string, Weight>> = {
  owner_stuck: "bad",
  journal_failing: "bad",
  journal_disk_full: "bad",
  fenced: "bad",
  postgres_away: "warn",
  redis_away: "warn",
  trunk_down: "warn",
  room_short: "warn",
  journal_disk_low: "warn",
  draining: "warn",
  ledger_differs: "warn",
  call_stuck: "warn",
  standby: "plain",
  live_rebuilding: "plain",
  follower_behind: "plain",
};

/** How heavy it is: one that we don't know is heavy when the server says that
 *  it is not ready for its work. */
export function weight(d: Degraded): Weight {
  return WEIGHTS[d.id] ?? (d.unready ? "bad" : "warn");
}

/** The heaviest of all. */
export function heaviest(all: readonly Degraded[]): Weight {
  const weights = all.map(weight);
  return weights.includes("bad") ? "bad" : weights.includes("warn") ? "warn" : "plain";
}
