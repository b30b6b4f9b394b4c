// Requests to the server. Every answer is checked by its schema; every failure
// is a Problem that says what, why and what to do.
import * as v from "valibot";

export type ProblemKind = "unauthorized" | "forbidden" | "notfound" | "failed" | "offline" | "unread";

export class Problem extends Error {
  constructor(
    readonly kind: ProblemKind,
    message: string,
    /** What finds the log line, where the server gave one. */
    readonly id = "",
  ) {
    super(message);
  }
}

/** Marks a request as ours: a foreign page cannot send this header. */
const OURS = { "X-Callstamp": "1" };

export async function get<S extends v.GenericSchema>(path: string, schema: S, signal?: AbortSignal): Promise<v.InferOutput<S>> {
  return read(await ask(path, { signal: signal ?? null }), schema);
}

export async function post<S extends v.GenericSchema>(path: string, body: unknown, schema: S): Promise<v.InferOutput<S>> {
  return read(await send(path, body), schema);
}

export async function send(path: string, body?: unknown): Promise<Response> {
  return ask(path, {
    method: "POST",
    headers: body === undefined ? OURS : { ...OURS, "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, document.baseURI), { ...init, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem("offline", "");
  }
  if (!response.ok) throw await refused(response);
  return response;
}

async function read<S extends v.GenericSchema>(response: Response, schema: S): Promise<v.InferOutput<S>> {
  let json: unknown;
  try {
    json = await response.json();
  } catch {
    throw new Problem("unread", "");
  }
  const checked = v.safeParse(schema, json);
  if (!checked.success) throw new Problem("unread", v.flatten(checked.issues).root?.join(" ") ?? "");
  return checked.output;
}

/** The server's own words (RFC 9457: detail) where it has any. */
async function refused(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const said = v.safeParse(v.object({ detail: v.optional(v.string()), message: v.optional(v.string()) }), body);
  const words = said.success ? (said.output.detail ?? said.output.message ?? "") : "";
  return new Problem(KINDS.get(response.status) ?? "failed", words, response.headers.get("X-Request-Id") ?? "");
}

const KINDS: ReadonlyMap<number, ProblemKind> = new Map<number, ProblemKind>([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "notfound"],
]);
