// Who can be chosen for a transfer or a consultation, as the agent types.
import type { Targets } from "../protocol";

export interface Choice {
  kind: "agent" | "queue" | "menu" | "number";
  id: string;
  name: string;
  /** Of an agent: the state; who is not ready can't be rung. */
  state?: string;
}

/** Choices in the order of the list: numbers first, then who is ready. */
export function choices(targets: Targets, typed: string, use: "transfer" | "consult", mayDial: boolean): Choice[] {
  const wanted = plain(typed.trim());
  const has = (name: string) => wanted === "" || plain(name).includes(wanted);
  const agents = targets.agents
    .filter((agent) => has(agent.name))
    .sort((a, b) => Number(b.state === "ready") - Number(a.state === "ready"))
    .map((agent): Choice => ({ kind: "agent", ...agent }));
  const of = (kind: "queue" | "menu", list: Targets["queues"]) => list.filter((one) => has(one.name)).map((one): Choice => ({ kind, ...one }));
  return [
    ...(mayDial && isNumber(typed) ? [{ kind: "number" as const, id: typed.trim(), name: typed.trim() }] : []),
    ...agents,
    ...of("queue", targets.queues),
    ...(use === "transfer" ? of("menu", targets.menus) : []), // nobody can be spoken with in a menu
  ];
}

/** Whether the choice can be had now. */
export const open = (choice: Choice): boolean => choice.kind !== "agent" || choice.state === "ready";

/** What a person would dial: digits with a + and what groups them. */
export function isNumber(typed: string): boolean {
  return /^\+?[\d\s().-]+$/.test(typed.trim()) && typed.replace(/\D/g, "").length >= 3;
}

/** Without marks and case: "binh" finds Bình, and "dung" Đung. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}
