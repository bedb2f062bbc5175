// What a program finds on its stack: argument count, arguments, environment, auxiliary vector.
import type { ElfFile } from "../../elf/elf.ts";
import { PAGE_SIZE } from "../layout.ts";
import { Auxiliary, CLOCK_TICKS, identity } from "./abi.ts";
import { STACK_SIZE } from "./address-space.ts";
import type { LoadedProgram } from "./loader.ts";
import { cString, Structure, type UserMemory } from "./user-memory.ts";

/**
 * AT_HWCAP: a bit for each extension of one letter. There is no AT_HWCAP2 on this architecture; of the extensions with
 * longer names riscv_hwprobe(2) tells.
 */
function hardwareCapabilities(isa: string): bigint {
  const letters = isa.replace(/^rv\d+/, "").split("_")[0];
  return [...letters].reduce((bits, letter) => bits | (1n << BigInt(letter.charCodeAt(0) - 97)), 0n);
}

export interface StackContents {
  arguments: readonly string[];
  /** `NAME=value` each. */
  environment: readonly string[];
  /** AT_EXECFN. */
  executable: string;
  /** The hardware's ISA string. */
  isa: string;
  /** AT_RANDOM: 16 bytes. */
  random: Uint8Array;
}

/** Fills the stack below `top` and gives the stack pointer. Throws an Error when arguments and environment are too long. */
export function buildInitialStack(
  memory: UserMemory,
  top: number,
  elf: ElfFile,
  program: LoadedProgram,
  contents: StackContents,
): bigint {
  let at = BigInt(top);
  const bottom = at - BigInt(STACK_SIZE / 4);
  const push = (data: Uint8Array): bigint => {
    at -= BigInt(data.length);
    if (at < bottom)
      throw new Error("arguments and environment are too long: they take more than a quarter of the stack");
    memory.write(at, data);
    return at;
  };
  const executable = push(cString(contents.executable));
  const environment = contents.environment.map((text) => push(cString(text)));
  const argumentAddresses = contents.arguments.map((text) => push(cString(text)));
  at &= ~15n;
  const random = push(contents.random);

  const auxiliary: [Auxiliary, bigint][] = [
    [Auxiliary.ProgramHeaders, program.programHeaders],
    [Auxiliary.ProgramHeaderSize, BigInt(elf.programHeaders.entrySize)],
    [Auxiliary.ProgramHeaderCount, BigInt(elf.programHeaders.count)],
    [Auxiliary.PageSize, BigInt(PAGE_SIZE)],
    [Auxiliary.Base, 0n],
    [Auxiliary.Flags, 0n],
    [Auxiliary.Entry, program.entry],
    [Auxiliary.Uid, BigInt(identity.uid)],
    [Auxiliary.EffectiveUid, BigInt(identity.uid)],
    [Auxiliary.Gid, BigInt(identity.gid)],
    [Auxiliary.EffectiveGid, BigInt(identity.gid)],
    [Auxiliary.HardwareCapabilities, hardwareCapabilities(contents.isa)],
    [Auxiliary.ClockTicks, BigInt(CLOCK_TICKS)],
    [Auxiliary.Secure, 0n],
    [Auxiliary.Random, random],
    [Auxiliary.ExecutableName, executable],
    [Auxiliary.Null, 0n],
  ];
  const words = [
    BigInt(argumentAddresses.length),
    ...argumentAddresses,
    0n,
    ...environment,
    0n,
    ...auxiliary.flatMap(([key, value]) => [BigInt(key), value]),
  ];
  const image = new Structure(words.length * 8);
  for (const [i, word] of words.entries()) image.u64(8 * i, word);
  at = (at - BigInt(image.bytes.length)) & ~15n;
  memory.write(at, image);
  return at;
}
