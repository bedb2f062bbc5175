// Programs that have ever more code: one that generates it, and one that is large.
import { writeElf } from "./elf-writer.ts";
import * as encode from "./encode.ts";
import { Assembler, Label } from "./structured/assembler.ts";
import { anonymous, Call } from "./structured/places.ts";

const TEXT = 0x11000;
const BUFFER = 0x20000000;
const [ZERO, RA, T0, A0, A7, S2, S3, S4, S5, S6, S7, S8, S9, S10] = [
  0, 1, 5, 10, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
];

/** What `generatingProgram` gives as its status. */
export function generatedSum(generations: number, calls: number): number {
  let sum = 0;
  for (let n = generations; n > 0; n--) sum += calls * ((n & 0x3ff) + 3);
  return sum & 0xff;
}

/**
 * A just-in-time compiler of sorts: writes a function (a loop of three rounds and an addition) into a buffer, calls it
 * so many times, writes another one behind it, and begins again at the buffer's end.
 */
export function generatingProgram(generations: number, calls: number, bufferBytes = 0x100000): Uint8Array {
  const asm = new Assembler(TEXT);
  [BUFFER, bufferBytes, 7, anonymous, -1, 0].forEach((value, n) => {
    asm.constant(A0 + n, value);
  });
  asm.constant(A7, Call.mmap);
  asm.emit(encode.ecall);
  asm.constant(S2, generations);
  asm.constant(S3, BUFFER);
  const generation = asm.label();
  const [template, end, fits] = [new Label(), new Label(), new Label()];
  asm.address(S5, template);
  asm.address(S6, end);
  asm.emit(encode.addi(S7, S3, 0));
  const copy = asm.label();
  asm.emit(encode.lw(S8, 0, S5), encode.sw(S8, 0, S7), encode.addi(S5, S5, 4), encode.addi(S7, S7, 4));
  asm.branch("ltu", S5, S6, copy);
  // The constant of its first instruction: the generation's number.
  asm.constant(S9, encode.addi(S4, S4, 0));
  asm.emit(encode.andi(S8, S2, 0x3ff), encode.slli(S8, S8, 20), encode.add(S8, S8, S9));
  asm.emit(encode.sw(S8, 0, S3), encode.fenceI);
  asm.constant(S10, calls);
  const call = asm.label();
  asm.emit(encode.jalr(RA, S3, 0), encode.addi(S10, S10, -1));
  asm.branch("ne", S10, ZERO, call);
  asm.emit(encode.addi(S3, S3, 64));
  asm.constant(S9, BUFFER + bufferBytes - 64);
  asm.branch("ltu", S3, S9, fits);
  asm.constant(S3, BUFFER);
  asm.place(fits);
  asm.emit(encode.addi(S2, S2, -1));
  asm.branch("ne", S2, ZERO, generation);
  // What was added up in s4: the exit status is its low byte.
  asm.emit(encode.andi(A0, S4, 0xff), encode.addi(A7, ZERO, Call.exit), encode.ecall);
  asm.place(template);
  asm.emit(encode.addi(S4, S4, 0), encode.addi(T0, ZERO, 3));
  const loop = asm.label();
  asm.emit(encode.addi(S4, S4, 1), encode.addi(T0, T0, -1));
  asm.branch("ne", T0, ZERO, loop);
  asm.emit(encode.jalr(ZERO, RA, 0));
  asm.place(end);
  return writeElf(TEXT, [{ address: TEXT, bytes: asm.finish(), flags: 5 }]);
}

/** What `largeProgram` gives as its status. */
export function largeSum(textBytes: number, rounds: number): number {
  return (rounds * Math.ceil(textBytes / LARGE_BLOCK)) & 0xff;
}

const LARGE_BLOCK = 48;

/** So many bytes of code, in small blocks, that is all run so many times. */
export function largeProgram(textBytes: number, rounds: number): Uint8Array {
  const blocks = Math.ceil(textBytes / LARGE_BLOCK);
  const words = new Int32Array((blocks * LARGE_BLOCK) / 4 + 16);
  let length = 0;
  const emit = (...instructions: number[]) => {
    for (const instruction of instructions) words[length++] = instruction;
  };
  emit(encode.addi(S2, ZERO, rounds));
  for (let n = 0; n < blocks; n++) {
    emit(encode.addi(S4, S4, 1), encode.xor(S5, S5, S4), encode.addi(S6, S5, n & 0x7ff));
    emit(encode.add(S7, S7, S6), encode.slli(S8, S7, n & 31), encode.sub(S5, S5, S8));
    emit(encode.addi(S9, S9, 3), encode.mul(S9, S9, S6), encode.xor(S10, S10, S9));
    // One jumps, the next does not.
    emit(encode.branch(n & 1, ZERO, ZERO, 8), encode.addi(S7, S7, 1), encode.add(S8, S7, S5));
  }
  emit(encode.addi(S2, S2, -1), encode.branch(0, S2, ZERO, 16));
  emit(...encode.li32(S3, TEXT + 4), encode.jalr(ZERO, S3, 0));
  emit(encode.andi(A0, S4, 0xff), encode.addi(A7, ZERO, Call.exit), encode.ecall);
  return writeElf(TEXT, [{ address: TEXT, bytes: new Uint8Array(words.buffer, 0, 4 * length), flags: 5 }]);
}
