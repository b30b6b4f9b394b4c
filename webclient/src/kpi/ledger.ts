// The sum that must hold: entered = Σ exits by reason + waiting.
import type { Ledger } from "../protocol";

const USUAL = ["connected", "abandoned", "abandoned_short", "abandoned_at_offer", "abandoned_at_whisper", "timeout", "empty", "overflow", "key", "callback_requested", "closed", "system_failure"];

export interface Term {
  reason: string;
  n: number;
}

/** The exits that happened, the usual reasons first. */
export function identity(ledger: Ledger): Term[] {
  const rank = (reason: string) => (USUAL.includes(reason) ? USUAL.indexOf(reason) : USUAL.length);
  return Object.entries(ledger.exits)
    .map(([reason, n]) => ({ reason, n }))
    .filter((term) => term.n !== 0)
    .sort((a, b) => rank(a.reason) - rank(b.reason) || a.reason.localeCompare(b.reason));
}
