import { expect, it } from "vitest";
import { codecFor, lawsFirst } from "./codec";

const codec = (mimeType: string, clockRate = 8000) => ({ mimeType, clockRate });
const chromium = [
  codec("audio/opus", 48000),
  codec("audio/red", 48000),
  codec("audio/G722"),
  codec("audio/PCMA"),
  codec("audio/PCMU"),
  codec("audio/CN"),
  codec("audio/telephone-event", 48000),
  codec("audio/telephone-event"),
];

it("keeps both laws and the keys, PCMU first", () => {
  expect(lawsFirst(chromium).map((c) => `${c.mimeType}/${c.clockRate}`)).toEqual([
    "audio/PCMU/8000",
    "audio/PCMA/8000",
    "audio/telephone-event/8000",
  ]);
});

it("finds the trunk's law among what was negotiated", () => {
  expect(codecFor("PCMA", chromium)?.mimeType).toBe("audio/PCMA");
  expect(codecFor("PCMA", [codec("audio/PCMU")])).toBeUndefined();
});
