// The parked calls, read while somebody looks at them.
import { list } from "../protocol/parts";
import { parked, type Parked } from "../protocol";
import { get } from "../shell/http";
import { every } from "./every";

const ROUND_MS = 2000;

class Parking {
  /** Who waits longest first. */
  list = $state.raw<Parked[]>([]);

  /** Reads until the returned function is called. What can't be read is shown as nothing: a call that may be gone can't be fetched. */
  watch(): () => void {
    const stop = every(ROUND_MS, async (signal) => {
      try {
        this.list = await get("api/parked", list(parked), signal);
      } catch {
        this.list = [];
      }
    });
    return () => {
      stop();
      this.list = [];
    };
  }
}

export const parking = new Parking();
