import { describe, expect, it } from "vitest";
import { href, parseRoute } from "./route";

describe("routes", () => {
  it.each([
    ["", "desk", ""],
    ["#/", "desk", ""],
    ["#/wall?tv=1", "wall", ""],
    ["#/kpi/in.sl_off%2820%29?range=today", "kpi", "in.sl_off(20)"],
    ["#/kpi/100%", "kpi", "100%"],
    ["#/nowhere", "none", ""],
  ])("%s", (hash, page, id) => {
    const route = parseRoute(hash, "desk");
    expect([route.page, route.id]).toEqual([page, id]);
  });

  it("goes there and back", () => {
    const address = href("kpi", "in.sl_off(20)", { range: "week", key: "", call: "a b" });
    const route = parseRoute(address, "desk");
    expect([route.page, route.id]).toEqual(["kpi", "in.sl_off(20)"]);
    expect(Object.fromEntries(route.query)).toEqual({ range: "week", call: "a b" });
  });
});
