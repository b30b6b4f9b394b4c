// A server for trying the client by hand and for its pictures: the built
// client, golden answers, a desk that obeys. Not part of the product.
//
//   npm run dev          builds, serves http://127.0.0.1:5180, any password
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { MockDesk } from "./desk.mjs";
import { accept } from "./socket.mjs";
import * as story from "./story.mjs";

const dist = new URL("../dist/", import.meta.url);
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
/** The policy under which the client has to work. */
export const POLICY =
  "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'none'; object-src 'none'";

export async function startMock({ port = 0, answer, role = "agent", language = "en", autoRing = false } = {}) {
  const desk = new MockDesk(answer);
  desk.autoRing = autoRing;
  const state = { user: null, desk, role, language, rows: story.calls(22), frozen: false, server: {} };
  const server = createServer((request, response) => {
    handle(state, request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  const sockets = new Set();
  server.on("upgrade", (request, socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    desk.open(accept(request, socket));
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}/`;
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { address, desk, state, stop };
}

async function handle(state, request, response) {
  const url = new URL(request.url, "http://mock");
  const path = url.pathname;
  const json = (value, status = 200) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  if (request.method === "POST" && request.headers["x-callstamp"] !== "1") return json({ detail: "X-Callstamp is missing" }, 403);
  const session = () => ({ user: { ...story.golden("session").user, role: state.role, language: state.language } });

  if (path === "/api/login") return json((state.user = session()));
  if (path === "/api/logout") return json((state.user = null) ?? {});
  if (path === "/api/me") return state.user ? json(session()) : json({ detail: "Log in first." }, 401);
  if (path === "/api/live") return stream(state, request, response);
  if (path === "/api/kpis") return json(story.catalogue);
  if (path === "/api/kpi") return json(story.report(url.searchParams));
  if (/^\/api\/kpi\/.+\/calls$/.test(path) || path === "/api/calls") return json(state.rows);
  const call = /^\/api\/calls\/(.+)$/.exec(path);
  if (call) return json(story.detail(state.rows.find((row) => row.id === call[1]) ?? state.rows[0]));
  if (path === "/api/campaigns") return json(story.campaigns);
  if (path === "/api/parked") return json([story.parkedCall()]);
  if (path === "/api/targets") return json(story.targets);
  const move = /^\/api\/campaigns\/(.+)\/(start|stop)$/.exec(path);
  if (move) {
    const campaign = story.campaigns.find((c) => c.id === move[1]);
    campaign.state = move[2] === "start" ? "running" : "stopped";
    return json(campaign);
  }
  return file(path, response);
}

function stream(state, request, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const tell = () => state.frozen || response.write(`event: live\ndata: ${JSON.stringify(story.live(state.server))}\n\n`);
  tell();
  const timer = setInterval(tell, 1000);
  request.on("close", () => clearInterval(timer));
}

async function file(path, response) {
  const name = path === "/" ? "index.html" : normalize(path).slice(1);
  try {
    const body = await readFile(new URL(name, dist));
    response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream", "Content-Security-Policy": POLICY }).end(body);
  } catch {
    response.writeHead(404).end("not here");
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await startMock({ port: 5180, role: process.argv[2] ?? "admin", autoRing: true });
  console.log(`${address} – any name, any password`);
}
