// Who is logged in. The cookie is HttpOnly, so the server is asked.
import { session as schema, type Agent } from "../protocol";
import { get, post, Problem, send } from "./http";

class Session {
  user = $state.raw<Agent | null>(null);
  /** The first question to the server has been answered. */
  known = $state(false);
  /** The server could not be asked. */
  offline = $state(false);

  async begin(): Promise<void> {
    try {
      this.user = (await get("api/me", schema)).user;
      this.offline = false;
      this.known = true;
    } catch (error) {
      this.offline = !(error instanceof Problem && error.kind === "unauthorized");
      this.known = !this.offline;
    }
  }

  async login(login: string, password: string): Promise<void> {
    this.user = (await post("api/login", { login, password }, schema)).user;
  }

  async logout(): Promise<void> {
    await send("api/logout");
    this.user = null;
  }
}

export const session = new Session();

/** Starting and stopping campaigns is a manager's. */
export function mayDial(role: string): boolean {
  return role === "manager" || role === "admin";
}

/** What a role may open. The server decides again at every request. */
export function mayManage(role: string): boolean {
  return role === "supervisor" || role === "manager" || role === "admin";
}
