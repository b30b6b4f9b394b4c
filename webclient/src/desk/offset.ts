// How far the server's clock is ahead of the page's, in µs.

const KEEP = 8;

// Two measurements that are further apart than half of both ways and this were
// taken of different clocks: one was set meanwhile.
const SLACK = 50_000;

/** Keeps the measurement with the shortest way there and back among the last
 *  few: half of that way bounds its error. Those from before a clock was set are
 *  forgotten. */
export class ClockOffset {
  #samples: { offset: number; trip: number }[] = [];
  #first = 0;

  get micros(): number {
    if (this.#samples.length === 0) return this.#first;
    return this.#samples.reduce((best, s) => (s.trip < best.trip ? s : best)).offset;
  }

  /** A first guess, late by the way from the server. */
  begin(offset: number): void {
    this.#first = offset;
    this.#samples = [];
  }

  measure(sentAt: number, serverAt: number, heardAt: number): void {
    const trip = heardAt - sentAt;
    if (trip < 0) return; // the page's clock was set meanwhile
    const offset = serverAt - (sentAt + trip / 2);
    this.#samples = this.#samples.filter((s) => Math.abs(s.offset - offset) <= (s.trip + trip) / 2 + SLACK);
    this.#samples.push({ offset, trip });
    if (this.#samples.length > KEEP) this.#samples.shift();
  }
}
