import { describe, expect, it } from "vitest";
import { command, defaults, type Key, type Where } from "./keys";

const key = (over: Partial<Key>): Key => ({
  code: "",
  key: "",
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
  repeat: false,
  ...over,
});
const chord = (code: string, over: Partial<Key> = {}) => key({ code, ctrlKey: true, shiftKey: true, ...over });
const call: Where = { scene: "call", padOpen: false, typing: false, onControl: false };
const wrap: Where = { ...call, scene: "wrap" };

describe("shortcuts", () => {
  it.each([
    ["a chord by its physical key", chord("KeyA", { key: "å" }), call, { do: "answer" }],
    ["a chord while typing", chord("KeyE"), { ...call, typing: true }, { do: "end" }],
    ["a chord that composes", chord("KeyA", { isComposing: true }), call, null],
    ["a held chord", chord("KeyE", { repeat: true }), call, null],
    ["Ctrl without Shift", key({ code: "KeyA", ctrlKey: true }), call, null],
    ["a free letter", chord("KeyQ"), call, null],
    ["a digit with the pad open", key({ key: "7" }), { ...call, padOpen: true }, { do: "digit", digit: "7" }],
    ["a digit with the pad closed", key({ key: "7" }), call, null],
    ["a digit typed into a note", key({ key: "7" }), { ...call, padOpen: true, typing: true }, null],
    ["a digit in wrap-up", key({ key: "3" }), wrap, { do: "result", index: 2 }],
    ["zero in wrap-up", key({ key: "0" }), wrap, null],
    ["Enter in wrap-up", key({ key: "Enter" }), wrap, { do: "save", pause: false }],
    ["Shift Enter in wrap-up", key({ key: "Enter", shiftKey: true }), wrap, { do: "save", pause: true }],
    ["Enter on a button", key({ key: "Enter" }), { ...wrap, onControl: true }, null],
    ["Enter while typing", key({ key: "Enter" }), { ...wrap, typing: true }, null],
    ["plus in wrap-up", key({ key: "+", shiftKey: true }), wrap, { do: "extend" }],
    ["a question mark", key({ key: "?", shiftKey: true }), call, { do: "list" }],
  ] as const)("%s", (_, pressed, where, expected) => {
    expect(command(pressed, where, defaults)).toEqual(expected);
  });

  it("follows a changed letter", () => {
    const bindings = { ...defaults, mute: "K" };
    expect(command(chord("KeyK"), call, bindings)).toEqual({ do: "mute" });
    expect(command(chord("KeyM"), call, bindings)).toBeNull();
  });
});
