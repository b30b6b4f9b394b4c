// From phases and states to the two lanes: the customer above, the agent below.
import type { AgentBand, Band, Mark } from "../protocol";
import { agentTexture, customerTexture, type Stretch, type Texture } from "./band";

/** The customer's lane from the call's phases. */
export function customerLane(bands: readonly Band[], start: number, end: number): Stretch[] {
  return bands.flatMap((band) => stretch(customerTexture[band.phase], band.from - start, (band.to || end) - start));
}

/** The agents' lane. While talking it shows what the call does: holds, gaps. */
export function agentLane(states: readonly AgentBand[], bands: readonly Band[], start: number, end: number): Stretch[] {
  return states.flatMap((state) => {
    const from = state.from - start;
    const to = (state.to || end) - start;
    if (state.state !== "talking") return stretch(agentTexture[state.state], from, to);
    return bands.flatMap((band) => {
      const x1 = Math.max(from, band.from - start);
      const x2 = Math.min(to, (band.to || end) - start);
      return stretch(agentTexture[band.phase], x1, x2);
    });
  });
}

function stretch(texture: Texture | undefined, from: number, to: number): Stretch[] {
  return texture === undefined || to <= from ? [] : [{ texture, from, to }];
}

/** The phases so far, from the marks of a running call. */
export function phases(marks: readonly Mark[], now: number): Band[] {
  const bands: Band[] = [];
  for (const mark of marks) {
    if (!mark.phase) continue;
    const last = bands[bands.length - 1];
    if (last !== undefined) last.to = mark.at;
    bands.push({ phase: mark.phase, from: mark.at, to: now });
  }
  return bands;
}

/** The agent's own states so far, from the same marks. */
export function agentStates(marks: readonly Mark[], now: number): AgentBand[] {
  const states: AgentBand[] = [];
  const begin = (state: string, at: number) => {
    const last = states[states.length - 1];
    if (last?.to === 0) last.to = at;
    if (state !== "") states.push({ agent: "", name: "", state, from: at, to: 0 });
  };
  for (const mark of marks) {
    const state = BEGINS[mark.kind];
    if (state !== undefined) begin(state, mark.at);
  }
  begin("", now);
  return states;
}

const BEGINS: Readonly<Record<string, string>> = {
  "offer.created": "ringing",
  "offer.ended": "",
  "offer.accepted": "connecting",
  "segment.connected": "talking",
  "segment.ended": "wrap",
  "wrap.started": "wrap",
  "wrap.ended": "",
};
