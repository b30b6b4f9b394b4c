// How far the server's clock is ahead of the page's, in µs.

const KEEP = 8;

/** Keeps the measurement with the shortest way there and back among the last
 *  few: half of that way bounds its error. */
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
    this.#samples.push({ offset: serverAt - (sentAt + trip / 2), trip });
    if (this.#samples.length > KEEP) this.#samples.shift();
  }
}
