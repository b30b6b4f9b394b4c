// A Problem in the page's words: what, why, what to do.
import { t } from "../i18n/index.svelte";
import { Problem } from "./http";

export interface Told {
  text: string;
  id: string;
}

export function tell(error: unknown): Told {
  if (!(error instanceof Problem)) return { text: t("error.failed"), id: "" };
  const kind = error.kind === "unauthorized" ? "forbidden" : error.kind;
  const own = t(`error.${kind}`);
  const text = error.kind === "failed" && error.message !== "" ? error.message : own;
  return { text, id: error.id };
}
