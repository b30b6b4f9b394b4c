import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Phone, type PhoneState } from "./phone";

/** A connection that does what the test says; what arrives is counted in stats. */
class FakePeer {
  static made: FakePeer[] = [];
  connectionState: RTCPeerConnectionState = "new";
  signalingState: RTCSignalingState = "stable";
  localDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: unknown = null;
  closed = false;
  arrived = 0;

  constructor() {
    FakePeer.made.push(this);
  }
  addTransceiver() {
    const sender = { replaceTrack: () => Promise.resolve(), getParameters: () => ({ codecs: [], encodings: [] }) };
    return { sender, setCodecPreferences: () => undefined };
  }
  setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: `offer ${FakePeer.made.length}` };
    this.signalingState = "have-local-offer";
    return Promise.resolve();
  }
  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map([["1", { type: "inbound-rtp", kind: "audio", packetsReceived: this.arrived }]]));
  }
  close(): void {
    this.closed = true;
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);

/** A phone that is up, with sound arriving until the test stops it. */
async function talking() {
  const offers: string[] = [];
  const states: PhoneState[] = [];
  const network = { reachable: true };
  const phone = new Phone(
    {
      offer: (sdp) => {
        offers.push(sdp);
        return Promise.resolve();
      },
      reachable: () => network.reachable,
      state: (state) => states.push(state),
      quality: () => undefined,
      blocked: () => undefined,
    },
    {},
  );
  await phone.start();
  const first = FakePeer.made[0]!;
  first.become("connected");
  phone.setActive(true);
  const sound = setInterval(() => first.arrived++, 20);
  await vi.advanceTimersByTimeAsync(2000);
  return { phone, offers, states, network, first, silence: () => clearInterval(sound), last: () => FakePeer.made[FakePeer.made.length - 1]! };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.made = [];
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal("MediaStream", class {
    getTracks = () => [];
  });
  const track = { readyState: "live", enabled: true, stop: () => undefined };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve({ getAudioTracks: () => [track], getTracks: () => [track] }) } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a cut", () => {
  it("is waited for while the server is not heard either, and heals without an offer", async () => {
    const p = await talking();
    p.silence();
    p.network.reachable = false;
    await vi.advanceTimersByTimeAsync(5000);
    p.first.become("disconnected");
    await vi.advanceTimersByTimeAsync(5000);
    p.first.become("connected");
    p.network.reachable = true;
    p.phone.suspect();
    const again = setInterval(() => p.first.arrived++, 20);
    await vi.advanceTimersByTimeAsync(5000);
    clearInterval(again);
    expect(p.offers).toEqual(["offer 1"]);
    expect(p.first.closed).toBe(false);
  });

  it("that the connection has not outlived ends with a new one, 0.6 s after the socket", async () => {
    const p = await talking();
    p.silence();
    p.network.reachable = false;
    await vi.advanceTimersByTimeAsync(10_000);
    p.network.reachable = true;
    p.phone.suspect();
    await vi.advanceTimersByTimeAsync(500);
    expect(p.offers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(p.offers).toHaveLength(2);
    expect(p.first.closed).toBe(false);
    p.last().become("connected");
    expect(p.first.closed).toBe(true);
  });

  it("of the sound alone is mended by a new connection within 7 s, also where the server says nothing", async () => {
    const p = await talking();
    p.silence();
    await vi.advanceTimersByTimeAsync(3500);
    expect(p.offers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3500);
    expect(p.offers).toHaveLength(2);
  });
});

describe("a connection", () => {
  it("that says that it is disconnected is replaced at once where the server is heard", async () => {
    const p = await talking();
    p.first.become("disconnected");
    await settle();
    expect(p.offers).toHaveLength(2);
  });

  it("that was up is kept beside all that follow until one of them is", async () => {
    const p = await talking();
    p.phone.renew();
    await settle();
    const second = p.last();
    p.phone.renew();
    await settle();
    expect([p.offers.length, p.first.closed, second.closed]).toEqual([3, false, true]);
    p.last().become("connected");
    expect(p.first.closed).toBe(true);
  });

  it("that failed is made anew only when the server is heard, however long that takes", async () => {
    const p = await talking();
    p.silence();
    p.network.reachable = false;
    p.first.become("failed");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(p.offers).toHaveLength(1);
    expect(p.states).not.toContain("failed");
    p.network.reachable = true;
    await vi.advanceTimersByTimeAsync(600);
    expect(p.offers).toHaveLength(2);
  });

  it("that does not come up is tried four times, then it is said", async () => {
    const p = await talking();
    for (let i = 0; i < 6; i++) {
      p.last().become("failed");
      await vi.advanceTimersByTimeAsync(3000);
    }
    expect(p.offers).toHaveLength(5);
    expect(p.states[p.states.length - 1]).toBe("failed");
  });
});
