// System calls decoded, and as strace writes them.
import type { GuestMemory, SyscallArgument, SyscallEvent } from "@terrarium/api";

export type DecodedValue = number | bigint | string | undefined;

/** The values of the arguments, by name (`SyscallArgumentValues` in the API says as what). */
export function decodeArguments({ signature, args }: SyscallEvent, memory: GuestMemory): Record<string, DecodedValue> {
  return Object.fromEntries(signature.map((argument, i) => [argument.name, decode(argument, args[i], memory)]));
}

function decode({ type }: SyscallArgument, bits: bigint, memory: GuestMemory): DecodedValue {
  switch (type) {
    case "path": {
      const read = memory.readString(bits);
      return read.ok ? read.text : undefined;
    }
    case "pointer":
    case "size":
      return bits;
    case "offset":
      return BigInt.asIntN(64, bits);
    case "uint":
    case "flags":
    case "mode":
      return Number(BigInt.asUintN(32, bits));
    default:
      return Number(BigInt.asIntN(32, bits));
  }
}

const AT_FDCWD = -100;
/** So much is shown of what is written. */
const SHOWN = 32;

/** `openat(AT_FDCWD, "notes.txt", 0x8000, 000)`. */
export function callText(event: SyscallEvent, decoded: Readonly<Record<string, DecodedValue>>, memory: GuestMemory) {
  const { name, number, signature } = event;
  const texts = signature.map((argument) => argumentText(argument, decoded[argument.name]));
  if (name === "write" || name === "pwrite64") texts[1] = contents(event.args[1], event.args[2], memory) ?? texts[1];
  return `${name ?? `syscall ${number}`}(${texts.join(", ")})`;
}

function argumentText({ type }: SyscallArgument, value: DecodedValue): string {
  if (type === "path") return value === undefined ? "?" : JSON.stringify(value);
  if (type === "dirfd" && value === AT_FDCWD) return "AT_FDCWD";
  if (type === "pointer") return value === 0n ? "NULL" : `0x${value?.toString(16)}`;
  if (type === "flags") return value === 0 ? "0" : `0x${value?.toString(16)}`;
  if (type === "mode") return `0${value?.toString(8)}`;
  return String(value);
}

function contents(address: bigint, size: bigint, memory: GuestMemory): string | undefined {
  const length = size > SHOWN ? SHOWN : Number(size);
  const read = memory.read(address, length);
  if (!read.ok) return undefined;
  const text = String.fromCharCode(...read.bytes);
  return JSON.stringify(text) + (size > SHOWN ? "..." : "");
}

/** Linux's names, by number. */
const errors = new Map(
  (
    "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST " +
    "EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM " +
    "ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP"
  )
    .split(" ")
    .map((name, i) => [i + 1, name] as const),
);
errors.set(75, "EOVERFLOW").set(95, "EOPNOTSUPP").set(110, "ETIMEDOUT");

/** The name of the error that a result is; `undefined` when it is none. */
export function errorName(result: bigint): string | undefined {
  if (result >= 0n || result < -4095n) return undefined;
  return errors.get(Number(-result)) ?? `errno ${-result}`;
}

const addresses = ["mmap", "brk", "mremap"];

/** `= 3`, `= -1 ENOENT`. */
export function resultText(name: string | undefined, result: bigint): string {
  const error = errorName(result);
  if (error !== undefined) return `-1 ${error}`;
  return name !== undefined && addresses.includes(name)
    ? `0x${BigInt.asUintN(64, result).toString(16)}`
    : String(result);
}
