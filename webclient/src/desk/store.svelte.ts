// The desk: connection, phone and picture put together. The server alone says
// what state the agent is in; a press sends a command and waits for its frame.
import { t } from "../i18n/index.svelte";
import type { Ask, Commands, CommandType, Fault, ServerFrame } from "../protocol";
import { announce } from "../shell/announce.svelte";
import { clock } from "../shell/clock.svelte";
import { CommandError, Connection, type Link } from "./connection";
import { controls, type Control, type Controls } from "./controls";
import { Note } from "./note.svelte";
import { Phone, type PhoneFault, type PhoneState } from "./phone";
import type { Quality } from "./quality";
import { Ringer } from "./ringer";
import { blank, next, onLine, scene, type DeskState, type Scene } from "./state";
import { displayName } from "./who";

const DESK = "callstamp.desk";
/** A connection that the server misses is made anew after so long. */
const SEATLESS_MS = 700;
/** The agent was ready in this tab: after a reload the phone goes up by itself. */
const WAS_READY = "callstamp.ready";

export class Desk {
  link = $state<Link>("connecting");
  /** The server stops and will be back. */
  restarting = $state(false);
  state = $state.raw<DeskState>(blank);
  phoneState = $state<PhoneState>("down");
  phoneFault = $state<PhoneFault | null>(null);
  quality = $state<Quality | null>(null);
  mos = $state(0);
  /** The browser holds back the sound until a click. */
  soundBlocked = $state(false);
  fault = $state.raw<Fault | null>(null);
  /** Commands on their way, so that a press shows at once. */
  pending = $state.raw<ReadonlySet<CommandType>>(new Set());
  sentDigits = $state("");
  padOpen = $state(false);
  /** For what somebody is being chosen; "" while nobody is. */
  choosing = $state<"" | "transfer" | "consult">("");
  /** "Go ready" was pressed and the phone is not up yet. */
  goingReady = $state(false);
  /** The server's version is not the one this page was first served by. */
  outdated = $state(false);

  readonly scene: Scene = $derived(scene(this.state));
  /** A result on its way to the server, which keeps the order: whoever presses
   *  3 and Enter in one breath has chosen. */
  #choosing = $state("");
  readonly result = $derived(this.#choosing || this.state.call?.disposition || "");
  readonly off = $derived(this.link !== "open");
  /** What the call allows; null without one. */
  readonly controls: Controls | null = $derived(this.state.call && controls(this.state.call, this.state.agent?.id ?? ""));
  readonly note: Note;
  readonly phone: Phone;
  readonly #connection: Connection;
  readonly #ringer = new Ringer();
  #firstServer = "";
  #newestOffer = 0;
  #seatless: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#connection = new Connection({
      desk: deskId(),
      open: () => new WebSocket(socketAddress()),
      listener: { frame: (frame) => this.#frame(frame), link: (link) => this.#linked(link) },
      now: () => Date.now() * 1000,
      random: Math.random,
      microphone: () => this.phone.microphone,
    });
    this.phone = new Phone(
      {
        offer: (sdp) => this.#offer(sdp),
        reachable: () => this.#connection.reachable,
        state: (state, fault) => this.#phoneMoved(state, fault),
        quality: (quality, mos) => {
          this.quality = quality;
          this.mos = mos;
        },
        blocked: (blocked) => (this.soundBlocked = blocked),
      },
      microphoneConstraints(location.search),
    );
    this.note = new Note(
      (key, text) => this.#connection.command("note", { ...key, text }),
      () => clock.now,
      sessionStorage,
    );
  }

  /** Opens the socket and, in a tab that was ready, the phone beside it. */
  start(): void {
    this.#connection.start();
    if (sessionStorage.getItem(WAS_READY) !== null) void this.phone.start();
    window.addEventListener("online", this.#online);
    window.addEventListener("pagehide", this.#leaving);
  }

  stop(): void {
    window.removeEventListener("online", this.#online);
    window.removeEventListener("pagehide", this.#leaving);
    this.note.flush();
    clearTimeout(this.#seatless);
    this.#ringer.stop();
    this.phone.stop();
    this.#connection.stop();
  }

  /** The first click: wakes the loudspeaker, asks for the microphone, then tells the server. */
  async goReady(): Promise<void> {
    this.#ringer.unlock();
    if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
    this.goingReady = true;
    sessionStorage.setItem(WAS_READY, "1");
    await this.phone.start();
    if (this.phoneState === "up") this.#nowReady();
  }

  pause(reason: string): void {
    void this.send("pause", { reason });
  }

  leave(): void {
    sessionStorage.removeItem(WAS_READY);
    this.goingReady = false;
    this.phone.stop();
    void this.send("logout", undefined);
  }

  answer(): void {
    const ring = this.state.ring;
    if (ring === null) return;
    this.#ringer.unlock();
    this.phone.setActive(true); // the frame that confirms it need not be waited for
    void this.send("accept", { offer: ring.offer }).then((ok) => ok || this.#followCall());
  }

  decline(): void {
    if (this.state.ring !== null) void this.send("decline", { offer: this.state.ring.offer });
  }

  hangUp(): void {
    const call = this.state.call;
    if (call !== null) void this.send("hangup", { call: call.call, segment: call.segment });
  }

  toggleMute(): void {
    const call = this.state.call;
    if (call === null) return;
    const on = call.muted !== true;
    this.phone.setMuted(on);
    void this.send("mute", { call: call.call, on }).then((ok) => ok || this.#followCall());
  }

  toggleHold(): void {
    const call = this.state.call;
    if (call === null) return;
    void this.send("hold", { call: call.call, on: !(call.held_by ?? []).includes("agent") });
  }

  /** Does what a control stands for at this moment; nothing where it can't. */
  use(control: Control | undefined): void {
    const call = this.state.call;
    if (call === null || control === undefined || control.why !== null || this.off) return;
    const ref = { call: call.call, ...(call.segment === undefined ? {} : { segment: call.segment }) };
    switch (control.move) {
      case "mute":
        return this.toggleMute();
      case "hold":
        return this.toggleHold();
      case "back":
      case "cancel":
        return void this.send("consult_end", ref);
      case "pad":
        this.choosing = "";
        this.padOpen = !this.padOpen;
        return;
      case "transfer":
      case "consult":
        this.padOpen = false;
        this.choosing = this.choosing === control.move ? "" : control.move;
        return;
      case "complete":
        return void this.send("transfer_complete", ref);
      case "conference":
        return void this.send("conference", ref);
      case "park":
        this.choosing = "";
        return void this.send("park", ref);
      case "record":
        return void this.send("record", { call: call.call, on: true });
      case "recPause":
        return void this.send("rec_pause", { call: call.call, on: call.recording === "on" });
      case "end":
        return this.hangUp();
    }
  }

  endRecording(): void {
    const call = this.state.call;
    if (call !== null) void this.send("record", { call: call.call, on: false });
  }

  /** Asks for whoever was chosen. */
  ask(to: Ask["to"]): void {
    const call = this.state.call;
    if (call === null || this.choosing === "") return;
    const type = this.choosing;
    this.choosing = "";
    void this.send(type, { call: call.call, to });
  }

  retrieve(call: string): void {
    void this.send("retrieve", { call });
  }

  /** Calls a number by hand; false when it was refused, whose reason is shown. */
  dial(number: string): Promise<boolean> {
    this.#ringer.unlock();
    return this.send("dial", { number });
  }

  press(digit: string): void {
    if (this.phone.press(digit)) this.sentDigits += digit;
  }

  dispose(code: string): void {
    const call = this.state.call;
    if (call?.segment === undefined) return;
    this.#choosing = code;
    void this.send("dispose", { call: call.call, segment: call.segment, code }).then((ok) => {
      if (!ok && this.#choosing === code) this.#choosing = "";
    });
  }

  extendWrap(): void {
    const call = this.state.call;
    if (call !== null) void this.send("wrap_extend", { call: call.call, segment: call.segment });
  }

  endWrap(then: string): void {
    const call = this.state.call;
    if (call?.segment === undefined || (call.wrap_needed === true && !this.result)) return;
    this.note.flush();
    void this.send("wrap_end", { call: call.call, segment: call.segment, then });
  }

  takeOver(): void {
    this.#connection.takeOver();
    if (sessionStorage.getItem(WAS_READY) !== null) void this.phone.start();
  }

  unblockSound(): void {
    this.#ringer.unlock();
    this.phone.unblock();
  }

  /** Sends a command; false when the server refused, whose words are shown. */
  async send<T extends CommandType>(type: T, body: Commands[T]): Promise<boolean> {
    this.fault = null;
    this.pending = new Set([...this.pending, type]);
    try {
      await this.#connection.command(type, body);
      return true;
    } catch (error) {
      if (error instanceof CommandError) this.fault = error.fault;
      return false;
    } finally {
      this.pending = new Set([...this.pending].filter((other) => other !== type));
    }
  }

  #frame(frame: ServerFrame): void {
    const before = this.state;
    this.state = next(before, frame);
    clock.offset = this.#connection.offset.micros;
    if (frame.type === "welcome") this.#welcomed();
    // The server misses our sound, perhaps before this browser notices.
    if (frame.type === "presence" && before.presence.seat && !frame.body.seat) this.#seatFell();
    if (frame.type === "media_answer" && (frame.id ?? this.#newestOffer) === this.#newestOffer) {
      void this.phone.answer(frame.body.sdp);
    }
    if (frame.type === "error" && frame.id === undefined) this.fault = frame.body;
    // The answer may come before the picture: the choice stands until it is drawn.
    const { call } = this.state;
    if (call === null || call.disposition === this.#choosing) this.#choosing = "";
    this.#ringing(before);
    this.#followCall();
    this.#speak(before);
  }

  #welcomed(): void {
    const { server, presence, iceServers } = this.state;
    this.#firstServer ||= server;
    this.outdated = server !== this.#firstServer;
    this.phone.setIceServers(iceServers);
    this.phone.suspect(); // what broke the socket may have broken the sound
    if (!presence.seat) this.#seatFell();
    if (presence.state !== "offline" && this.phoneState === "down") void this.phone.start();
  }

  /** The server does not have our connection, though we think it is up. What
   *  was cut is back with the next packet, and the frame may be an old one that
   *  was missed: look again before anything is made anew. */
  #seatFell(): void {
    clearTimeout(this.#seatless);
    this.#seatless = setTimeout(() => {
      if (!this.state.presence.seat && this.phoneState === "up") this.phone.renew();
    }, SEATLESS_MS);
  }

  /** Rings, tells the server that it does, and is silent the moment it may not. */
  #ringing(before: DeskState): void {
    const ring = this.state.ring;
    if (ring?.offer === before.ring?.offer) return;
    if (ring === null) {
      this.#ringer.stop();
      return;
    }
    this.#ringer.start();
    void this.send("ringing", { offer: ring.offer });
    notify(displayName(ring.call), ring.call.queue.name, ring.offer);
  }

  /** The phone does what the server's picture says. */
  #followCall(): void {
    const call = this.state.call;
    this.phone.setActive(onLine(call));
    this.phone.setMuted(call?.muted === true);
    if (call?.codec) this.phone.setLaw(call.codec);
    if (!onLine(call)) {
      this.sentDigits = "";
      this.padOpen = false;
    }
    const can = this.controls;
    if (can === null || [can.transfer, can.add].every((one) => one.move !== this.choosing || one.why !== null)) this.choosing = "";
    const key = call?.segment === undefined ? null : { call: call.call, segment: call.segment };
    this.note.open(key, call?.note ?? "");
  }

  #speak(before: DeskState): void {
    const { ring, call } = this.state;
    if (ring !== null && ring.offer !== before.ring?.offer) {
      announce.shout(t("ring.say", { who: displayName(ring.call), queue: ring.call.queue.name || ring.call.campaign.name }));
    } else if (call?.phase === "talking" && before.call?.connected === undefined && call.connected !== undefined) {
      announce.shout(t("call.say.connected", { who: displayName(call) }));
    } else if (onLine(before.call) && !onLine(call)) {
      announce.shout(t("call.say.ended"));
    }
  }

  async #offer(sdp: string): Promise<void> {
    await this.#connection.command("media_offer", { sdp }, (id) => (this.#newestOffer = id));
  }

  #phoneMoved(state: PhoneState, fault: PhoneFault | null): void {
    this.phoneState = state;
    this.phoneFault = fault;
    if (state === "up" && this.goingReady) this.#nowReady();
    if (state === "failed" && fault !== null) {
      this.goingReady = false;
      const offer = this.state.ring?.offer;
      void this.send("media_fail", { reason: fault, ...(offer ? { offer } : {}) });
    }
  }

  #nowReady(): void {
    this.goingReady = false;
    void this.send("ready", undefined);
  }

  #linked(link: Link): void {
    this.link = link;
    this.restarting = this.#connection.restarting;
    if (link === "taken" || link === "unauthorized") {
      this.#ringer.stop();
      this.phone.stop();
    }
    if (link === "unauthorized") location.reload(); // the page then asks who is there
  }

  readonly #online = () => {
    this.#connection.hurry();
    this.phone.suspect();
  };
  readonly #leaving = () => this.note.flush();
}

/** One id per tab, kept across reloads: the server knows the desk again. */
function deskId(): string {
  const kept = sessionStorage.getItem(DESK);
  if (kept !== null) return kept;
  const made = `d-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  sessionStorage.setItem(DESK, made);
  return made;
}

function socketAddress(): string {
  const address = new URL("api/desk", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

/** ?rawaudio=1 leaves the microphone as it is, for tests that listen for a tone. */
export function microphoneConstraints(query: string): MediaTrackConstraints {
  const clean = new URLSearchParams(query).get("rawaudio") !== "1";
  return { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean, channelCount: 1 };
}

/** One notification per offer; the browser shows it only where it was allowed. */
function notify(who: string, queue: string, tag: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const note = new Notification(who, { body: queue, tag });
  note.onclick = () => {
    window.focus();
    note.close();
  };
}
