// Does a discontinuity mean what the API says?
//
// A test of the emulator, which may be run on any program. For each event it asserts:
// - the program counter is where control goes on, and the next instruction executed is the one there; after an event
//   without a `to`, no instruction is executed;
// - `from` of a host call is the system call that was begun last, and it was announced as one;
// - `from` of an exception is the instruction begun last, or where that jumped to, or the signal handler that found no
//   room on its stack;
// - `from` of an interrupt is the instruction that would have run next.
//
// Price: an inline operation for each instruction, a condition for each block, a callback for each event.
import { type Discontinuity, definePlugin } from "@terrarium/api";

const jumps: readonly string[] = ["branch", "jump", "call", "return"];

const hex = (value: bigint | undefined) => (value === undefined ? "nowhere" : `0x${value.toString(16)}`);

export default definePlugin({
  name: "discons",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Self-check: what discontinuities say of where control was and where it goes",
  install(vm) {
    /** The instruction that was begun last. */
    const last = vm.counter("last");
    /** 1 after an event, until an instruction is executed. */
    const pending = vm.counter("pending");
    const kinds = new Map<bigint, string>();
    const counts = {
      hostcall: { events: 0, checks: 0, failures: 0 },
      exception: { events: 0, checks: 0, failures: 0 },
      interrupt: { events: 0, checks: 0, failures: 0 },
    };
    const failures: { text: string; address: bigint; at: bigint }[] = [];
    /** The last event, while no instruction has been executed since. */
    let event: Pick<Discontinuity, "kind" | "from" | "to" | "cause"> | undefined;

    const check = (kind: Discontinuity["kind"], holds: boolean, what: () => string, address: bigint) => {
      counts[kind].checks++;
      if (holds) return;
      counts[kind].failures++;
      const at = vm.vcpus[0].instructionCount;
      const text = `${kind}: ${what()}`;
      vm.log(`${text} (after ${at} instructions)`, "error");
      failures.push({ text, address, at });
    };

    vm.onTranslate((tb) => {
      const entry = tb.vaddr;
      // The first instruction that is executed after an event begins a block.
      tb.onExecute(
        () => {
          pending.value = 0n;
          if (!event) return;
          const { kind, to, cause } = event;
          event = undefined;
          check(kind, to === entry, () => `${cause} led to ${hex(to)}, and ${hex(entry)} is executed`, entry);
        },
        { when: pending },
      );
      for (const insn of tb.instructions) {
        insn.inline.set(last, insn.vaddr);
        kinds.set(insn.vaddr, insn.kind);
      }
    });

    vm.onDiscontinuity(({ kind, from, to, cause, vcpu }) => {
      const begun = last.value;
      const before = event;
      counts[kind].events++;
      if (to !== undefined) {
        const pc = vcpu.register("pc");
        check(kind, pc === to, () => `${cause} goes on at ${hex(to)}, and the pc is ${hex(pc)}`, from);
      }
      if (kind === "hostcall") {
        check(kind, from === begun, () => `${cause} comes from ${hex(from)}, and ${hex(begun)} was begun last`, from);
        check(kind, kinds.get(from) === "system", () => `${cause} comes from a "${kinds.get(from)}"`, from);
      } else if (kind === "exception") {
        const isTarget = jumps.includes(kinds.get(begun) ?? "");
        const isHandler = before?.to === from;
        const holds = from === begun || isTarget || isHandler;
        check(kind, holds, () => `${cause} comes from ${hex(from)}, and ${hex(begun)} was begun last`, from);
      } else {
        // Signals from elsewhere are delivered when a system call returns: that event says what would have run next.
        const next = before?.to;
        check(
          kind,
          from === next,
          () => `${cause} comes from ${hex(from)}, and ${hex(next)} would have run next`,
          from,
        );
      }
      event = { kind, from, to, cause };
      pending.value = 1n;
    });

    vm.views.table(
      "Discontinuities",
      () =>
        Object.entries(counts).map(([kind, entry]) => ({
          kind,
          ...entry,
          verdict: entry.failures > 0 ? "FAILED" : entry.checks > 0 ? "passed" : "not seen",
        })),
      { columns: { kind: "text", events: "integer", checks: "integer", failures: "integer", verdict: "text" } },
    );
    vm.views.log("Failed checks of discontinuities", () => failures);
  },
});
