// The server's clock on the page, in µs. It steps four times a second, so that
// a shown second is never late by more than that.

class Clock {
  now = $state(Date.now() * 1000);
  #offset = 0;

  constructor() {
    setInterval(() => this.#tick(), 250);
  }

  /** How far the server is ahead of this computer, in µs. */
  set offset(micros: number) {
    this.#offset = micros;
    this.#tick();
  }
  get offset(): number {
    return this.#offset;
  }

  #tick(): void {
    this.now = Date.now() * 1000 + this.#offset;
  }
}

export const clock = new Clock();
