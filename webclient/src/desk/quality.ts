// How the voice sounds, in a word, from what the browser counts.

export type Quality = "excellent" | "good" | "fair" | "poor" | "lost";

/** Counters of one getStats, as they grow. */
export interface Sample {
  at: number; // ms
  received: number; // packets
  lost: number; // packets
  jitterMs: number;
  tripMs: number; // there and back; 0 = unknown
}

export interface Heard {
  lossPercent: number;
  delayMs: number; // one way, with the jitter buffer
  mos: number; // 1 … 4.4, an estimate
  silent: boolean; // no packet at all arrived
}

/** What happened between two samples. */
export function between(before: Sample, after: Sample): Heard {
  const received = Math.max(0, after.received - before.received);
  const lost = Math.max(0, after.lost - before.lost);
  const lossPercent = received + lost === 0 ? 0 : (100 * lost) / (received + lost);
  const delayMs = after.tripMs / 2 + 2 * after.jitterMs + 20;
  return { lossPercent, delayMs, mos: mos(lossPercent, delayMs), silent: received === 0 };
}

/** The E-model of ITU-T G.107 cut down to G.711: R = 93.2 − Id − Ie,eff, with
 *  the packet-loss robustness Bpl = 4.3 of G.711 without concealment (G.113). */
export function mos(lossPercent: number, delayMs: number): number {
  const late = Math.max(0, delayMs - 177.3);
  const id = 0.024 * delayMs + 0.11 * late;
  const ie = (95 * lossPercent) / (lossPercent + 4.3);
  const r = Math.min(100, Math.max(0, 93.2 - id - ie));
  return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
}

function word(heard: Heard): Quality {
  if (heard.silent) return "lost";
  if (heard.mos >= 4.2) return "excellent";
  if (heard.mos >= 3.9) return "good";
  if (heard.mos >= 3.4) return "fair";
  return "poor";
}

const ORDER: readonly Quality[] = ["lost", "poor", "fair", "good", "excellent"];

/** Samples in a row that must be worse before the word falls, and better
 *  before it rises: raised late, so that it does not flicker. */
const FALL = 3;
const RISE = 6;

/** The word on the page, with hysteresis. */
export class QualityWord {
  #word: Quality | null = null;
  #worse = 0;
  #better = 0;

  /** Takes one measurement and returns the word to show. */
  take(heard: Heard): Quality {
    const now = word(heard);
    if (this.#word === null) return (this.#word = now);
    const step = ORDER.indexOf(now) - ORDER.indexOf(this.#word);
    this.#worse = step < 0 ? this.#worse + 1 : 0;
    this.#better = step > 0 ? this.#better + 1 : 0;
    if (this.#worse >= FALL || this.#better >= RISE) {
      this.#word = now;
      this.#worse = this.#better = 0;
    }
    return this.#word;
  }

  reset(): void {
    this.#word = null;
    this.#worse = this.#better = 0;
  }
}
