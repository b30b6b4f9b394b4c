// The one desk of this tab: it stays while its person looks at other pages.
import { Desk } from "./store.svelte";

class TheDesk {
  #desk: Desk | null = null;

  open(): Desk {
    if (this.#desk === null) {
      this.#desk = new Desk();
      this.#desk.start();
      expose(this.#desk);
    }
    return this.#desk;
  }

  close(): void {
    this.#desk?.stop();
    this.#desk = null;
  }
}

export const theDesk = new TheDesk();

/** ?debug=1 shows tests the phone and the picture. */
function expose(desk: Desk): void {
  if (new URLSearchParams(location.search).get("debug") !== "1") return;
  Object.assign(window, {
    callstampDebug: {
      phone: desk.phone,
      get state() {
        return { ...desk.state, link: desk.link, phone: desk.phoneState, scene: desk.scene };
      },
    },
  });
}
