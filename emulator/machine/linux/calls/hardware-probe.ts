// riscv_hwprobe(2): what the hardware can do, as Linux 6.16 tells it.
import type { GuestHardware } from "../../../guest/guest.ts";
import { Errno, fail } from "../errno.ts";
import { type LinuxProcess, type SyscallResult, size } from "../process.ts";
import { Structure } from "../user-memory.ts";

/** RISCV_HWPROBE_KEY_*. */
enum Key {
  Vendor = 0,
  Architecture = 1,
  Implementation = 2,
  BaseBehaviour = 3,
  Extensions = 4,
  /** The older name of ScalarMisaligned, as if it were a set of bits. */
  Performance = 5,
  ZeroBlockSize = 6,
  HighestAddress = 7,
  ClockFrequency = 8,
  ScalarMisaligned = 9,
  VectorMisaligned = 10,
  TheadExtensions = 11,
  ManagementBlockSize = 12,
  SifiveExtensions = 13,
}

/** Bits of Key.Extensions by the extension's name. */
const extensionBits: Readonly<Record<string, number>> = {
  zba: 3,
  zbb: 4,
  zbs: 5,
  zicboz: 6,
  zbc: 7,
  zfh: 27,
  zfhmin: 28,
  zicond: 35,
  zihintpause: 36,
  zca: 43,
  zcd: 45,
  zawrs: 48,
  zicntr: 50,
  zicbom: 55,
  zaamo: 56,
  zalrsc: 57,
};

const FLOAT_AND_DOUBLE = 1n << 0n;
const COMPRESSED = 1n << 1n;
const MISALIGNED_FAST = 3n;
const MISALIGNED_UNSUPPORTED = 4n;

function extensions(isa: string): bigint {
  const [base, ...names] = isa.split("_");
  let bits = (/f.*d/.test(base) ? FLOAT_AND_DOUBLE : 0n) | (base.includes("c") ? COMPRESSED : 0n);
  for (const name of names) if (name in extensionBits) bits |= 1n << BigInt(extensionBits[name]);
  return bits;
}

/** The value of each key there is. */
function answers({ isa, cacheBlockBytes, clockFrequency }: GuestHardware, limit: number): ReadonlyMap<bigint, bigint> {
  const values: Record<Key, bigint> = {
    [Key.Vendor]: 0n,
    [Key.Architecture]: 0n,
    [Key.Implementation]: 0n,
    [Key.BaseBehaviour]: 1n,
    [Key.Extensions]: extensions(isa),
    [Key.Performance]: MISALIGNED_FAST,
    [Key.ZeroBlockSize]: BigInt(cacheBlockBytes),
    [Key.HighestAddress]: BigInt(limit - 1),
    [Key.ClockFrequency]: BigInt(clockFrequency),
    [Key.ScalarMisaligned]: MISALIGNED_FAST,
    [Key.VectorMisaligned]: MISALIGNED_UNSUPPORTED,
    [Key.TheadExtensions]: 0n,
    [Key.ManagementBlockSize]: BigInt(cacheBlockBytes),
    [Key.SifiveExtensions]: 0n,
  };
  return new Map(Object.entries(values).map(([key, value]) => [BigInt(key), value]));
}

/** Keys whose values are sets of bits: asked for some of them, a processor with more will do. */
const bitSets: readonly bigint[] = [
  Key.BaseBehaviour,
  Key.Extensions,
  Key.Performance,
  Key.TheadExtensions,
  Key.SifiveExtensions,
].map(BigInt);

/** The flag that asks which processors have these values, rather than for the values. */
const WHICH_CPUS = 1n;

export function probeHardware(
  process: LinuxProcess,
  pairs: bigint,
  count: bigint,
  cpuBytes: bigint,
  cpus: bigint,
  flags: bigint,
): SyscallResult {
  if (flags !== 0n && flags !== WHICH_CPUS) fail(Errno.EINVAL);
  const which = flags === WHICH_CPUS;
  if (which ? cpuBytes === 0n || cpus === 0n : !includesProcessor(process, cpuBytes, cpus)) fail(Errno.EINVAL);
  const wanted = which ? processorSet(process, cpuBytes, cpus) : undefined;

  const length = size(count) * 16;
  process.user.needWritable(pairs, length);
  const table = process.user.structure(pairs, length);
  const known = answers(process.hardware, process.memory.limit);
  let matches = true;
  for (let at = 0; at < length; at += 16) {
    const key = table.getI64(at);
    const value = known.get(key);
    if (value === undefined) table.u64(at, -1n).u64(at + 8, 0n);
    else if (!which) table.u64(at + 8, value);
    const asked = table.getU64(at + 8);
    matches &&= value !== undefined && (bitSets.includes(key) ? (asked & value) === asked : asked === value);
  }
  process.user.write(pairs, table);
  if (wanted) {
    // Of an empty set all processors are meant.
    const empty = wanted.bytes.every((byte) => byte === 0);
    const found = matches && (empty || (wanted.bytes[0] & 1) !== 0);
    process.user.write(cpus, new Structure(wanted.bytes.length).set(0, Uint8Array.of(found ? 1 : 0)));
  }
  return 0;
}

/** The largest set of processors that is looked at, in bytes. */
const MOST_CPU_BYTES = 8n;

function processorSet(process: LinuxProcess, bytes: bigint, address: bigint): Structure {
  return process.user.structure(address, Number(bytes < MOST_CPU_BYTES ? bytes : MOST_CPU_BYTES));
}

/** Is the only processor, number 0, in the set? No set at all stands for every processor. */
function includesProcessor(process: LinuxProcess, bytes: bigint, address: bigint): boolean {
  if (bytes === 0n && address === 0n) return true;
  return bytes > 0n && (processorSet(process, bytes, address).bytes[0] & 1) !== 0;
}
