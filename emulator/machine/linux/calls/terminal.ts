// ioctl(2) on a terminal: enough that programs find one, ask its size, and set what they like.
import { identity } from "../abi.ts";
import { Errno, fail } from "../errno.ts";
import type { LinuxProcess } from "../process.ts";
import { Structure } from "../user-memory.ts";

/** Requests of asm-generic/ioctls.h. */
enum Request {
  GetAttributes = 0x5401,
  SetAttributes = 0x5402,
  SetAttributesAfterOutput = 0x5403,
  SetAttributesAndFlush = 0x5404,
  GetProcessGroup = 0x540f,
  SetProcessGroup = 0x5410,
  GetWindowSize = 0x5413,
}

/** What Linux gives a fresh terminal: input, output, control and local modes, then the control characters. */
const modes = [0x500, 0x5, 0xbf, 0x8a3b] as const;
const controlCharacters = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0];
const TERMIOS_SIZE = 36;
const size = { rows: 24, columns: 80 };

export function terminalControl(process: LinuxProcess, request: number, argument: bigint): number {
  switch (request) {
    case Request.GetAttributes: {
      const termios = new Structure(TERMIOS_SIZE).set(17, Uint8Array.from(controlCharacters));
      for (const [n, mode] of modes.entries()) termios.u32(4 * n, mode);
      process.user.write(argument, termios);
      return 0;
    }
    case Request.SetAttributes:
    case Request.SetAttributesAfterOutput:
    case Request.SetAttributesAndFlush:
    case Request.SetProcessGroup:
      process.user.read(argument, request === Request.SetProcessGroup ? 4 : TERMIOS_SIZE); // EFAULT for a bad pointer
      return 0;
    case Request.GetProcessGroup:
      process.user.write(argument, new Structure(4).u32(0, identity.pid));
      return 0;
    case Request.GetWindowSize:
      process.user.write(argument, new Structure(8).u16(0, size.rows).u16(2, size.columns));
      return 0;
    default:
      return fail(Errno.ENOTTY);
  }
}
