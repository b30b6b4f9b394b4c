// What the explorer has read: catalogue, reports, calls, one call.
import { callDetail, callRow, kpi as kpiSchema, list, report as reportSchema } from "../protocol";
import type { CallDetail, CallRow, Kpi, Report } from "../protocol";
import { get } from "../shell/http";
import { tell, type Told } from "../shell/problem";
import { slotOf, type Choice } from "./choice";
import { asked, query, rangeOf } from "./range";

/** The server's own limit of one list. */
const MOST_CALLS = "500";

export class ExplorerData {
  catalogue = $state.raw<Kpi[]>([]);
  breakdown = $state.raw<Report | null>(null);
  series = $state.raw<Report | null>(null);
  calls = $state.raw<CallRow[] | null>(null);
  call = $state.raw<CallDetail | null>(null);
  problem = $state.raw<Told | null>(null);
  readonly zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  #reports: AbortController | null = null;
  #calls: AbortController | null = null;
  #call: AbortController | null = null;

  async loadCatalogue(): Promise<void> {
    await this.#try(async () => {
      this.catalogue = await get("api/kpis", list(kpiSchema));
    });
  }

  /** The value with its breakdown, and its course. */
  async loadReports(choice: Choice): Promise<void> {
    this.#reports?.abort();
    const { signal } = (this.#reports = new AbortController());
    const range = asked(rangeOf(choice.range, Date.now(), this.zone));
    const ask = (group: string) =>
      get(`api/kpi?${query({ ids: choice.kpi, ...range, group, zone: this.zone })}`, reportSchema, signal);
    await this.#try(async () => {
      [this.breakdown, this.series] = await Promise.all([ask(choice.group), ask(slotOf(choice.range).group)]);
    });
  }

  async loadCalls(choice: Choice): Promise<void> {
    this.#calls?.abort();
    const { signal } = (this.#calls = new AbortController());
    const range = asked(rangeOf(choice.range, Date.now(), this.zone));
    const where: Record<string, string> = choice.key ? { group: choice.by, key: choice.key } : {};
    const path = `api/kpi/${encodeURIComponent(choice.kpi)}/calls?${query({ ...range, ...where, zone: this.zone, limit: MOST_CALLS })}`;
    await this.#try(async () => {
      const newestFirst = await get(path, list(callRow), signal);
      this.calls = newestFirst.sort((a, b) => a.created - b.created);
    });
  }

  async loadCall(id: string): Promise<void> {
    this.#call?.abort();
    this.call = this.call?.id === id ? this.call : null;
    if (id === "") return;
    const { signal } = (this.#call = new AbortController());
    await this.#try(async () => {
      this.call = await get(`api/calls/${encodeURIComponent(id)}`, callDetail, signal);
    });
  }

  stop(): void {
    this.#reports?.abort();
    this.#calls?.abort();
    this.#call?.abort();
  }

  async #try(run: () => Promise<void>): Promise<void> {
    try {
      await run();
      this.problem = null;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.problem = tell(error);
    }
  }
}
