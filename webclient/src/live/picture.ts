// What the wall's tiles say, from one picture.
import type { Figure, Live, LiveAgent, LiveCall } from "../protocol";

/** Today's figure of a KPI; ids may carry a parameter: in.sl_off(20). */
export function figureOf(figures: readonly Figure[], id: string): Figure | undefined {
  return figures.find((figure) => figure.kpi === id || figure.kpi.startsWith(`${id}(`));
}

/** The call that waits longest, with where. */
export function longest(live: Live): { since: number; queue: string } | null {
  const waiting = live.queues.filter((queue) => queue.longest_since);
  if (waiting.length === 0) return null;
  const first = waiting.reduce((a, b) => ((b.longest_since ?? 0) < (a.longest_since ?? 0) ? b : a));
  return { since: first.longest_since ?? 0, queue: first.name };
}

export type Count = "ready" | "talking" | "wrap" | "paused" | "off";
const COUNTED: Readonly<Record<string, Count>> = {
  ready: "ready",
  reserved: "ready",
  ringing: "talking",
  connecting: "talking",
  talking: "talking",
  wrap: "wrap",
  paused: "paused",
  unreachable: "off",
};

/** Agents by what they do; those who have logged out are not counted. */
export function count(agents: readonly LiveAgent[]): Record<Count, number> {
  const counts: Record<Count, number> = { ready: 0, talking: 0, wrap: 0, paused: 0, off: 0 };
  for (const agent of agents) {
    const as = COUNTED[agent.state];
    if (as !== undefined) counts[as] += 1;
  }
  return counts;
}

/** Since when an agent is in what the tile shows: the call's phase in a call. */
export function sinceOf(agent: LiveAgent, calls: readonly LiveCall[]): number {
  if (!agent.phase || agent.phase === "talking") return agent.since;
  return calls.find((call) => call.id === agent.call)?.since ?? agent.since;
}

/** In which queue or campaign an agent's call is. */
export function whereOf(agent: LiveAgent, live: Live): string {
  const call = [...live.calls, ...live.waiting].find((c) => c.id === agent.call);
  if (call === undefined) return "";
  const queue = live.queues.find((q) => q.id === call.queue)?.name;
  return queue ?? live.lines.find((line) => line.campaign.id === call.campaign)?.campaign.name ?? "";
}
