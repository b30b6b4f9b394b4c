// Which of the server's troubles an agent is told of, and when.
import type { Scene } from "./state";

const ALWAYS: readonly Scene[] = ["idle", "ringing", "call", "wrap"];

/** A talk is not interrupted for what matters after it. */
const WHEN: ReadonlyMap<string, readonly Scene[]> = new Map([
  ["draining", ALWAYS],
  ["fenced", ALWAYS],
  ["journal_failing", ["idle", "wrap"]],
  ["journal_disk_full", ["idle", "wrap"]],
  ["postgres_away", ["idle", "wrap"]],
]);

export function concerns(id: string, scene: Scene): boolean {
  return WHEN.get(id)?.includes(scene) ?? false;
}
