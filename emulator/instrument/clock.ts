// The guest's clock in the hands of one plugin at most.
import type { ClockControl } from "../../plugins/api/index.ts";
import type { MachineLike } from "../machine/api.ts";

export class ClockOwner {
  private owner: string | undefined;

  constructor(private readonly machine: MachineLike) {}

  /** @throws Error when it is taken, naming who has it. */
  take(plugin: string): ClockControl {
    if (this.owner !== undefined) throw new Error(`plugin "${this.owner}" has the guest's clock: there is only one`);
    this.owner = plugin;
    let nanoseconds = 0n;
    let released = false;
    this.machine.steerClock(() => nanoseconds);
    return Object.freeze({
      get nanoseconds() {
        return nanoseconds;
      },
      advanceTo: (time: bigint) => {
        if (released) throw new Error("the guest's clock has been given back");
        if (typeof time !== "bigint" || time < nanoseconds)
          throw new RangeError(`the guest's clock cannot go from ${nanoseconds} ns back to ${String(time)}`);
        nanoseconds = time;
      },
      release: () => {
        if (released) return;
        released = true;
        this.owner = undefined;
        this.machine.steerClock(undefined);
      },
    });
  }
}
