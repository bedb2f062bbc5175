// Waiting for descriptors.

import { DESCRIPTOR_LIMIT } from "../descriptors.ts";
import { Errno, fail } from "../errno.ts";
import type { OpenFile } from "../open-file.ts";
import { StandardInput } from "../open-file.ts";
import {
  type LinuxProcess,
  type SyscallHandlers,
  type SyscallResult,
  size,
  uint,
  type Wait,
  waitForever,
  waitUntil,
} from "../process.ts";
import { readTimespec } from "./time.ts";

enum Poll {
  In = 1,
  Out = 4,
  Invalid = 0x20,
}

/** How often standard input is looked at while a timeout runs. */
const LOOK_AGAIN = 10_000_000n;

/** What to do when nothing is ready: `timeout` is the address of a timespec, 0 for none. Undefined when time is up. */
function waitForEvent(process: LinuxProcess, timeout: bigint, waitsForInput: boolean): Wait | undefined {
  if (timeout === 0n) return waitsForInput ? { wait: "input" } : waitForever();
  const span = readTimespec(process, timeout);
  const wait = waitUntil(process, () => process.door.clock("monotonic") + span);
  if (wait?.wait !== "sleep" || !waitsForInput || wait.nanoseconds < LOOK_AGAIN) return wait;
  return { wait: "sleep", nanoseconds: LOOK_AGAIN };
}

function find(process: LinuxProcess, fd: number): OpenFile | undefined {
  return process.descriptors.numbers().includes(fd) ? process.descriptors.get(fd) : undefined;
}

function poll(process: LinuxProcess, table: bigint, count: bigint, timeout: bigint): SyscallResult {
  if (size(count) > DESCRIPTOR_LIMIT) fail(Errno.EINVAL);
  const entries = process.user.structure(table, size(count) * 8);
  let ready = 0;
  let waitsForInput = false;
  for (let at = 0; at < entries.bytes.length; at += 8) {
    const [fd, wanted] = [entries.getI32(at), entries.getU16(at + 4)];
    const file = fd < 0 ? undefined : find(process, fd);
    let events = 0;
    if (!file && fd >= 0) events = Poll.Invalid;
    if (file && wanted & Poll.In && file.readable) {
      if (file.hasInput()) events |= Poll.In;
      else waitsForInput ||= file instanceof StandardInput;
    }
    if (file?.writable) events |= wanted & Poll.Out;
    entries.u16(at + 6, events);
    if (events !== 0) ready++;
  }
  const wait = ready === 0 ? waitForEvent(process, timeout, waitsForInput) : undefined;
  if (wait) return wait;
  process.user.write(table, entries);
  return ready;
}

/** pselect6: the three sets are bit maps of descriptors. */
function select(
  process: LinuxProcess,
  count: bigint,
  reads: bigint,
  writes: bigint,
  exceptions: bigint,
  timeout: bigint,
): SyscallResult {
  const descriptors = uint(count);
  if (descriptors > DESCRIPTOR_LIMIT) fail(Errno.EINVAL);
  const bytes = Math.ceil(descriptors / 64) * 8;
  let ready = 0;
  let waitsForInput = false;
  const examine = (address: bigint, isReady: (file: OpenFile) => boolean): Uint8Array | undefined => {
    if (address === 0n) return undefined;
    const wanted = process.user.read(address, bytes);
    const result = new Uint8Array(bytes);
    for (let fd = 0; fd < descriptors; fd++) {
      const bit = 1 << (fd & 7);
      if (!(wanted[fd >> 3] & bit)) continue;
      if (!isReady(process.descriptors.get(fd))) continue;
      result[fd >> 3] |= bit;
      ready++;
    }
    return result;
  };
  const results = [
    examine(reads, (file) => {
      const has = file.hasInput();
      if (!has) waitsForInput ||= file instanceof StandardInput;
      return has;
    }),
    examine(writes, (file) => file.writable),
    examine(exceptions, () => false),
  ];
  const wait = ready === 0 ? waitForEvent(process, timeout, waitsForInput) : undefined;
  if (wait) return wait;
  [reads, writes, exceptions].forEach((address, i) => {
    const result = results[i];
    if (result) process.user.write(address, result);
  });
  return ready;
}

export const pollCalls: SyscallHandlers = { ppoll: poll, pselect6: select };
