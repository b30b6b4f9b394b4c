// The desk's WebSocket: hello and resume, numbered commands that survive a
// reconnect, the heartbeat, the offset of the clocks. It knows no view.
import {
  Close,
  PROTOCOL,
  readFrame,
  type Commands,
  type CommandType,
  type Fault,
  type ServerFrame,
  type Welcome,
} from "../protocol";
import { ClockOffset } from "./offset";

export type Link =
  | "connecting"
  | "open"
  | "reconnecting"
  | "taken" // another tab or device has the seat
  | "refused"
  | "outdated" // the server speaks another version
  | "unauthorized" // the session is over
  | "left"; // stopped by this page

/** The part of WebSocket that is used, so that tests can play the server. */
export interface Socket {
  readonly readyState: number;
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface Listener {
  /** Frames in order of Seq, each once; a welcome that was not resumed starts anew. */
  frame(frame: ServerFrame): void;
  link(link: Link): void;
}

export interface Options {
  desk: string;
  open: () => Socket;
  listener: Listener;
  /** The page's clock in µs. */
  now: () => number;
  /** 0 … 1, for the jitter. */
  random: () => number;
  microphone: () => boolean;
}

/** Why a command failed: the server's words, or "connection_lost". */
export class CommandError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

interface Pending {
  id: number; // 0 = never sent
  type: CommandType;
  body: unknown;
  sent: ((id: number) => void) | undefined;
  resolve: () => void;
  reject: (error: CommandError) => void;
}

const HEARTBEAT_MS = 2000;
/** Two heartbeats without an answer: the socket is dead though it looks open.
 *  To be wrong costs a resume. */
const SILENCE_MS = 2 * HEARTBEAT_MS + 500;
/** How long a server that is there may take to say something when asked. */
const PROBE_MS = 1000;
/** A connection that has not opened by then is tried again. */
const OPENING_MS = 5000;
/** The same for the first tries after a loss: what a dead network swallowed is
 *  said again by the system only after 1, 3, 7 … s, so asking anew is quicker
 *  once it heals. Where opening takes its time, four times that. */
const HASTY_MS = 1500;
const HASTY_TRIES = 8;
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 1000;
/** After half a minute nobody waits in a call for this page any more. */
const LONG_TRIES = 30;
const BACKOFF_LONG_MS = 3000;
/** After 4429 the server wants to be left alone. */
const TOO_FAST_MS = 3000;
const CONNECTING = 0;
const OPEN = 1;

/** What the agent typed or chose: kept and sent again even to a server that
 *  has forgotten the session. Each is whole and idempotent. */
const KEPT: ReadonlySet<CommandType> = new Set<CommandType>(["note", "dispose"]);

export class Connection {
  readonly offset = new ClockOffset();
  #socket: Socket | null = null;
  #link: Link = "connecting";
  #pending: Pending[] = [];
  #nextId = 0; // 0 = no welcome yet
  #lastSeq: number | null = null; // null = the first numbered frame says where counting begins
  #welcomed = false;
  #failures = 0;
  #takeOver = false;
  #heardAt = 0;
  /** How long the last connection took to open, in ms. */
  #usual = OPENING_MS;
  #restarting = false;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #hush: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {}

  get link(): Link {
    return this.#link;
  }

  /** The server said that it stops: it will be back. */
  get restarting(): boolean {
    return this.#restarting;
  }

  start(): void {
    this.#connect();
  }

  /** Takes the seat from another tab or device. */
  takeOver(): void {
    this.#takeOver = true;
    this.#failures = 0;
    this.#setLink("connecting");
    this.#connect();
  }

  /** The browser says that the network is back, or another one: tries again at
   *  once, or asks whether the socket has outlived it. */
  hurry(): void {
    if (this.#link === "reconnecting") this.#connect();
    else if (this.#link === "open") {
      this.#write(this.#heartbeatFrame());
      this.#listen(PROBE_MS);
    }
  }

  /** Whether the server was heard so lately that it would hear us now. */
  get reachable(): boolean {
    return this.#link === "open" && this.options.now() - this.#heardAt < (HEARTBEAT_MS + PROBE_MS) * 1000;
  }

  stop(): void {
    this.#setLink("left");
    clearTimeout(this.#retry);
    this.#drop(1000);
  }

  /** Sends a command; resolves when it is answered, rejects with a
   *  CommandError. Tells its number as soon as it has one. */
  command<T extends CommandType>(type: T, body: Commands[T], sent?: (id: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const command: Pending = { id: 0, type, body, sent, resolve, reject };
      this.#pending.push(command);
      if (this.#welcomed) this.#send(command);
    });
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#drop(1000);
    const socket = this.options.open();
    this.#socket = socket;
    const began = this.options.now();
    this.#retry = setTimeout(() => this.#lost(0), patience(this.#failures, this.#usual));
    socket.onopen = () => {
      clearTimeout(this.#retry);
      this.#heard();
      this.#usual = (this.#heardAt - began) / 1000;
      this.#write({
        type: "hello",
        body: {
          protocol: PROTOCOL,
          desk: this.options.desk,
          last_seq: this.#lastSeq ?? 0,
          ...(this.#takeOver ? { take_over: true } : {}),
        },
      });
      this.#heartbeat = setInterval(() => this.#write(this.#heartbeatFrame()), HEARTBEAT_MS);
    };
    socket.onmessage = (event) => this.#receive(socket, String(event.data));
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /** Lets go of the socket without hearing of it again. */
  #drop(code: number): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#hush);
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState === CONNECTING || socket.readyState === OPEN) socket.close(code);
  }

  #heartbeatFrame(): object {
    return { type: "heartbeat", body: { client_at: this.options.now(), mic: this.options.microphone() } };
  }

  #heard(): void {
    this.#heardAt = this.options.now();
    this.#listen(SILENCE_MS);
  }

  /** Lets go of the socket when nothing is heard for so long. */
  #listen(ms: number): void {
    clearTimeout(this.#hush);
    this.#hush = setTimeout(() => this.#lost(0), ms);
  }

  #receive(socket: Socket, text: string): void {
    if (socket !== this.#socket) return;
    this.#heard();
    const frame = readFrame(text);
    if (frame === null) return; // of a newer server: unknown frames are passed over
    if (frame.type === "heartbeat_ack") {
      this.offset.measure(frame.body.client_at, frame.body.server_at, this.#heardAt);
      return;
    }
    if (frame.type === "welcome") {
      this.#welcome(frame.body, frame.seq);
      this.options.listener.frame(frame);
      this.#flush();
      return;
    }
    if (!this.#inOrder(frame.seq)) return;
    this.#answer(frame);
    this.options.listener.frame(frame);
  }

  /** Passes each number once. A gap means that something was lost: resume. */
  #inOrder(seq: number | undefined): boolean {
    if (seq === undefined) return true;
    if (this.#lastSeq !== null) {
      if (seq <= this.#lastSeq) return false;
      if (seq > this.#lastSeq + 1) {
        this.#lost(0);
        return false;
      }
    }
    this.#lastSeq = seq;
    return true;
  }

  #welcome(welcome: Welcome, seq: number | undefined): void {
    this.offset.begin(welcome.now - this.options.now());
    this.#welcomed = true;
    this.#failures = 0;
    this.#takeOver = false;
    this.#restarting = false;
    if (!welcome.resumed) {
      this.#lastSeq = seq ?? null;
      this.#nextId = welcome.next_id;
      this.#forget();
    } else if (this.#nextId === 0) {
      this.#nextId = welcome.next_id;
    }
    this.#setLink("open");
  }

  /** The server has no memory of what was sent before: keep what the agent
   *  typed, give the rest back as failed. */
  #forget(): void {
    const before = this.#pending;
    this.#pending = [];
    for (const command of before) {
      if (command.id === 0 || KEPT.has(command.type)) {
        command.id = 0;
        this.#pending.push(command);
      } else {
        command.reject(new CommandError({ code: "connection_lost", message: "" }));
      }
    }
  }

  /** After a welcome: everything unanswered, in its order, under its number. */
  #flush(): void {
    for (const command of this.#pending) this.#send(command);
  }

  #send(command: Pending): void {
    if (command.id === 0) {
      command.id = this.#nextId++;
      command.sent?.(command.id);
    }
    const { id, type, body } = command;
    this.#write(body === undefined ? { type, id } : { type, id, body });
  }

  #answer(frame: ServerFrame): void {
    if (frame.type !== "done" && frame.type !== "error" && frame.type !== "media_answer") return;
    if (frame.id === undefined) return;
    const at = this.#pending.findIndex((command) => command.id === frame.id);
    const [command] = at < 0 ? [] : this.#pending.splice(at, 1);
    if (command === undefined) return;
    if (frame.type === "error") command.reject(new CommandError(frame.body));
    else command.resolve();
  }

  #write(frame: object): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #closed(socket: Socket, code: number): void {
    if (socket !== this.#socket) return;
    this.#restarting ||= code === Close.restart;
    const final = FINAL.get(code);
    if (final === undefined) {
      this.#lost(code === Close.tooFast ? TOO_FAST_MS : 0);
      return;
    }
    this.#drop(1000);
    this.#setLink(final);
  }

  #lost(atLeast: number): void {
    this.#drop(1000);
    clearTimeout(this.#retry);
    this.#setLink("reconnecting");
    const wait = Math.max(atLeast, backoff(this.#failures++, this.options.random()));
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #setLink(link: Link): void {
    if (this.#link === link) return;
    this.#link = link;
    this.options.listener.link(link);
  }
}

/** Close codes after which trying again would not help. */
const FINAL: ReadonlyMap<number, Link> = new Map<number, Link>([
  [Close.unauthorized, "unauthorized"],
  [Close.forbidden, "refused"],
  [Close.protocol, "outdated"],
  [Close.takenOver, "taken"],
]);

/** Milliseconds before the next try: 0.2 s doubling to 1 s, later 3 s, of which
 *  up to a half is cut by chance so that a floor of agents does not come back at
 *  once. */
export function backoff(failures: number, random: number): number {
  const most = failures < LONG_TRIES ? BACKOFF_MAX_MS : BACKOFF_LONG_MS;
  const full = Math.min(most, BACKOFF_MIN_MS * 2 ** Math.min(failures, 5));
  return Math.max(BACKOFF_MIN_MS, Math.round(full * (1 - random / 2)));
}

/** Milliseconds that a try may take to open. */
export function patience(failures: number, usualMs: number): number {
  if (failures === 0 || failures > HASTY_TRIES) return OPENING_MS;
  return Math.min(OPENING_MS, Math.max(HASTY_MS, 4 * usualMs));
}
