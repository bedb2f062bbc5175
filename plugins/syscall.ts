// Which system calls does the program make, how often, and how do they end?
//
// Price: a callback per system call; the guest's own code is left as it is.
import { definePlugin } from "@terrarium/api";

export default definePlugin({
  name: "syscall",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "System calls: counts, errors, and a log of them",
  options: {
    print: { type: "boolean", default: false, description: "Keep a log of the calls" },
    limit: {
      type: "integer",
      default: 1000,
      minimum: 1,
      maximum: 100_000,
      description: "Calls in the log: the last so many",
    },
  },
  install(vm, { print, limit }) {
    const calls = new Map<number, { calls: number; errors: number }>();
    const log: { syscall: number; arguments: string; returned?: bigint }[] = [];

    vm.onSyscall(({ number, args }) => {
      const entry = calls.get(number) ?? { calls: 0, errors: 0 };
      entry.calls++;
      calls.set(number, entry);
      if (!print) return;
      log.push({ syscall: number, arguments: args.map((value) => `0x${value.toString(16)}`).join(" ") });
      if (log.length > limit) log.shift();
    });

    vm.onSyscallReturn(({ number, result }) => {
      const entry = calls.get(number);
      if (entry && result < 0n) entry.errors++;
      const last = log.at(-1);
      if (last?.syscall === number) last.returned = result;
    });

    vm.views.table(
      "System calls",
      () =>
        [...calls]
          .sort(([, a], [, b]) => b.calls - a.calls)
          .map(([number, entry]) => ({ "syscall no.": number, ...entry })),
      { columns: { "syscall no.": "integer", calls: "integer", errors: "integer" } },
    );
    if (print)
      vm.views.table("Log of system calls", () => log, {
        columns: { syscall: "integer", arguments: "text", returned: "integer" },
      });
  },
});
