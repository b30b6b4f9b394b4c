import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Note, type NoteKey } from "./note.svelte";

class Shelf {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, text: string) => void this.kept.set(key, text);
  removeItem = (key: string) => void this.kept.delete(key);
}

const first: NoteKey = { call: "c1", segment: 1 };
const second: NoteKey = { call: "c2", segment: 1 };

function desk() {
  const sent: string[] = [];
  let fail = false;
  const shelf = new Shelf();
  const send = (key: NoteKey, text: string) => {
    sent.push(`${key.call}: ${text}`);
    return fail ? Promise.reject(new Error("away")) : Promise.resolve();
  };
  const note = new Note(send, () => 42, shelf);
  return { note, sent, shelf, away: (on: boolean) => (fail = on) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the note", () => {
  it("is saved once, when the typing pauses", async () => {
    const { note, sent, shelf } = desk();
    note.open(first, "");
    note.type("a");
    await vi.advanceTimersByTimeAsync(500);
    note.type("ab");
    await vi.advanceTimersByTimeAsync(599);
    expect([note.state, sent]).toEqual(["typing", []]);
    await vi.advanceTimersByTimeAsync(1);
    expect([note.state, note.savedAt, sent]).toEqual(["saved", 42, ["c1: ab"]]);
    expect(shelf.kept.size).toBe(0);
  });

  it("is kept in the tab while the server is away, and sent after a reload", async () => {
    const before = desk();
    before.away(true);
    before.note.open(first, "");
    before.note.type("promised Tuesday");
    await vi.advanceTimersByTimeAsync(600);
    expect(before.note.state).toBe("kept");

    const after = new Note(
      (key, text) => {
        before.sent.push(`again ${key.call}: ${text}`);
        return Promise.resolve();
      },
      () => 43,
      before.shelf,
    );
    after.open(first, "older");
    await vi.advanceTimersByTimeAsync(0);
    expect([after.text, after.state]).toEqual(["promised Tuesday", "saved"]);
    expect(before.sent[1]).toBe("again c1: promised Tuesday");
  });

  it("is saved at once when another call takes its place", async () => {
    const { note, sent } = desk();
    note.open(first, "");
    note.type("half a w");
    note.open(second, "older note");
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["c1: half a w"]);
    expect([note.text, note.state]).toEqual(["older note", "saved"]);
  });

  it("does not lose what is typed while the save is on its way", async () => {
    const { note, shelf } = desk();
    note.open(first, "");
    note.type("a");
    note.flush();
    note.type("ab");
    await vi.advanceTimersByTimeAsync(0);
    expect([note.state, [...shelf.kept.values()]]).toEqual(["typing", ["ab"]]);
    await vi.advanceTimersByTimeAsync(600);
    expect([note.state, shelf.kept.size]).toEqual(["saved", 0]);
  });

  it("waits for one save at a time, but not for what must come first", async () => {
    const sent: string[] = [];
    const answers: (() => void)[] = [];
    const shelf = new Shelf();
    const note = new Note(
      (_, text) => {
        sent.push(text);
        return new Promise((resolve) => answers.push(resolve));
      },
      () => 42,
      shelf,
    );
    note.open(first, "");
    for (const text of ["a", "ab", "abc"]) {
      note.type(text);
      await vi.advanceTimersByTimeAsync(600);
    }
    expect(sent).toEqual(["a"]);
    answers[0]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["a", "abc"]);
    note.type("abcd");
    note.flush();
    expect(sent).toEqual(["a", "abc", "abcd"]);
    answers[1]!();
    answers[2]!();
    await vi.advanceTimersByTimeAsync(600);
    expect([note.state, sent.length, shelf.kept.size]).toEqual(["saved", 3, 0]);
  });
});
