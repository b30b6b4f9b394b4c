// The browser's half of the warm connection. From "Go ready" on it stands with
// ICE and DTLS done and no packet on it; a call only puts the microphone back
// on the line (replaceTrack), which needs no negotiation.
import type { IceServer } from "../protocol";
import { codecFor, lawsFirst } from "./codec";
import { between, QualityWord, type Quality, type Sample } from "./quality";

export type PhoneState = "down" | "asking" | "connecting" | "up" | "failed";
export type PhoneFault = "no_microphone" | "ice_failed";

export interface PhoneEvents {
  /** A new SDP offer to be sent; answered by answer(). */
  offer(sdp: string): Promise<void>;
  /** Whether the server would get an offer now. */
  reachable(): boolean;
  state(state: PhoneState, fault: PhoneFault | null): void;
  quality(quality: Quality | null, mos: number): void;
  /** The browser wants a click before it plays sound. */
  blocked(blocked: boolean): void;
}

/** In a call nothing arrived for so long, neither sound nor an answer to the
 *  browser's own check every 2.5 s: the way is broken. Its "disconnected"
 *  comes some seconds later. */
const DEAD_MS = 4000;
/** In a call packets come every 20 ms; when the socket or the network has come
 *  back, this much silence says that they come no more. */
const SUSPECT_MS = 600;
/** A connection that has not come up by then is made anew. */
const CONNECT_MS = 8000;
/** Without the server a new connection can't be made: look again after so long. */
const AGAIN_MS = 500;
const STATS_MS = 1000;
/** RFC 4733 tones: long enough for any exchange. */
const TONE_MS = 120;
const TONE_GAP_MS = 80;

export class Phone {
  /** The customer's voice, for the <audio> element and for tests. */
  readonly remote = new MediaStream();
  #state: PhoneState = "down";
  #microphone: MediaStreamTrack | null = null;
  #peer: RTCPeerConnection | null = null;
  #former: RTCPeerConnection | null = null;
  /** The peer has been up: as long as none is in its place it may heal. */
  #wasUp = false;
  #sender: RTCRtpSender | null = null;
  #audio: HTMLAudioElement | null = null;
  #active = false;
  #muted = false;
  #law = "";
  #iceServers: IceServer[] = [];
  #renewals = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stats: ReturnType<typeof setInterval> | undefined;
  #before: Sample | null = null;
  /** What had arrived when something last did, and when that was. */
  #arrived = -1;
  #arrivedAt = 0;
  readonly #word = new QualityWord();

  constructor(
    private readonly events: PhoneEvents,
    private readonly constraints: MediaTrackConstraints,
  ) {}

  get state(): PhoneState {
    return this.#state;
  }
  /** Whether the microphone is there and delivers: sent with every heartbeat. */
  get microphone(): boolean {
    return this.#microphone?.readyState === "live";
  }
  get device(): string {
    return this.#microphone?.label ?? "";
  }
  get track(): MediaStreamTrack | null {
    return this.#microphone;
  }

  /** Gives the element through which the customer is heard. */
  attach(audio: HTMLAudioElement): void {
    this.#audio = audio;
    audio.srcObject = this.remote;
  }

  setIceServers(servers: IceServer[]): void {
    this.#iceServers = servers;
  }

  /** Asks for the microphone and makes the warm connection. */
  async start(): Promise<void> {
    if (this.#state === "asking" || this.#state === "connecting" || this.#state === "up") return;
    this.#set("asking");
    if (!(await this.#openMicrophone())) return;
    await this.#connect();
  }

  stop(): void {
    this.#close();
    this.#microphone?.stop();
    this.#microphone = null;
    this.#set("down");
  }

  /** The network may have changed, or is back. A way that only was interrupted
   *  heals by itself within that time, and is heard of in the next packet. */
  suspect(): void {
    const peer = this.#peer;
    if (!peer || this.#state !== "up") return;
    this.#later(SUSPECT_MS, () => {
      if (peer.connectionState === "disconnected") this.renew();
      else if (this.#active) void this.#sample(peer, SUSPECT_MS);
    });
  }

  /** Makes a new connection in place of one that the network broke. While the
   *  server can't be reached either, the one that there is may heal: a new one
   *  could only interrupt it. */
  renew(): void {
    if (this.#state !== "up" && this.#state !== "connecting") return;
    if (this.events.reachable()) void this.#connect();
  }

  /** Puts the microphone on the line, or takes it off so that no packet flows. */
  setActive(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    void this.#sender?.replaceTrack(active ? this.#microphone : null).then(() => this.#applyLaw());
    if (active) this.#play();
    this.#forget();
  }

  /** Mute stays here: a muted track sends silence, and the server is told. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#microphone) this.#microphone.enabled = !muted;
  }

  /** The law the trunk speaks, PCMU or PCMA, so that nobody must translate. */
  setLaw(law: string): void {
    if (law === this.#law) return;
    this.#law = law;
    this.#applyLaw();
  }

  /** Sends keys to the customer's side. False while there is no line. */
  press(digits: string): boolean {
    const tones = this.#sender?.dtmf;
    if (!tones?.canInsertDTMF) return false;
    tones.insertDTMF(tones.toneBuffer + digits, TONE_MS, TONE_GAP_MS);
    return true;
  }

  /** The server's answer to the newest offer. */
  async answer(sdp: string): Promise<void> {
    if (this.#peer?.signalingState !== "have-local-offer") return;
    try {
      await this.#peer.setRemoteDescription({ type: "answer", sdp });
      this.#applyLaw();
    } catch {
      this.#fail("ice_failed");
    }
  }

  /** Tries to play again, inside a click. */
  unblock(): void {
    this.#play();
  }

  async #openMicrophone(): Promise<boolean> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: this.constraints, video: false });
      if (this.#state === "down") {
        for (const track of stream.getTracks()) track.stop();
        return false;
      }
      const [track] = stream.getAudioTracks();
      if (!track) throw new Error("a stream without an audio track");
      this.#microphone = track;
      track.enabled = !this.#muted;
      track.onended = () => void this.#replaceMicrophone();
      return true;
    } catch {
      this.#fail("no_microphone");
      return false;
    }
  }

  /** The headset was unplugged: whatever microphone is left takes its place. */
  async #replaceMicrophone(): Promise<void> {
    if (!(await this.#openMicrophone())) return;
    if (this.#active) await this.#sender?.replaceTrack(this.#microphone);
  }

  /** The former connection stays until the new one is up: the server puts the
   *  new one in its place, and the agent is not without a seat in between. */
  async #connect(): Promise<void> {
    this.#retire();
    this.#set("connecting");
    const peer = new RTCPeerConnection({ iceServers: this.#iceServers, bundlePolicy: "max-bundle" });
    this.#peer = peer;
    this.#wasUp = false;
    const transceiver = peer.addTransceiver("audio", { direction: "sendrecv" });
    const offered = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
    transceiver.setCodecPreferences(lawsFirst(offered));
    this.#sender = transceiver.sender;
    if (this.#active) await transceiver.sender.replaceTrack(this.#microphone);
    peer.ontrack = (event) => this.#hear(event.track);
    peer.onconnectionstatechange = () => this.#moved(peer);
    this.#later(CONNECT_MS, () => this.#broken());
    try {
      // The server is ICE-lite: it waits for our checks and needs none of our
      // candidates, so the offer leaves before any is gathered.
      await peer.setLocalDescription();
      if (peer === this.#peer) await this.events.offer(peer.localDescription?.sdp ?? "");
    } catch {
      if (peer === this.#peer) this.#later(CONNECT_MS / 4, () => this.#broken());
    }
  }

  #moved(peer: RTCPeerConnection): void {
    if (peer !== this.#peer) return;
    switch (peer.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        clearInterval(this.#stats);
        this.#former?.close();
        this.#former = null;
        this.#wasUp = true;
        this.#arrived = -1;
        this.#stats = setInterval(() => void this.#sample(peer), STATS_MS);
        this.#renewals = 0;
        this.#set("up");
        this.#applyLaw();
        if (this.#active) this.#play();
        break;
      case "disconnected":
        this.renew(); // it might heal, but the customer must not wait for that
        break;
      case "failed":
      case "closed":
        this.#broken();
        break;
    }
  }

  /** One new try at once; the next ones slower; after the fourth it is said.
   *  Without the server nothing is tried. */
  #broken(): void {
    if (!this.events.reachable()) {
      this.#later(AGAIN_MS, () => this.#broken());
      return;
    }
    this.#renewals += 1;
    if (this.#renewals > 4) this.#fail("ice_failed");
    else if (this.#renewals === 1) void this.#connect();
    else this.#later(500 * this.#renewals, () => void this.#connect());
  }

  #hear(track: MediaStreamTrack): void {
    for (const old of this.remote.getTracks()) this.remote.removeTrack(old);
    this.remote.addTrack(track);
    if (this.#audio) this.#audio.srcObject = this.remote;
    this.#play();
  }

  #play(): void {
    this.#audio?.play().then(
      () => this.events.blocked(false),
      (error: unknown) => {
        if (error instanceof DOMException && error.name === "NotAllowedError") this.events.blocked(true);
      },
    );
  }

  #applyLaw(): void {
    const sender = this.#sender;
    if (!sender || this.#law === "") return;
    const parameters = sender.getParameters();
    const codec = codecFor(this.#law, parameters.codecs);
    // TypeScript's DOM does not know the codec of an encoding yet.
    const [encoding]: (RTCRtpEncodingParameters & { codec?: RTCRtpCodec })[] = parameters.encodings;
    if (!codec || !encoding) return;
    encoding.codec = codec;
    // Browsers without RTCRtpEncodingParameters.codec refuse or ignore it; the
    // server then translates between the laws.
    sender.setParameters(parameters).catch(() => undefined);
  }

  #forget(): void {
    this.#before = null;
    this.#word.reset();
    this.events.quality(null, 0);
  }

  async #sample(peer: RTCPeerConnection, deadMs = DEAD_MS): Promise<void> {
    const after = readSample(await peer.getStats(), performance.now());
    if (peer !== this.#peer || this.#state !== "up") return;
    if (after.arrived !== this.#arrived) {
      this.#arrived = after.arrived;
      this.#arrivedAt = after.at;
    }
    if (!this.#active) return;
    if (after.at - this.#arrivedAt > deadMs) {
      if (deadMs === DEAD_MS) this.suspect();
      else this.renew();
      return;
    }
    if (this.#before !== null) {
      const heard = between(this.#before, after);
      this.events.quality(this.#word.take(heard), heard.mos);
    }
    this.#before = after;
  }

  #later(ms: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, ms);
  }

  /** Lets go of the connection without closing it yet. */
  #retire(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#stats);
    this.#forget();
    const peer = this.#peer;
    this.#peer = this.#sender = null;
    if (!peer) return;
    peer.ontrack = peer.onconnectionstatechange = null;
    if (this.#former && !this.#wasUp) {
      peer.close(); // the one before it is the better one
      return;
    }
    this.#former?.close();
    this.#former = peer;
  }

  #close(): void {
    this.#retire();
    this.#former?.close();
    this.#former = null;
  }

  #fail(fault: PhoneFault): void {
    this.#close();
    this.#renewals = 0;
    this.#set("failed", fault);
  }

  #set(state: PhoneState, fault: PhoneFault | null = null): void {
    this.#state = state;
    this.events.state(state, fault);
  }
}

/** arrived counts packets of sound and answers to the browser's checks. */
function readSample(report: RTCStatsReport, at: number): Sample & { arrived: number } {
  const sample = { at, received: 0, lost: 0, jitterMs: 0, tripMs: 0, arrived: 0 };
  for (const stat of report.values() as Iterable<Record<string, unknown>>) {
    if (stat.type === "inbound-rtp" && stat.kind === "audio") {
      sample.received = Number(stat.packetsReceived ?? 0);
      sample.lost = Number(stat.packetsLost ?? 0);
      sample.jitterMs = Number(stat.jitter ?? 0) * 1000;
    } else if (stat.type === "candidate-pair" && stat.nominated === true) {
      sample.tripMs = Number(stat.currentRoundTripTime ?? 0) * 1000;
      sample.arrived += Number(stat.responsesReceived ?? 0);
    }
  }
  sample.arrived += sample.received;
  return sample;
}
