// The names of stamps in the page's language.
import { i18n, t } from "../i18n/index.svelte";
import type { Mark, StampRow } from "../protocol";
import { duration, stampTime } from "../i18n/format";
import type { Lens } from "./lens";
import type { Words } from "./layout";
import { lane } from "./mark";
import { legOf, valueOf } from "./stamp";

/** The name of a stamp; some kinds read differently on each side's leg. */
export function kindName(kind: string, leg: number | undefined, value?: number): string {
  const sided = `${kind}.${lane(kind, leg)}`;
  const own = leg === undefined ? sided : i18n.word("stamp.", sided);
  if (own !== sided) return own;
  return i18n.word("stamp.", kind, value === undefined ? { value: "" } : { value });
}

export const stampName = (stamp: StampRow): string => kindName(stamp.kind, legOf(stamp), valueOf(stamp));
/** A desk's mark; the score of a survey stands in the call beside it. */
export const markName = (mark: Mark, score?: number): string => kindName(mark.kind, mark.leg, score);

export const seconds = (s: number): string => t("unit.seconds", { n: i18n.format.number(s) });

/** How long a lens is: "18 seconds" reads better than 17.660 s. */
function about(us: number): string {
  return us < 60_000_000 ? i18n.format.wholeSeconds(us) : duration(us);
}

export function words(agent: string): Words {
  return {
    customer: t("tl.customer"),
    agent: agent || t("tl.agent"),
    stamp: stampName,
    measure: (kpi) => i18n.word("measure.", kpi),
    lens: (lens: Lens) => {
      if (lens.which === "whole") return t("stamps.fromInvite");
      return t(lens.which === "first" ? "tl.first" : "tl.last", { time: about(lens.to - Math.max(0, lens.from)) });
    },
    exact: (us) => i18n.format.exact(us),
    seconds,
    journal: (seq) => t("tl.journal", { n: grouped(seq) }),
    unsealed: t("tl.unsealed"),
  };
}

/** 48 211 904: a journal number is no quantity, so it has spaces everywhere. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, " ");
}

export { stampTime };
