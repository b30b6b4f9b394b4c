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

  /** Saves at once what was typed last. */
  flush(): void {
    if (this.state === "typing") void this.#save();
  }

  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    const key = this.#key;
    const text = this.text;
    if (key === null) return;
    try {
      await this.send(key, text);
      if (this.shelf.getItem(place(key)) === text) this.shelf.removeItem(place(key));
      if (key === this.#key && text === this.text) {
        this.savedAt = this.now();
        this.state = "saved";
      }
    } catch {
      if (key === this.#key) this.state = "kept";
    }
  }
}

const place = (key: NoteKey) => `callstamp.note.${key.call}.${key.segment}`;
