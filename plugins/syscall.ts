// Which system calls does the program make, how often, and how do they end?
//
// Price: a callback per system call; the guest's own code is left as it is.
import { definePlugin, type SyscallArgument, type SyscallEvent } from "@terrarium/api";

/** "The current directory", where a call takes a directory. */
const AT_FDCWD = -100n;
const LONGEST_PATH = 256;

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
    const calls = new Map<number, { name: string | undefined; calls: number; errors: number }>();
    const log: { syscall: number; call: string; returned?: bigint }[] = [];

    vm.onSyscall((event) => {
      const { number, name } = event;
      const entry = calls.get(number) ?? { name, calls: 0, errors: 0 };
      entry.calls++;
      calls.set(number, entry);
      if (!print) return;
      log.push({ syscall: number, call: textOf(event) });
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
      { columns: { "syscall no.": "integer", name: "text", calls: "integer", errors: "integer" } },
    );
    if (print)
      vm.views.table("Log of system calls", () => log, {
        columns: { syscall: "integer", call: "text", returned: "integer" },
      });

    /** `openat(dirfd AT_FDCWD, path "/etc/passwd", flags 0x0, mode 0)`; what is not known of a call, in hexadecimal. */
    function textOf({ number, name, signature, args }: SyscallEvent): string {
      const decoded =
        signature.length > 0
          ? signature.map((argument, i) => `${argument.name} ${argumentText(argument, args[i])}`)
          : args.slice(0, 6).map(hexadecimal);
      return `${name ?? number}(${decoded.join(", ")})`;
    }

    function argumentText({ type }: SyscallArgument, value: bigint): string {
      switch (type) {
        case "path": {
          const path = vm.memory.readString(value, LONGEST_PATH);
          return path.ok ? JSON.stringify(path.text) : hexadecimal(value);
        }
        case "dirfd":
          return BigInt.asIntN(32, value) === AT_FDCWD ? "AT_FDCWD" : `${BigInt.asIntN(32, value)}`;
        case "fd":
        case "int":
        case "signal":
          return `${BigInt.asIntN(32, value)}`;
        case "uint":
          return `${BigInt.asUintN(32, value)}`;
        case "size":
          return `${value}`;
        case "offset":
          return `${BigInt.asIntN(64, value)}`;
        case "mode":
          return value === 0n ? "0" : `0${BigInt.asUintN(32, value).toString(8)}`;
        case "pointer":
        case "flags":
          return hexadecimal(value);
      }
    }
  },
});

const hexadecimal = (value: bigint) => `0x${value.toString(16)}`;
