import { describe, expect, it } from "vitest";
import golden from "../../../api/testdata/wire/live.json";
import table from "../../../cmd/callstamp/degraded.go?raw";
import { en } from "../i18n/en";
import type { Degraded, Live } from "../protocol";
import { heaviest, weight } from "./degraded";

const one = (id: string, unready?: boolean): Degraded => ({ id, since: 1, means: "It hurts.", do: "Rest.", unready });
const ids = [...table.matchAll(/^\t\w+ += "(\w+)"/gm)].map((found) => found[1] ?? "");

describe("what is degraded", () => {
  it("is all told in words of ours", () => {
    expect(ids.length).toBeGreaterThan(10);
    for (const id of ids) {
      expect(en).toHaveProperty([`degraded.${id}`]);
      expect(en).toHaveProperty([`degraded.${id}.why`]);
    }
  });

  it("is as heavy as its worst", () => {
    expect((golden as Live).degraded.map(weight)).toEqual(["warn", "warn"]);
    expect(heaviest([one("redis_away"), one("fenced")])).toBe("bad");
    expect(heaviest([one("follower_behind"), one("trunk_down")])).toBe("warn");
    expect(heaviest([one("standby")])).toBe("plain");
  });

  it("that we don't know is taken seriously", () => {
    expect(weight(one("on_fire", true))).toBe("bad");
    expect(weight(one("warm"))).toBe("warn");
  });
});
