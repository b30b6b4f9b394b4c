// The agent's note: saved while typing, whole each time, and kept in this tab
// until the server has it, so that neither ring nor reload nor a dead network
// loses a word.

export type NoteState = "empty" | "typing" | "saved" | "kept";

const PAUSE_MS = 600;

export interface NoteKey {
  call: string;
  segment: number;
}

export class Note {
  text = $state("");
  state = $state<NoteState>("empty");
  savedAt = $state(0);
  #key: NoteKey | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** On its way, so that an outage gathers one save and not hundreds. */
  #saving = false;

  constructor(
    private readonly send: (key: NoteKey, text: string) => Promise<void>,
    private readonly now: () => number,
    private readonly shelf: Pick<Storage, "getItem" | "setItem" | "removeItem">,
  ) {}

  /** Shows the note of a segment: what this tab still keeps, else the server's. */
  open(key: NoteKey | null, text: string): void {
    if (key?.call === this.#key?.call && key?.segment === this.#key?.segment) return;
    this.flush();
    this.#key = key;
    const kept = key === null ? null : this.shelf.getItem(place(key));
    this.text = kept ?? text;
    this.state = this.text === "" ? "empty" : kept === null ? "saved" : "kept";
    if (kept !== null) void this.#save();
  }

  type(text: string): void {
    this.text = text;
    this.state = "typing";
    if (this.#key !== null) this.shelf.setItem(place(this.#key), text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), PAUSE_MS);
  }

  /** Saves at once what was typed last, before what comes next. */
  flush(): void {
    if (this.state === "typing") void this.#send();
  }

  /** One save at a time, so that an outage gathers one and not hundreds; what is
   *  typed meanwhile is saved next. */
  async #save(): Promise<void> {
    if (this.#saving) return;
    this.#saving = true;
    const key = this.#key;
    const saved = await this.#send();
    this.#saving = false;
    const more = this.#key !== null && this.shelf.getItem(place(this.#key)) !== null;
    if (more && (saved || key !== this.#key)) void this.#save();
  }

  /** Whether the server has it. */
  async #send(): Promise<boolean> {
    clearTimeout(this.#timer);
    const key = this.#key;
    const text = this.text;
    if (key === null) return false;
    try {
      await this.send(key, text);
    } catch {
      if (key === this.#key) this.state = "kept";
      return false;
    }
    if (this.shelf.getItem(place(key)) === text) this.shelf.removeItem(place(key));
    if (key === this.#key && text === this.text) {
      this.savedAt = this.now();
      this.state = "saved";
    }
    return true;
  }
}

const place = (key: NoteKey) => `callstamp.note.${key.call}.${key.segment}`;
