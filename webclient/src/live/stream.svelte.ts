// The live stream: one picture a second, and how old the one shown is.
import * as v from "valibot";
import { live as schema, type Live } from "../protocol";
import { STALE } from "../parts/age";

/** A stream that is silent so long is opened anew: some proxies keep a dead
 *  one open. */
const SILENCE_MS = 15_000;
/** A server that lives sends a picture each second. */
const LOST_MS = 4_000;

/** No picture travels so long, µs. */
const CLOCK_SET = 5_000_000;

export class LiveStream {
  /** What the page shows; stands still while frozen. */
  live = $state.raw<Live | null>(null);
  frozen = $state(false);
  /** The session has ended: nothing more will come. */
  refused = $state(false);
  now = $state(Date.now() * 1000);
  /** The last word of the server, frozen or not. */
  newest = $state.raw<Live | null>(null);
  #offset = Number.NEGATIVE_INFINITY;
  #heard = 0;
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Age of the picture in µs; null before the first one. */
  readonly age = $derived(this.live === null || this.live.at === 0 ? null : Math.max(0, this.now - this.live.at));
  /** The server itself is not heard. */
  silent = $state(false);
  readonly stale = $derived(this.live?.stale === true || (this.age ?? 0) >= STALE);

  start(): void {
    this.#open();
    this.#timer = setInterval(() => this.#tick(), 250);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source?.close();
  }

  toggleFreeze(): void {
    this.frozen = !this.frozen;
    if (!this.frozen) this.live = this.newest;
  }

  #open(): void {
    this.#source?.close();
    this.#heard = Date.now();
    const source = new EventSource(new URL("api/live", document.baseURI));
    this.#source = source;
    source.addEventListener("live", (event) => this.#hear(String((event as MessageEvent).data)));
    source.onerror = () => {
      // CLOSED means that the answer was no stream: most often a 401.
      if (source.readyState === EventSource.CLOSED) this.refused = true;
    };
  }

  #hear(text: string): void {
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!read.success) return;
    this.refused = false;
    this.#heard = Date.now();
    // The picture that travelled fastest tells best how the clocks differ; one
    // that is further off than any travels was sent after one of them was set.
    const offset = read.output.now - Date.now() * 1000;
    this.#offset = offset < this.#offset - CLOCK_SET ? offset : Math.max(this.#offset, offset);
    this.newest = read.output;
    if (!this.frozen) this.live = read.output;
    this.#tick();
  }

  #tick(): void {
    this.now = Date.now() * 1000 + (Number.isFinite(this.#offset) ? this.#offset : 0);
    this.silent = Date.now() - this.#heard > LOST_MS;
    if (Date.now() - this.#heard > SILENCE_MS) this.#open();
  }
}
