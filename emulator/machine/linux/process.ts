// A Linux process on one vCPU: its state, and how a system call is carried out.
import type { GuestHardware } from "../../guest/guest.ts";
import type { Door } from "../api.ts";
import { HostError } from "../api.ts";
import type { GuestMemory } from "../memory.ts";
import { ClockId } from "./abi.ts";
import type { AddressSpace } from "./address-space.ts";
import type { DescriptorTable } from "./descriptors.ts";
import { Errno, errnoByName, fail, LinuxError } from "./errno.ts";
import type { FileSystem } from "./file-system.ts";
import type { SignalState } from "./signals.ts";
import { syscallName } from "./syscall-table.ts";
import type { UserMemory } from "./user-memory.ts";
import type { UserRegisters } from "./user-registers.ts";

/** A system call that cannot be finished now; it is tried again when the guest next runs. */
export type Wait = { wait: "input" } | { wait: "sleep"; nanoseconds: bigint };

/** The call ends the process. */
export interface Ending {
  exit: number;
}

/** The call has put the registers where control goes on: rt_sigreturn. */
export const NO_RETURN = Symbol("no return");

/** A handler's result: what a0 gets (negative errno for an error). */
export type SyscallResult = number | bigint | Wait | Ending | typeof NO_RETURN;

/** Takes the arguments as unsigned 64-bit; throws LinuxError to give an errno. */
export type SyscallHandler = (process: LinuxProcess, ...args: bigint[]) => SyscallResult;

/** Handlers by the call's name in the table. */
export type SyscallHandlers = Readonly<Record<string, SyscallHandler>>;

export interface LinuxProcess {
  readonly door: Door;
  readonly memory: GuestMemory;
  readonly user: UserMemory;
  readonly registers: UserRegisters;
  readonly space: AddressSpace;
  readonly files: FileSystem;
  readonly descriptors: DescriptorTable;
  readonly signals: SignalState;
  readonly hardware: GuestHardware;
  /** Base name of the program. */
  readonly name: string;
  /** When the waiting call in progress has to end, by the monotonic clock; undefined when none waits. */
  deadline: bigint | undefined;
  /** The mask to put back after rt_sigsuspend's handler has its frame. */
  suspendedMask: bigint | undefined;
  instructionCount(): bigint;
}

/** A C int. */
export function int(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** A C unsigned int. */
export function uint(value: bigint): number {
  return Number(BigInt.asUintN(32, value));
}

/** A size or count as a number, at most 2^31 (longer ones are shortened as Linux shortens them). */
export function size(value: bigint): number {
  return value > 0x7fff_f000n ? 0x7fff_f000 : Number(value);
}

/** A file offset; EINVAL when negative. */
export function offset(value: bigint): number {
  const signed = BigInt.asIntN(64, value);
  if (signed < 0n) fail(Errno.EINVAL);
  if (signed > BigInt(Number.MAX_SAFE_INTEGER)) fail(Errno.EOVERFLOW);
  return Number(signed);
}

/** Nanoseconds of a clock; EINVAL for one there is not. */
export function readClock(process: LinuxProcess, clock: number): bigint {
  switch (clock) {
    case ClockId.Realtime:
    case ClockId.RealtimeCoarse:
      return process.door.clock("realtime");
    case ClockId.Monotonic:
    case ClockId.MonotonicRaw:
    case ClockId.MonotonicCoarse:
    case ClockId.BootTime:
      return process.door.clock("monotonic");
    case ClockId.ProcessCpu:
    case ClockId.ThreadCpu:
      // One nanosecond an instruction: the same on every host.
      return process.instructionCount();
    default:
      return fail(Errno.EINVAL);
  }
}

/** Waits until the monotonic clock reaches `deadline()`, asked once per call: undefined when it has. */
export function waitUntil(process: LinuxProcess, deadline: () => bigint): Wait | undefined {
  process.deadline ??= deadline();
  const left = process.deadline - process.door.clock("monotonic");
  return left > 0n ? { wait: "sleep", nanoseconds: left } : undefined;
}

/** How long a call that nothing can end sleeps before it is asked again. */
const FOREVER: Wait = { wait: "sleep", nanoseconds: 1_000_000_000n };

/** Waits for what can no longer happen: a signal or an event when nobody else runs who might cause it. */
export function waitForever(): Wait {
  return FOREVER;
}

/** Carries out one call. Errors become negative results. */
export function carryOut(
  process: LinuxProcess,
  handlers: SyscallHandlers,
  number: number,
  args: readonly bigint[],
  reportUnknown: (name: string) => void,
): SyscallResult {
  const name = syscallName(number);
  const handler = handlers[name];
  if (!handler) {
    reportUnknown(name);
    return -Errno.ENOSYS;
  }
  try {
    return handler(process, ...args);
  } catch (error) {
    if (error instanceof LinuxError) return -error.errno;
    if (error instanceof HostError) return -errnoByName(error.code);
    throw error;
  }
}
