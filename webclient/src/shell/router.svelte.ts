// The route of the moment.
import { parseRoute, type PageName, type Route } from "./route";

class Router {
  #hash = $state(location.hash);
  home = $state<PageName>("desk");
  readonly route: Route = $derived(parseRoute(this.#hash, this.home));

  constructor() {
    window.addEventListener("hashchange", () => (this.#hash = location.hash));
  }

  go(address: string): void {
    location.hash = address;
  }

  /** Changes the address without a step in the history: filters, choices. */
  replace(address: string): void {
    history.replaceState(null, "", address);
    this.#hash = address;
  }
}

export const router = new Router();
