// What a stamp's data says, as far as the timeline needs it.
import type { StampRow } from "../protocol";

function field(stamp: Pick<StampRow, "data">, name: string): unknown {
  const { data } = stamp;
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}

export function legOf(stamp: Pick<StampRow, "data">): number | undefined {
  const leg = field(stamp, "leg");
  return typeof leg === "number" ? leg : undefined;
}

export function valueOf(stamp: Pick<StampRow, "data">): number | undefined {
  const value = field(stamp, "value");
  return typeof value === "number" ? value : undefined;
}

export function codeOf(stamp: Pick<StampRow, "data">): string | undefined {
  const code = field(stamp, "code");
  return typeof code === "string" ? code : undefined;
}
