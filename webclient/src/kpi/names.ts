// A KPI's name in the page's language.
import { i18n } from "../i18n/index.svelte";
import type { Figure, Kpi } from "../protocol";

export function kpiName(kpi: Pick<Kpi, "id" | "names">): string {
  return kpi.names[i18n.language] ?? kpi.names.en ?? kpi.id;
}

/** Of how many items a figure speaks. */
export function counted(figure: Figure | undefined): number {
  return figure?.n ?? figure?.den ?? (figure?.unit === "n" ? figure.num : 0);
}
