import { describe, expect, it } from "vitest";
import { agentTexture, customerTexture } from "../timeline/band";
import { look } from "../desk/presence";
import { en } from "./en";

// What the server can say, read from its own source: a new word without a
// translation would be shown as its id.
const sources = Object.values(
  import.meta.glob(["../../../kpi/stamp/*.go", "!../../../kpi/stamp/*_test.go"], { eager: true, query: "?raw", import: "default" }),
) as string[];
const words = (pattern: RegExp) => sources.flatMap((text) => [...text.matchAll(pattern)].map((found) => found[1] ?? ""));
const known = new Set<string>(Object.keys(en));

/** Kinds that no page shows: they are about agents, campaigns and nodes, not of a call. */
const APART = /^(agent|campaign|node|clock|bucket)\.|^dial\.(pacing|lead_skipped)$/;

describe("the server's words", () => {
  const kinds = words(/\) Kind\(\) Kind +\{ return "([a-z_.]+)" \}/g).filter((kind) => !APART.test(kind));
  const phases = words(/^\tPhase\w+ += "([a-z]+)"/gm);
  const states = words(/^\tState\w+ += "([a-z]+)"/gm);

  it("are found", () => {
    expect([kinds.length, phases.length, states.length].map((n) => n > 9)).toEqual([true, true, true]);
  });
  it.each(kinds)("a stamp: %s", (kind) => expect(known).toContain(`stamp.${kind}`));
  it.each(phases)("a phase: %s", (phase) => expect(known).toContain(`phase.${phase}`));
  it.each(states)("a state: %s", (state) => expect(known).toContain(`state.${state}`));

  /** Nothing of the customer is left to draw. */
  const ENDED = new Set(["over", "closed"]);
  it.each(phases.filter((phase) => !ENDED.has(phase)))("a phase is drawn: %s", (phase) => expect(Object.keys(customerTexture)).toContain(phase));

  const AWAY = new Set(["ready", "paused", "unreachable", "offline"]);
  it.each(states.filter((state) => !AWAY.has(state)))("a state is drawn: %s", (state) => expect(Object.keys(agentTexture)).toContain(state));
  // Offline looks like what is not known.
  it.each(states.filter((state) => state !== "offline"))("a state has a sign of its own: %s", (state) => expect(look(state)).not.toEqual(look("no such state")));
});
