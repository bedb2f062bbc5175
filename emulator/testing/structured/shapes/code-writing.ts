// How made-up programs write code: copies of templates, and the ways to say that it has changed.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { Call } from "../places.ts";
import { type ProgramBuilder, preserved, RA } from "../program-builder.ts";

/**
 * Copies a function to an address of which the page is mapped. It returns by ra, must not depend on where it is, and
 * does not change the registers that are preserved over calls.
 */
export function copyCode(p: ProgramBuilder, to: number, emit: () => void): void {
  const { asm, random } = p;
  const [start, end] = [new Label(), new Label()];
  withoutPreserved(p, () =>
    p.holdThese([RA], () =>
      p.outOfLine(() => {
        asm.place(start);
        emit();
        asm.place(end);
      }),
    ),
  );
  // By halves, words or doublewords, of which the last may be behind the end.
  const size = random.pick([2, 4, 8] as const);
  const width = Math.log2(size);
  p.hold(
    4,
    (from, pointer, last, value) => {
      asm.address(from, start);
      asm.address(last, end);
      asm.constant(pointer, to);
      const top = asm.label();
      asm.emit(encode.load(width, value, 0, from), encode.store(width, value, 0, pointer));
      asm.emit(encode.addi(from, from, size), encode.addi(pointer, pointer, size));
      asm.branch("ltu", from, last, top);
    },
    preserved,
  );
}

/** For code that is called from loops whose counters are among these registers. */
export function withoutPreserved<T>(p: ProgramBuilder, use: () => T): T {
  let result: T | undefined;
  p.holdThese(
    preserved.filter((register) => p.isWritable(register)),
    () => {
      result = use();
    },
  );
  return result as T;
}

/** Says that code was written: by the instruction, or by the system call, whose result is dropped. */
export function codeWritten(p: ProgramBuilder): void {
  const { asm, random } = p;
  if (!p.fenced) return;
  const free = [10, 11, 12, 17].every((register) => p.isWritable(register));
  if (free && random.chance(0.3)) {
    p.systemCall(Call.flushInstructionCache, 0, -1, 0);
    asm.emit(encode.addi(10, 0, 0));
  } else asm.emit(encode.fenceI);
}
