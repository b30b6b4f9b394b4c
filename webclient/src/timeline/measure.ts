// Which distance on the timeline a KPI is about. Some KPIs count or divide
// what another one measures.

const SAME: Readonly<Record<string, string>> = {
  "in.asa": "in.wait",
  "in.connected": "in.wait",
  "in.offered": "in.wait",
  "in.abandoned": "in.abandon_wait",
  "in.abandon_rate": "in.abandon_wait",
  "in.abandoned_short": "in.abandon_wait",
  "in.missed": "in.abandon_wait",
  "in.missed_rate": "in.abandon_wait",
  "c.aht": "c.talk",
  "v.responded": "v.csat",
  "v.response_rate": "v.csat",
};

/** The KPI whose measures a call's timeline shows for this one. */
export function measureOf(kpi: string): string {
  return kpi.startsWith("in.sl_") ? "in.wait" : (SAME[kpi] ?? kpi);
}
