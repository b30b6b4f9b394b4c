// How a KPI is drawn: a duration as the distance of two stamps, a rate as a
// fraction, everything else by its symbols.
import type { Kpi } from "../protocol";
import type { Texture } from "../timeline/band";

export interface Distance {
  form: "distance";
  from: string; // kind of stamp
  to: string;
  before: Texture | null;
  band: Texture;
  after: Texture | null;
}

export interface Fraction {
  form: "fraction";
  num: string;
  den: string;
}

export interface Symbols {
  form: "symbols";
  text: string;
}

const DISTANCES: Readonly<Record<string, Omit<Distance, "form">>> = {
  "in.wait": { from: "queue.entered", to: "segment.connected", before: "thin", band: "dots", after: "talk" },
  "in.asa": { from: "queue.entered", to: "segment.connected", before: "thin", band: "dots", after: "talk" },
  "in.abandon_wait": { from: "queue.entered", to: "queue.exited", before: "thin", band: "dots", after: null },
  "in.longest_waiting_now": { from: "queue.entered", to: "queue.exited", before: "thin", band: "dots", after: null },
  "agt.answer_time": { from: "offer.ring_started", to: "offer.accepted", before: null, band: "ring", after: "talk" },
  "c.talk": { from: "segment.connected", to: "segment.ended", before: "dots", band: "talk", after: "wrap" },
  "c.hold": { from: "hold.started", to: "hold.ended", before: "talk", band: "hold", after: "talk" },
  "c.wrap": { from: "wrap.started", to: "wrap.ended", before: "talk", band: "wrap", after: null },
  "c.aht": { from: "segment.connected", to: "wrap.ended", before: "dots", band: "talk", after: "wrap" },
};

export function formula(kpi: Pick<Kpi, "id" | "formula">): Distance | Fraction | Symbols {
  const distance = DISTANCES[kpi.id];
  if (distance !== undefined) return { form: "distance", ...distance };
  const parts = kpi.formula.split("÷");
  const [num, den] = parts;
  if (parts.length === 2 && num !== undefined && den !== undefined) {
    return { form: "fraction", num: num.trim(), den: bare(den.trim()) };
  }
  return { form: "symbols", text: kpi.formula };
}

/** A denominator needs no brackets under its line. */
function bare(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith("(") && text.endsWith(")") && !/[()]/.test(inner) ? inner : text;
}
