// Who needs help first. Limits are the same for all until targets per queue
// exist; each is where a supervisor would look over.
import { MINUTE, SECOND } from "../i18n/format";
import type { Key } from "../i18n/catalogue";
import type { LiveAgent } from "../protocol";

export type Level = "need" | "watch" | "calm" | "off";

export interface Need {
  level: Level;
  why: Key | null;
  /** The limit that was passed, in µs. */
  limit: number;
}

interface Rule {
  applies: (agent: LiveAgent) => boolean;
  level: Level;
  why: Key;
  /** µs in the state until the rule holds. */
  limit: number;
}

const inPhase = (phase: string) => (agent: LiveAgent) => agent.phase === phase;
const inState = (state: string) => (agent: LiveAgent) => agent.state === state;

const RULES: readonly Rule[] = [
  { applies: inState("unreachable"), level: "need", why: "need.unreachable", limit: 0 },
  { applies: inPhase("alone"), level: "need", why: "need.alone", limit: 0 },
  { applies: inPhase("held"), level: "need", why: "need.hold", limit: 4 * MINUTE },
  { applies: inState("connecting"), level: "need", why: "need.connecting", limit: 5 * SECOND },
  { applies: inState("talking"), level: "watch", why: "need.talk", limit: 15 * MINUTE },
  { applies: inState("wrap"), level: "watch", why: "need.wrap", limit: 2 * MINUTE },
  { applies: inState("paused"), level: "watch", why: "need.pause", limit: 45 * MINUTE },
];

/** Judges one agent. Since is of the phase where the agent is in a call. */
export function need(agent: LiveAgent, since: number, now: number): Need {
  const rule = RULES.find((r) => r.applies(agent) && now - since >= r.limit);
  if (rule !== undefined) return { level: rule.level, why: rule.why, limit: rule.limit };
  return { level: agent.state === "offline" ? "off" : "calm", why: null, limit: 0 };
}

export type Order = "need" | "state" | "name";
const LEVELS: readonly Level[] = ["need", "watch", "calm", "off"];
const STATES = ["talking", "consulting", "supervising", "connecting", "ringing", "reserved", "wrap", "ready", "paused", "unreachable", "offline"];

export interface Judged {
  agent: LiveAgent;
  need: Need;
  since: number;
}

/** Sorts a copy; within one rank whoever is longest in the state comes first. */
export function sorted(agents: readonly Judged[], order: Order, locale: string): Judged[] {
  const byName = new Intl.Collator(locale);
  const rank = (j: Judged) => {
    if (order === "need") return LEVELS.indexOf(j.need.level) * 100 + STATES.indexOf(j.agent.state);
    return order === "state" ? STATES.indexOf(j.agent.state) : 0;
  };
  return [...agents].sort((a, b) => {
    const first = rank(a) - rank(b);
    if (first !== 0) return first;
    if (order === "name") return byName.compare(a.agent.name, b.agent.name);
    return a.since - b.since || byName.compare(a.agent.name, b.agent.name);
  });
}
