// Numbers as people write them in each language. Durations come as whole µs.
import type { Figure } from "../protocol";
import type { Catalogue } from "./catalogue";

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const NOTHING = "–";

/** 0:42, 4:31, 1:02:09; whole seconds that have passed. Less than nothing is nothing. */
export function duration(us: number): string {
  const seconds = Math.max(0, Math.floor(us / SECOND));
  const s = String(seconds % 60).padStart(2, "0");
  const m = Math.floor(seconds / 60) % 60;
  const h = Math.floor(seconds / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** What is left of a countdown: it shows 0:00 only when nothing is left. */
export function countdown(us: number): string {
  return duration(Math.ceil(Math.max(0, us) / SECOND) * SECOND);
}

/** Seconds from INVITE to the millisecond: 7.020. Beyond 100 s still so. */
export function stampTime(us: number): string {
  return (us / SECOND).toFixed(3);
}

/** Rates whose first decimals decide: a limit of 3 % is watched to 0.01 %. */
const FINE = new Set(["in.abandon_rate", "out.abandon_rate"]);

export type Measured = Pick<Figure, "kpi" | "value" | "mean" | "n" | "unit">;

/** The number that people compare: of times the mean, else the value. */
export function shown(figure: Measured | undefined): number | null {
  if (figure === undefined) return null;
  if (figure.mean !== undefined) return figure.mean;
  return figure.unit === "s" && !figure.n ? null : figure.value;
}

export class Format {
  constructor(
    readonly locale: string,
    private readonly words: Catalogue,
  ) {}

  number(n: number, digits = 0): string {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.locale, options).format(n).replace("-", "−");
  }

  /** 17.8 s under a minute, 4:31 from there on. */
  seconds(us: number): string {
    if (Math.abs(us) >= MINUTE) return duration(us);
    return this.words["unit.seconds"].replace("{n}", this.number(us / SECOND, 1));
  }

  wholeSeconds(us: number): string {
    return this.words["unit.seconds"].replace("{n}", this.number(Math.round(us / SECOND)));
  }

  /** Milliseconds, for a dimension line on a timeline. */
  exact(us: number): string {
    if (us >= MINUTE) return `${duration(us)}.${String(Math.floor((us % SECOND) / 100_000))}`;
    return this.words["unit.seconds"].replace("{n}", this.number(us / SECOND, 3));
  }

  percent(n: number, kpi = ""): string {
    const digits = n === 0 ? 0 : FINE.has(kpi) ? 2 : n < 10 ? 1 : 0;
    return this.words["unit.percent"].replace("{n}", this.number(n, digits));
  }

  /** A KPI by its unit, a total of times as its mean. Nothing is –, never 0. */
  figure(figure: Measured | undefined): string {
    const value = shown(figure);
    if (figure === undefined || value === null) return NOTHING;
    const { unit, kpi } = figure;
    if (unit === "s") return this.seconds(value * SECOND);
    if (unit === "%") return this.percent(value, kpi);
    return this.number(value, Number.isInteger(value) ? 0 : 1);
  }

  /** 14:02 or 14:02:11, always 24 hours. */
  clock(at: number, zone?: string, seconds = false): string {
    return this.#date(at, {
      hour: "2-digit",
      minute: "2-digit",
      ...(seconds ? { second: "2-digit" } : {}),
      hourCycle: "h23",
      timeZone: zone,
    });
  }

  /** 21 Nov 2026, 21/11/2026, 2026/11/21. */
  date(at: number, zone?: string): string {
    const month = this.locale.startsWith("en") ? "short" : "2-digit";
    return this.#date(at, { day: "2-digit", month, year: "numeric", timeZone: zone });
  }

  /** 21 Nov, 21/11, 11/21. */
  day(at: number, zone?: string): string {
    const month = this.locale.startsWith("en") ? "short" : "2-digit";
    return this.#date(at, { day: "2-digit", month, timeZone: zone }).replace("-", "/");
  }

  #date(at: number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.locale, options).format(new Date(at / 1000));
  }
}
