import { describe, expect, it } from "vitest";
import type { Call } from "../protocol";
import { controls } from "./controls";

const shelf = import.meta.glob("../../../api/testdata/wire/frame_call.json", { eager: true, import: "default" });
const [frame] = Object.values(shelf) as { body: Call }[];
const bare: Call = {
  ...(frame as { body: Call }).body,
  phase: "talking",
  wrap: undefined,
  done: undefined,
  held_by: [],
  muted: false,
  asking: undefined,
  others: [],
  failed: undefined,
  recording: undefined,
  on_demand: false,
  marks: [],
};
const by = (id: string, over: Partial<NonNullable<Call["asking"]>> = {}): Call["asking"] => ({
  kind: "consult",
  by: { id, name: "Anna" },
  who: { kind: "agent", id: "a-binh", name: "Bình" },
  since: 100,
  ...over,
});
/** What each control does, or why it can't. */
const drawn = (over: Partial<Call>) => {
  const c = controls({ ...bare, ...over }, "a-anna");
  return Object.fromEntries(Object.entries(c).map(([name, one]) => [name, one.why ?? one.move]));
};

describe("controls of a call", () => {
  it.each<[string, Partial<Call>, Record<string, string>]>([
    ["talking", {}, { hold: "hold", transfer: "transfer", add: "consult", park: "park", end: "end", mute: "mute" }],
    ["held", { phase: "held", held_by: ["agent"] }, { hold: "hold", transfer: "transfer", add: "consult", park: "park" }],
    ["connecting", { phase: "connecting" }, { mute: "mute", hold: "can.connecting", transfer: "can.connecting", park: "can.connecting", end: "end" }],
    ["dialing", { phase: "dialing" }, { mute: "can.dialing", pad: "can.dialing", transfer: "can.dialing", end: "end" }],
    ["alone", { phase: "alone" }, { hold: "can.alone", transfer: "can.alone", add: "can.alone" }],
    ["a blind transfer that rings nowhere yet", { asking: by("a-anna", { kind: "blind" }) }, { hold: "cancel", transfer: "can.asking", add: "can.asking", park: "can.asking", end: "end" }],
    ["a consultation that nobody hears of yet", { phase: "consulting", asking: by("a-anna") }, { hold: "back", transfer: "can.unrung", add: "can.unanswered", park: "can.consulting", end: "can.waits" }],
    [
      "a consultation that rings",
      { phase: "consulting", asking: by("a-anna"), marks: [{ n: 9, at: 100, kind: "offer.created" }] },
      { transfer: "complete", add: "can.unanswered" },
    ],
    [
      "one that was declined, the next not yet rung",
      { phase: "consulting", asking: by("a-anna"), marks: [{ n: 9, at: 100, kind: "offer.created" }, { n: 10, at: 101, kind: "offer.ended" }] },
      { transfer: "can.unrung" },
    ],
    ["the offer of the call itself is none of it", { phase: "consulting", asking: by("a-anna"), marks: [{ n: 2, at: 9, kind: "offer.accepted" }] }, { transfer: "can.unrung" }],
    ["a number that rings", { phase: "consulting", asking: by("a-anna", { who: { kind: "number", number: "+84" } }) }, { transfer: "complete" }],
    ["a consultation", { phase: "consulting", asking: by("a-anna", { answered: true }) }, { hold: "back", transfer: "complete", add: "conference", end: "can.waits", mute: "mute" }],
    ["who is consulted", { phase: "consulting", role: "consulted", asking: by("a-chi", { answered: true }) }, { hold: "can.consulted", transfer: "can.consulted", add: "can.consulted", park: "can.consulted", end: "end", mute: "mute" }],
    ["three", { phase: "conferencing" }, { hold: "can.conferencing", transfer: "can.conferencing", add: "can.conferencing", park: "can.conferencing", end: "end", mute: "mute" }],
  ])("%s", (_, over, want) => expect(drawn(over)).toMatchObject(want));

  it.each<[string, Partial<Call>, string, boolean]>([
    ["nobody records", {}, "can.notRecorded", false],
    ["on demand", { on_demand: true }, "record", false],
    ["on demand, on hold: the customer can't be told", { on_demand: true, phase: "held" }, "can.connecting", false],
    ["being told", { recording: "announcing" }, "can.told", true],
    ["recorded", { recording: "on" }, "recPause", false],
    ["paused for a card", { recording: "paused", phase: "held" }, "recPause", true],
    ["failed", { recording: "failed", on_demand: true }, "can.recFailed", false],
  ])("recording: %s", (_, over, want, on) => {
    expect(drawn(over).record).toBe(want);
    expect(controls({ ...bare, ...over }, "a-anna").record.on).toBe(on);
  });

  it("shows what is pressed", () => {
    const c = controls({ ...bare, phase: "held", held_by: ["agent"], muted: true }, "a-anna");
    expect([c.mute.on, c.hold.on]).toEqual([true, true]);
  });
});
