import * as v from "valibot";
import { describe, expect, it } from "vitest";
import * as p from "./protocol";

const shelf = import.meta.glob("../../api/testdata/wire/*.json", { eager: true, import: "default" });
const folder = new Map(Object.entries(shelf).map(([path, text]) => [path.split("/").pop() ?? "", text]));
const golden = (name: string): unknown => folder.get(name);
const files = [...folder.keys()];

const fromServer = new Set(p.serverFrame.options.map((option) => option.entries.type.literal as string));
const unanswered: Record<string, v.GenericSchema> = { hello: p.hello, heartbeat: p.heartbeat };
const login = v.object({ login: v.string(), password: v.string() });
const ready = v.object({ ready: v.boolean(), degraded: v.array(p.degraded) });
const pages: Record<string, v.GenericSchema> = {
  "live.json": p.live,
  "live_first.json": p.live,
  "ready.json": ready,
  "login.json": login,
  "session.json": p.session,
  "campaign.json": p.campaign,
  "kpi.json": p.kpi,
  "report.json": p.report,
  "parked.json": p.parked,
  "targets.json": p.targets,
  "call_row.json": p.callRow,
  "call_row_open.json": p.callRow,
  "call_detail.json": p.callDetail,
};

function fromPage(type: string): v.GenericSchema {
  const schema = unanswered[type] ?? p.commands[type as p.CommandType];
  if (schema === undefined) throw new Error(`no schema for the frame ${type}`);
  return schema;
}

// Equality shows both ways at once: a field that the schema does not name
// would be dropped, one that the file does not have would be refused.
describe("golden JSON, read by Go and by the browser", () => {
  it("is there", () => expect(files.length).toBeGreaterThan(30));

  it.each(files)("%s", (name) => {
    const text = golden(name) as { type?: string; body?: unknown };
    const frame = /^frame_(.+)\.json$/.exec(name)?.[1];
    if (frame === undefined) {
      const schema = pages[name];
      if (schema === undefined) throw new Error(`no schema for ${name}`);
      expect(v.parse(schema, text)).toEqual(text);
    } else if (fromServer.has(frame)) {
      expect(p.readFrame(JSON.stringify(text))).toEqual(text);
    } else {
      expect(text.type).toBe(frame);
      expect(v.parse(fromPage(frame), text.body)).toEqual(text.body);
    }
  });

  it("shows every frame", () => {
    const all = [...fromServer, ...Object.keys(unanswered), ...Object.keys(p.commands)];
    const shown = files.flatMap((name) => /^frame_(.+)\.json$/.exec(name)?.[1] ?? []);
    expect(shown.sort()).toEqual(all.sort());
  });
});

describe("readFrame", () => {
  it.each(["", "{", "null", "[]", '{"type":"weather"}', '{"type":"presence","body":{"state":1}}', '{"type":"done"}'])(
    "refuses %j",
    (text) => expect(p.readFrame(text)).toBeNull(),
  );

  it("reads a list that Go wrote as null", () => {
    const first = golden("live_first.json") as object;
    expect(v.parse(p.live, { ...first, agents: null, queues: null })).toMatchObject({ agents: [], queues: [] });
  });
});
