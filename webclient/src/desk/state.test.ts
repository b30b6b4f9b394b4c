import { describe, expect, it } from "vitest";
import type { Call, ServerFrame } from "../protocol";
import { blank, next, onLine, scene, type DeskState } from "./state";

const shelf = import.meta.glob("../../../api/testdata/wire/frame_*.json", { eager: true, import: "default" });
const frame = (type: string) => shelf[`../../../api/testdata/wire/frame_${type}.json`] as ServerFrame;
const body = <T>(type: string) => (frame(type) as unknown as { body: T }).body;
const after = (state: DeskState, ...frames: ServerFrame[]) => frames.reduce(next, state);

const talking: Call = { ...body<Call>("call"), phase: "talking", wrap: undefined, done: undefined };
const call = (over: Partial<Call>): ServerFrame => ({ type: "call", body: { ...talking, ...over } });

describe("the desk's picture", () => {
  it("goes from ready over ringing and talk to wrap-up and back", () => {
    const scenes: string[] = [];
    let state = blank;
    for (const step of [
      frame("welcome"),
      frame("ring"),
      call({ phase: "connecting" }),
      call({}),
      call({ phase: "surveying", wrap: true }),
      call({ phase: "closed", wrap: true, done: true }),
    ]) {
      state = next(state, step);
      scenes.push(scene(state));
    }
    expect(scenes).toEqual(["idle", "ringing", "call", "call", "wrap", "idle"]);
    expect(state.dispositions).toHaveLength(5);
  });

  it("goes on ringing while the offered call changes", () => {
    const ringing = next(blank, frame("ring"));
    const offered = call({ call: ringing.ring?.call.call ?? "", phase: "offering", segment: undefined, marks: [] });
    expect(scene(next(ringing, offered))).toBe("ringing");
    expect(next(ringing, offered).ring?.call.phase).toBe("offering");
    expect(scene(next(blank, offered))).toBe("idle");
    expect(scene(next(blank, call({ phase: "dialing", segment: undefined })))).toBe("call");
  });

  it("says why an offer went, and forgets it at the next ring", () => {
    const gone = after(blank, frame("ring"), frame("unring"));
    expect([gone.ring, gone.unring]).toEqual([null, "customer_gone"]);
    expect(next(gone, frame("ring")).unring).toBe("");
    expect(after(blank, frame("ring"), { type: "unring", body: { offer: "another", end: "timed_out" } }).ring).not.toBeNull();
  });

  it("keeps the call over a resumed welcome and clears it at a fresh one", () => {
    const inCall = after(blank, frame("welcome"), call({}));
    const welcome = frame("welcome") as Extract<ServerFrame, { type: "welcome" }>;
    const resumed: ServerFrame = { ...welcome, body: { ...welcome.body, resumed: true } };
    expect(next(inCall, resumed).call).not.toBeNull();
    expect(next(inCall, welcome).call).toBeNull();
  });

  it("knows of the server's troubles until they are taken back, or the next welcome", () => {
    const told = next(blank, frame("notice"));
    expect(told.degraded.map((d) => d.id)).toEqual(["postgres_away"]);
    expect(next(told, { type: "notice", body: { degraded: [] } }).degraded).toEqual([]);
    expect(next(told, frame("welcome")).degraded).toEqual([]);
  });

  it("ends only the call that is shown", () => {
    const inCall = next(blank, call({}));
    expect(next(inCall, call({ call: "another", done: true })).call).not.toBeNull();
  });
});

it.each([
  ["connecting", {}, true],
  ["talking", {}, true],
  ["held", {}, true],
  ["alone", {}, true],
  ["surveying", { wrap: true }, false],
  ["over", { wrap: true }, false],
  ["dialing", {}, false],
] as const)("the microphone in phase %s, %o: %s", (phase, over, on) => {
  expect(onLine({ ...talking, phase, ...over })).toBe(on);
});
