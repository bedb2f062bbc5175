// Where does control go that no instruction sent it: signals, faults, system calls?
//
// Price: a callback for each such event; the guest's own code is left as it is.
import { type Discontinuity, definePlugin } from "@terrarium/api";

type Trap = {
  readonly kind: Discontinuity["kind"];
  readonly cause: string;
  readonly from: bigint;
  count: number;
  /** Instructions begun when it was first seen. */
  readonly first: bigint;
};

const lanes = { hostcall: "host calls", exception: "exceptions", interrupt: "interrupts" } as const;

export default definePlugin({
  name: "traps",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Interrupts, exceptions and host calls: when, how often, from where",
  options: {
    limit: { type: "integer", default: 50, minimum: 1, description: "Places to show" },
    log: {
      type: "integer",
      default: 10_000,
      minimum: 0,
      maximum: 100_000,
      description: "Events in the timeline: the last so many",
    },
  },
  install(vm, { limit, log }) {
    const places = new Map<string, Trap>();
    // A ring: the next event takes the place of the oldest.
    const events: { lane: string; start: bigint; label: string; address: bigint }[] = [];
    let next = 0;

    vm.onDiscontinuity(({ kind, cause, from, vcpu }) => {
      const at = vcpu.instructionCount;
      const key = `${kind} ${cause} ${from}`;
      const place = places.get(key);
      if (place) place.count++;
      else places.set(key, { kind, cause, from, count: 1, first: at });
      if (log === 0) return;
      events[next] = { lane: lanes[kind], start: at, label: cause, address: from };
      next = (next + 1) % log;
    });

    vm.views.table(
      "Traps",
      () => {
        const causes = new Map<string, { kind: string; cause: string; count: number; places: number }>();
        for (const { kind, cause, count } of places.values()) {
          const entry = causes.get(`${kind} ${cause}`) ?? { kind, cause, count: 0, places: 0 };
          causes.set(`${kind} ${cause}`, entry);
          entry.count += count;
          entry.places++;
        }
        return [...causes.values()].sort((a, b) => b.count - a.count);
      },
      { columns: { kind: "text", cause: "text", count: "integer", places: "integer" } },
    );
    vm.views.table("Trapping places", () => [...places.values()].sort((a, b) => b.count - a.count).slice(0, limit), {
      columns: { from: "address", kind: "text", cause: "text", count: "integer", first: "integer" },
    });
    if (log > 0) vm.views.timeline("Trap times", () => [...events.slice(next), ...events.slice(0, next)]);
  },
});
