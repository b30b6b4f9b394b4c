// Hash routes: #/kpi/in.wait?range=today. They need nothing of the server and
// work under any path and inside a frame.

export type PageName = "desk" | "wall" | "kpi" | "none";

export interface Route {
  page: PageName;
  /** The part behind the page: a KPI's id. */
  id: string;
  query: URLSearchParams;
}

const PAGES: ReadonlySet<string> = new Set(["desk", "wall", "kpi"]);

export function parseRoute(hash: string, home: PageName): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", ...rest] = path.split("/");
  const known = page === "" ? home : PAGES.has(page) ? (page as PageName) : "none";
  return { page: known, id: decode(rest.join("/")), query: new URLSearchParams(query) };
}

/** An address for a route. Empty values are left out. */
export function href(page: PageName, id = "", query: Record<string, string> = {}): string {
  const filled = Object.entries(query).filter(([, value]) => value !== "");
  const tail = filled.length > 0 ? `?${new URLSearchParams(filled).toString()}` : "";
  return `#/${page}${id ? `/${encodeURIComponent(id)}` : ""}${tail}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % in a hand-written address
  }
}
