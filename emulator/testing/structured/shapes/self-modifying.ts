// Code that is written over after it has run: one instruction of a small function, of a large one, of the block that
// writes it.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { Call, Protect, place } from "../places.ts";
import { type ProgramBuilder, preserved, RA, type Routine } from "../program-builder.ts";
import { codeWritten, withoutPreserved } from "./code-writing.ts";
import type { Shape } from "./shape.ts";

/** Makes all code writable, or as it was. */
function protectText(p: ProgramBuilder, protection: number): void {
  p.systemCall(Call.mprotect, place.text, { label: p.textEnd, plus: -place.text }, protection);
}

const writable = Protect.read | Protect.write | Protect.execute;

/** Registers that patched instructions change: not those that hold counters and pointers. */
const patchedRegisters: readonly number[] = [5, 6, 7, 28, 29, 30, 31];

/** A table of instructions of 4 bytes that fit into any slot. */
function patches(p: ProgramBuilder, count: number): Label {
  const { asm, random } = p;
  const table = new Label();
  p.outOfLine(() => {
    asm.align(8);
    asm.place(table);
    for (let n = 0; n < count; n++) {
      const [to, from] = [random.pick(patchedRegisters), random.pick(patchedRegisters)];
      const word = random.pick([
        () => encode.addi(to, from, random.below(4096) - 2048),
        () => encode.xor(to, from, random.pick(patchedRegisters)),
        () => encode.lui(to, random.below(1 << 20)),
        () => encode.sub(to, from, random.pick(patchedRegisters)),
        () => encode.jal(0, 4),
        () => encode.branch(random.pick([0, 1, 4, 7]), to, from, 4),
        // Two of 16 bits.
        () => (encode.compressed.addi(to, 1 + random.below(30)) << 16) | encode.compressed.addi(from, -1),
      ])();
      asm.data(word & 0xffff, word >>> 16);
    }
  });
  return table;
}

/** Writes one instruction of a table over a slot, in one of many ways. Changes scratch registers. */
function patch(p: ProgramBuilder, slot: Label, table: Label, index: number, count: number): void {
  const { asm, random } = p;
  p.hold(
    3,
    (from, value, to) => {
      p.randomIndex(from, index, count, 4);
      asm.address(value, table);
      asm.emit(encode.add(from, from, value), encode.lw(value, 0, from));
      asm.address(to, slot, 0, random.chance(0.5));
      switch (random.below(5)) {
        case 0:
          asm.emit(encode.sh(value, 0, to), encode.srli(value, value, 16), encode.sh(value, 2, to));
          break;
        case 1:
          for (let n = 0; n < 4; n++) asm.emit(encode.sb(value, n, to), encode.srli(value, value, 8));
          break;
        case 2: {
          // With the next four bytes, which stay as they are.
          asm.emit(encode.lwu(from, 4, to), encode.slli(from, from, 32));
          asm.emit(encode.slli(value, value, 32), encode.srli(value, value, 32), encode.add(value, value, from));
          asm.emit(encode.sd(value, 0, to));
          break;
        }
        default:
          asm.emit(encode.sw(value, 0, to));
      }
    },
    preserved,
  );
}

/** A function with a slot that is patched; what is before and behind it are blocks of their own now and then. */
function patchable(p: ProgramBuilder, slot: Label, before: number, behind: number): Routine {
  const { asm, random } = p;
  return p.routine(RA, () => {
    p.body(before);
    if (random.chance(0.3)) {
      const here = new Label();
      asm.jump(here);
      asm.place(here);
    }
    asm.place(slot);
    asm.emit(encode.addi(5, 5, 1));
    p.body(behind);
    p.ret(RA);
  });
}

function patchInLoops(p: ProgramBuilder, trips: number, make: (slot: Label) => Routine): void {
  const { random } = p;
  protectText(p, writable);
  const count = random.pick([2, 4, 8]);
  const table = patches(p, count);
  const slot = new Label();
  p.times(
    2 + random.below(20),
    (outer) => {
      const routine = withoutPreserved(p, () => make(slot));
      p.times(1 + random.below(trips), () => p.call(routine), preserved);
      patch(p, slot, table, random.chance(0.6) ? outer : random.below(32), count);
      codeWritten(p);
      p.call(routine);
      p.body(random.below(4));
    },
    preserved,
  );
  if (random.chance(0.5)) protectText(p, Protect.read | Protect.execute);
}

export const patchedFunction: Shape = {
  name: "patched function",
  emit: (p) => patchInLoops(p, 60, (slot) => patchable(p, slot, p.random.below(6), p.random.below(6))),
};

/** One instruction of many blocks is written over, the rest stays. */
export const patchedLargeFunction: Shape = {
  name: "patched large function",
  emit: (p) => patchInLoops(p, 12, (slot) => patchable(p, slot, 20 + p.random.below(100), 20 + p.random.below(100))),
};

/** A loop that writes over an instruction of its own, a little further on. */
export const ownBlock: Shape = {
  name: "own block",
  emit(p) {
    const { asm, random } = p;
    protectText(p, writable);
    const count = random.pick([2, 4, 8]);
    const table = patches(p, count);
    p.times(
      10 + random.below(100),
      (counter) => {
        const slot = new Label();
        p.body(random.below(4));
        // Not each time: in between the code is what it was.
        const over = new Label();
        if (random.chance(0.6)) p.conditionalJump(over);
        patch(p, slot, table, random.chance(0.6) ? counter : random.below(32), count);
        asm.place(over);
        if (random.chance(0.3)) p.body(random.below(4), { jumps: 0 });
        if (p.fenced) asm.emit(encode.fenceI);
        p.body(random.below(3));
        asm.place(slot);
        asm.emit(encode.addi(5, 5, 1));
        p.body(random.below(6));
      },
      preserved,
    );
  },
};
