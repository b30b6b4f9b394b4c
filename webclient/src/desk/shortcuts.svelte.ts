// The person's own shortcuts, kept in this browser.
import { actions, defaults, FORBIDDEN, type Action, type Bindings } from "./keys";

const STORED = "callstamp.shortcuts";

class Shortcuts {
  on = $state(true);
  bindings = $state<Bindings>({ ...defaults });

  constructor() {
    const kept: unknown = parse(localStorage.getItem(STORED));
    if (typeof kept !== "object" || kept === null) return;
    const { on, bindings } = kept as { on?: unknown; bindings?: Partial<Bindings> };
    this.on = on !== false;
    for (const action of actions) {
      const letter = bindings?.[action];
      if (typeof letter === "string" && /^[A-Z]$/.test(letter)) this.bindings[action] = letter;
    }
  }

  turn(on: boolean): void {
    this.on = on;
    this.#keep();
  }

  /** Gives an action another letter; one that is taken changes places. */
  bind(action: Action, letter: string): boolean {
    if (!/^[A-Z]$/.test(letter) || FORBIDDEN.has(letter)) return false;
    const other = actions.find((name) => this.bindings[name] === letter);
    if (other !== undefined) this.bindings[other] = this.bindings[action];
    this.bindings[action] = letter;
    this.#keep();
    return true;
  }

  #keep(): void {
    localStorage.setItem(STORED, JSON.stringify({ on: this.on, bindings: this.bindings }));
  }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

export const shortcuts = new Shortcuts();
