// Signals: handlers, masks, sending.
import { identity } from "../abi.ts";
import { Errno, fail } from "../errno.ts";
import {
  int,
  type LinuxProcess,
  NO_RETURN,
  type SyscallHandlers,
  type SyscallResult,
  waitForever,
  waitUntil,
} from "../process.ts";
import { infoStructure, popSignalFrame, stackStructure } from "../signal-frame.ts";
import { SIGNAL_COUNT, Signal, signalCode, signalName } from "../signals.ts";
import { Structure } from "../user-memory.ts";
import { readTimespec } from "./time.ts";

/** Bytes of the kernel's sigset_t. */
const SET_SIZE = 8n;
const STACK_DISABLE = 2;
const STACK_MINIMUM = 2048n;

function checkSetSize(size: bigint): void {
  if (size !== SET_SIZE) fail(Errno.EINVAL);
}

function setAction(process: LinuxProcess, number: bigint, wanted: bigint, old: bigint, size: bigint): SyscallResult {
  checkSetSize(size);
  const signal = int(number);
  if (signal < 1 || signal > SIGNAL_COUNT) fail(Errno.EINVAL);
  if (wanted !== 0n && (signal === Signal.KILL || signal === Signal.STOP)) fail(Errno.EINVAL);
  const before = process.signals.action(signal);
  const structure = wanted === 0n ? undefined : process.user.structure(wanted, 24);
  if (old !== 0n)
    process.user.write(old, new Structure(24).u64(0, before.handler).u64(8, before.flags).u64(16, before.mask));
  if (structure)
    process.signals.setAction(signal, {
      handler: structure.getU64(0),
      flags: structure.getU64(8),
      mask: structure.getU64(16),
    });
  return 0;
}

function changeMask(process: LinuxProcess, how: bigint, wanted: bigint, old: bigint, size: bigint): SyscallResult {
  checkSetSize(size);
  const before = process.signals.blocked;
  const change = wanted === 0n ? undefined : process.user.structure(wanted, 8).getU64(0);
  if (old !== 0n) process.user.write(old, new Structure(8).u64(0, before));
  if (change === undefined) return 0;
  const results: Readonly<Record<number, bigint>> = { 0: before | change, 1: before & ~change, 2: change };
  process.signals.blocked = results[int(how)] ?? fail(Errno.EINVAL);
  return 0;
}

function suspend(process: LinuxProcess, mask: bigint, size: bigint): SyscallResult {
  checkSetSize(size);
  const wanted = process.user.structure(mask, 8).getU64(0);
  if (!process.signals.hasDeliverable(wanted)) return waitForever();
  process.suspendedMask = process.signals.blocked;
  process.signals.blocked = wanted;
  return -Errno.EINTR;
}

function timedWait(process: LinuxProcess, set: bigint, info: bigint, timeout: bigint, size: bigint): SyscallResult {
  checkSetSize(size);
  const wanted = process.user.structure(set, 8).getU64(0);
  const taken = process.signals.takeOf(wanted);
  if (taken) {
    if (info !== 0n) process.user.write(info, infoStructure(taken, identity.pid, identity.uid));
    return taken.signal;
  }
  if (timeout === 0n) return waitForever();
  const span = readTimespec(process, timeout);
  return waitUntil(process, () => process.door.clock("monotonic") + span) ?? -Errno.EAGAIN;
}

function alternateStack(process: LinuxProcess, wanted: bigint, old: bigint): SyscallResult {
  const { signals, registers, user } = process;
  const structure = wanted === 0n ? undefined : user.structure(wanted, 24);
  if (old !== 0n) user.write(old, stackStructure(signals, registers.sp));
  if (!structure) return 0;
  if (signals.onAlternateStack(registers.sp)) fail(Errno.EPERM);
  const flags = structure.getU32(8);
  if (flags & ~STACK_DISABLE) fail(Errno.EINVAL);
  const size = structure.getU64(16);
  if (flags & STACK_DISABLE) signals.alternateStack = undefined;
  else if (size < STACK_MINIMUM) fail(Errno.ENOMEM);
  else signals.alternateStack = { base: structure.getU64(0), size };
  return 0;
}

function send(process: LinuxProcess, number: bigint, code: number, call: string): SyscallResult {
  const signal = int(number);
  if (signal < 0 || signal > SIGNAL_COUNT) fail(Errno.EINVAL);
  if (signal === 0) return 0;
  process.signals.raise({ signal, code, text: `the program sent itself ${signalName(signal)} (${call})` });
  return 0;
}

/** There is only this process: anybody else is not there. */
function needSelf(...targets: bigint[]): void {
  if (targets.some((target) => int(target) !== identity.pid)) fail(Errno.ESRCH);
}

export const signalCalls: SyscallHandlers = {
  rt_sigaction: setAction,
  rt_sigprocmask: changeMask,
  rt_sigpending: (process, set, size) => {
    checkSetSize(size);
    process.user.write(set, new Structure(8).u64(0, process.signals.pendingBits & process.signals.blocked));
    return 0;
  },
  rt_sigsuspend: suspend,
  rt_sigtimedwait: timedWait,
  rt_sigreturn: (process) => {
    popSignalFrame(process.registers, process.user, process.signals);
    return NO_RETURN;
  },
  sigaltstack: alternateStack,
  kill: (process, target, signal) => {
    // 0 and -1 mean groups, of which this process is the only member.
    if (int(target) > 0 || int(target) < -1) needSelf(int(target) < 0 ? -target : target);
    return send(process, signal, signalCode.user, "kill");
  },
  tkill: (process, thread, signal) => {
    needSelf(thread);
    return send(process, signal, signalCode.threadKill, "tkill");
  },
  tgkill: (process, group, thread, signal) => {
    needSelf(group, thread);
    return send(process, signal, signalCode.threadKill, "tgkill");
  },
};
