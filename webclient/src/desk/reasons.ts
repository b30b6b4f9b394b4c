// Why an agent is paused, in the names that managers gave.
import { i18n } from "../i18n/index.svelte";
import type { AuxReason } from "../protocol";

/** The reason's name in the page's language, else in English, else the page's own word for it. */
export function reasonName(reasons: readonly AuxReason[], code: string): string {
  const names = reasons.find((reason) => reason.code === code)?.names;
  return names?.[i18n.language] || names?.en || i18n.word("pause.", code);
}

/** How long the pause may last, in µs; 0 = as long as one likes. */
export function reasonLimit(reasons: readonly AuxReason[], code: string | undefined): number {
  return reasons.find((reason) => reason.code === code)?.limit_us ?? 0;
}
