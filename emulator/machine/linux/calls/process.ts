// The process itself: identity, limits, exit, and the little that one thread needs of the calls for threads.
import { identity } from "../abi.ts";
import { STACK_SIZE } from "../address-space.ts";
import { DESCRIPTOR_LIMIT } from "../descriptors.ts";
import { Errno, fail } from "../errno.ts";
import {
  int,
  type LinuxProcess,
  readClock,
  type SyscallHandler,
  type SyscallHandlers,
  type SyscallResult,
  size,
  uint,
  waitForever,
  waitUntil,
} from "../process.ts";
import { cString, Structure } from "../user-memory.ts";
import { probeHardware } from "./hardware-probe.ts";
import { readTimespec } from "./time.ts";

const { pid, parent, uid, gid } = identity;
const UNLIMITED = (1n << 64n) - 1n;

/** RLIMIT_*. */
const limits: Readonly<Record<number, bigint>> = {
  3: BigInt(STACK_SIZE),
  4: 0n,
  6: 4096n,
  7: BigInt(DESCRIPTOR_LIMIT),
};
const LIMIT_COUNT = 16;

function limitStructure(resource: bigint): Structure {
  if (uint(resource) >= LIMIT_COUNT) fail(Errno.EINVAL);
  const limit = limits[uint(resource)] ?? UNLIMITED;
  return new Structure(16).u64(0, limit).u64(8, limit);
}

/** The kernel that riscv_hwprobe(2) answers like. */
const RELEASE = "6.16.0";

function systemName(process: LinuxProcess, address: bigint): SyscallResult {
  const field = 65;
  const structure = new Structure(6 * field);
  ["Linux", "terrarium", RELEASE, "#1 SMP", "riscv64", "(none)"].forEach((text, i) => {
    structure.set(i * field, cString(text));
  });
  process.user.write(address, structure);
  return 0;
}

/** Memory and load as sysinfo(2) reports them. */
function systemInformation(process: LinuxProcess, address: bigint): SyscallResult {
  const total = process.memory.limit;
  const used = process.memory.mappings().reduce((sum, { start, end }) => sum + end - start, 0);
  const structure = new Structure(112)
    .u64(0, process.door.clock("monotonic") / 1_000_000_000n)
    .u64(32, total)
    .u64(40, total - used)
    .u16(80, 1)
    .u32(104, 1);
  process.user.write(address, structure);
  return 0;
}

enum Futex {
  Wait = 0,
  Wake = 1,
  WaitBitset = 9,
  WakeBitset = 10,
  CommandMask = 0x7f,
  ClockRealtime = 0x100,
}

/** With one thread a wait ends only by its timeout, and a wake finds nobody. */
function futex(
  process: LinuxProcess,
  address: bigint,
  operation: bigint,
  value: bigint,
  timeout: bigint,
): SyscallResult {
  if (address % 4n !== 0n) fail(Errno.EINVAL);
  const command = uint(operation) & Futex.CommandMask;
  if (command === Futex.Wake || command === Futex.WakeBitset) return 0;
  if (command !== Futex.Wait && command !== Futex.WaitBitset) return -Errno.ENOSYS;
  if (process.user.structure(address, 4).getU32(0) !== uint(value)) fail(Errno.EAGAIN);
  if (timeout === 0n) return waitForever();
  const span = readTimespec(process, timeout);
  const wait = waitUntil(process, () => {
    if (command === Futex.Wait) return process.door.clock("monotonic") + span;
    // WAIT_BITSET's timeout is a moment.
    return uint(operation) & Futex.ClockRealtime
      ? process.door.clock("monotonic") + span - process.door.clock("realtime")
      : span;
  });
  return wait ?? -Errno.ETIMEDOUT;
}

function usage(process: LinuxProcess, who: bigint, address: bigint): SyscallResult {
  if (![0, 1, -1].includes(int(who))) fail(Errno.EINVAL);
  const spent = int(who) === -1 ? 0n : process.instructionCount();
  process.user.write(address, new Structure(144).u64(0, spent / 1_000_000_000n).u64(8, (spent / 1000n) % 1_000_000n));
  return 0;
}

const PR_SET_NAME = 15;
const PR_GET_NAME = 16;

function processControl(process: LinuxProcess, option: bigint, address: bigint): SyscallResult {
  if (int(option) === PR_SET_NAME) {
    process.user.read(address, 1);
    return 0;
  }
  if (int(option) !== PR_GET_NAME) return fail(Errno.EINVAL);
  process.user.write(address, cString(process.name.slice(0, 15)));
  return 0;
}

function three(process: LinuxProcess, addresses: readonly bigint[], value: number): SyscallResult {
  for (const address of addresses) process.user.write(address, new Structure(4).u32(0, value));
  return 0;
}

/** The only process there is, named by its id or as 0. */
function needSelf(target: bigint): void {
  if (int(target) !== 0 && int(target) !== pid) fail(Errno.ESRCH);
}

/** A call about a process whose answer is always the same. */
function ofSelf(answer: number): SyscallHandler {
  return (_process, target) => {
    needSelf(target);
    return answer;
  };
}

function exit(_process: LinuxProcess, status: bigint): SyscallResult {
  return { exit: int(status) & 0xff };
}

const GRND_MASK = 7;

export const processCalls: SyscallHandlers = {
  exit,
  exit_group: exit,
  set_tid_address: () => pid,
  set_robust_list: () => 0,
  // The library does without; saying so each time would only worry people.
  rseq: () => -Errno.ENOSYS,
  clone3: () => -Errno.ENOSYS,
  futex,
  getpid: () => pid,
  getppid: () => parent,
  gettid: () => pid,
  getuid: () => uid,
  geteuid: () => uid,
  getgid: () => gid,
  getegid: () => gid,
  getpgid: ofSelf(pid),
  getsid: ofSelf(pid),
  getresuid: (process, ...addresses) => three(process, addresses.slice(0, 3), uid),
  getresgid: (process, ...addresses) => three(process, addresses.slice(0, 3), gid),
  getgroups: (process, count, address) => {
    if (int(count) > 0) process.user.write(address, new Structure(4).u32(0, gid));
    return 1;
  },
  prlimit64: (process, target, resource, _wanted, old) => {
    needSelf(target);
    const structure = limitStructure(resource);
    if (old !== 0n) process.user.write(old, structure);
    return 0;
  },
  getrlimit: (process, resource, address) => {
    process.user.write(address, limitStructure(resource));
    return 0;
  },
  setrlimit: (_process, resource) => {
    limitStructure(resource);
    return 0;
  },
  getrusage: usage,
  times: (process, address) => {
    const ticks = process.instructionCount() / 10_000_000n;
    if (address !== 0n) process.user.write(address, new Structure(32).u64(0, ticks));
    return readClock(process, 1) / 10_000_000n;
  },
  uname: systemName,
  sysinfo: systemInformation,
  prctl: processControl,
  getrandom: (process, buffer, length, flags) => {
    if (uint(flags) & ~GRND_MASK) fail(Errno.EINVAL);
    const wanted = Math.min(size(length), 1 << 20);
    process.user.needWritable(buffer, wanted);
    process.user.write(buffer, process.door.random(wanted));
    return wanted;
  },
  sched_yield: () => 0,
  sched_getaffinity: (process, target, length, mask) => {
    needSelf(target);
    if (length < 8n || length % 8n !== 0n) fail(Errno.EINVAL);
    process.user.write(mask, new Structure(8).u64(0, 1));
    return 8;
  },
  sched_setaffinity: ofSelf(0),
  sched_getscheduler: ofSelf(0),
  sched_getparam: (process, target, address) => {
    needSelf(target);
    process.user.write(address, new Structure(4));
    return 0;
  },
  sched_get_priority_max: () => 0,
  sched_get_priority_min: () => 0,
  // As the kernel returns it: 20 less the nice value.
  getpriority: () => 20,
  getcpu: (process, cpu, node) => {
    for (const address of [cpu, node]) if (address !== 0n) process.user.write(address, new Structure(4));
    return 0;
  },
  wait4: () => -Errno.ECHILD,
  waitid: () => -Errno.ECHILD,
  membarrier: (_process, command) => (int(command) === 0 ? 0 : -Errno.EINVAL),
  riscv_hwprobe: probeHardware,
  riscv_flush_icache: () => 0,
};
