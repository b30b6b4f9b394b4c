// How a customer is called on the page.
import type { Call } from "../protocol";
import { t } from "../i18n/index.svelte";

/** The name, else the number, else that there is none. */
export function displayName(call: Pick<Call, "party">): string {
  return call.party.name || call.party.number || t("call.unknown");
}

/** Queue or campaign, whichever brought the call. */
export function origin(call: Pick<Call, "queue" | "campaign">): string {
  return call.queue.name || call.campaign.name;
}
