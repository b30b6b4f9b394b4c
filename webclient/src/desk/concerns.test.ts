import { expect, it } from "vitest";
import table from "../../../cmd/callstamp/degraded.go?raw";
import { en } from "../i18n/en";
import { concerns } from "./concerns";

it("tells of all that the server has for agents, in words of ours", () => {
  const names = new Map([...table.matchAll(/^\t(\w+) += "(\w+)"/gm)].map((found) => [found[1] ?? "", found[2] ?? ""]));
  const told = [...table.matchAll(/id: (\w+),[^\n]* agents: true/g)].map((found) => names.get(found[1] ?? "") ?? "");
  expect(told).toHaveLength(5);
  for (const id of told) {
    expect(concerns(id, "idle")).toBe(true);
    expect(en).toHaveProperty([`server.${id}`]);
  }
});

it("does not interrupt a talk for what matters after it", () => {
  expect(concerns("postgres_away", "call")).toBe(false);
  expect(concerns("postgres_away", "wrap")).toBe(true);
  expect(concerns("draining", "call")).toBe(true);
  expect(concerns("redis_away", "idle")).toBe(false);
});
