// Clocks and sleeping.
import { ClockId } from "../abi.ts";
import { Errno, fail } from "../errno.ts";
import {
  int,
  type LinuxProcess,
  readClock,
  type SyscallHandlers,
  type SyscallResult,
  uint,
  waitUntil,
} from "../process.ts";
import { Structure } from "../user-memory.ts";

const BILLION = 1_000_000_000n;
const TIMER_ABSOLUTE = 1;

/** A struct timespec in nanoseconds; EINVAL when it is none. */
export function readTimespec(process: LinuxProcess, address: bigint): bigint {
  const structure = process.user.structure(address, 16);
  const [seconds, nanoseconds] = [structure.getI64(0), structure.getI64(8)];
  if (seconds < 0n || nanoseconds < 0n || nanoseconds >= BILLION) fail(Errno.EINVAL);
  return seconds * BILLION + nanoseconds;
}

function timespec(nanoseconds: bigint): Structure {
  return new Structure(16).u64(0, nanoseconds / BILLION).u64(8, nanoseconds % BILLION);
}

function sleep(process: LinuxProcess, clock: number, flags: bigint, request: bigint): SyscallResult {
  if (clock === ClockId.ThreadCpu) fail(Errno.EINVAL);
  const span = readTimespec(process, request);
  const wait = waitUntil(process, () => {
    const now = process.door.clock("monotonic");
    if (!(uint(flags) & TIMER_ABSOLUTE)) return now + span;
    return clock === ClockId.Monotonic ? span : now + span - readClock(process, clock);
  });
  return wait ?? 0;
}

export const timeCalls: SyscallHandlers = {
  clock_gettime: (process, clock, address) => {
    process.user.write(address, timespec(readClock(process, int(clock))));
    return 0;
  },
  clock_getres: (process, clock, address) => {
    readClock(process, int(clock));
    if (address !== 0n) process.user.write(address, timespec(1n));
    return 0;
  },
  gettimeofday: (process, address, zone) => {
    const now = process.door.clock("realtime");
    if (address !== 0n)
      process.user.write(address, new Structure(16).u64(0, now / BILLION).u64(8, (now % BILLION) / 1000n));
    if (zone !== 0n) process.user.write(zone, new Structure(8));
    return 0;
  },
  nanosleep: (process, request) => sleep(process, ClockId.Monotonic, 0n, request),
  clock_nanosleep: (process, clock, flags, request) => sleep(process, int(clock), flags, request),
};
