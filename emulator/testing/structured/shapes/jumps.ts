// Jumps that are no loops and no calls: switches, graphs that no structured program has, labels in the middle of
// blocks and in the middle of instructions.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import type { ProgramBuilder } from "../program-builder.ts";
import type { Shape } from "./shape.ts";

/** Jumps to the label whose index is in a register (it is changed), by a table of addresses or of distances. */
function jumpByTable(p: ProgramBuilder, index: number, labels: readonly Label[]): void {
  const { asm, random } = p;
  p.hold(1, (base) => {
    if (random.chance(0.5)) {
      asm.address(base, p.table(labels));
      asm.emit(encode.slli(index, index, 3), encode.add(base, base, index), encode.ld(base, 0, base));
    } else {
      const table = new Label();
      p.outOfLine(() => {
        asm.align(4);
        asm.place(table);
        for (const label of labels) asm.distanceData(label, table);
      });
      asm.address(base, table, 0, true);
      asm.emit(encode.slli(index, index, 2), encode.add(index, index, base), encode.lw(index, 0, index));
      asm.emit(encode.add(base, base, index));
    }
    p.jumpTo(0, base);
  });
}

export const switches: Shape = {
  name: "switches",
  emit(p) {
    const { asm, random } = p;
    p.times(20 + random.below(400), (counter) => {
      p.body(random.below(5));
      const labels = Array.from({ length: random.pick([3, 4, 8, 16, 32, 40]) }, () => new Label());
      const out = new Label();
      p.hold(1, (index) => {
        p.randomIndex(index, random.chance(0.4) ? counter : random.below(32), labels.length, 1);
        if (random.chance(0.3)) asm.branch("eq", index, random.below(32), out);
        jumpByTable(p, index, labels);
      });
      for (const label of labels) {
        asm.place(label);
        p.body(random.below(4));
        if (random.chance(0.7)) asm.jump(out);
      }
      asm.place(out);
    });
  },
};

/** Blocks that go to any other, with a bound on how many are run: mostly not reducible. */
export const randomGraph: Shape = {
  name: "random graph",
  emit(p) {
    const { asm, random } = p;
    p.hold(1, (bound) => {
      asm.constant(bound, 50 + random.below(1500));
      const blocks = Array.from({ length: 3 + random.below(12) }, () => new Label());
      const out = new Label();
      if (random.chance(0.5)) asm.jump(random.pick(blocks));
      for (const block of blocks) {
        asm.place(block);
        p.body(random.below(6));
        asm.emit(encode.addi(bound, bound, -1));
        asm.branch("lt", bound, 0, out);
        switch (random.below(4)) {
          case 0:
            break;
          case 1:
            asm.branch(p.condition(), random.below(32), random.below(32), random.pick(blocks));
            break;
          case 2:
            asm.branch(p.condition(), random.below(32), random.below(32), random.pick(blocks));
            asm.jump(random.pick(blocks));
            break;
          default:
            p.hold(1, (index) => {
              const some = Array.from({ length: random.pick([2, 3, 4, 8]) }, () => random.pick(blocks));
              p.randomIndex(index, random.below(32), some.length, 1);
              jumpByTable(p, index, some);
            });
        }
      }
      // Past the last block control goes on with the first, until the bound is reached.
      asm.jump(blocks[0]);
      asm.place(out);
    });
  },
};

/** A long straight piece of code that is entered anywhere. */
export const intoTheMiddle: Shape = {
  name: "into the middle of blocks",
  emit(p) {
    const { asm, random } = p;
    p.times(20 + random.below(200), (counter) => {
      const labels = Array.from({ length: random.pick([4, 8, 16]) }, () => new Label());
      p.hold(1, (index) => {
        p.randomIndex(index, random.chance(0.5) ? counter : random.below(32), labels.length, 1);
        jumpByTable(p, index, labels);
      });
      const draw = p.instructions();
      for (const label of labels) {
        asm.place(label);
        for (let n = random.below(4); n >= 0; n--) asm.emitRandom(draw());
      }
    });
  },
};

/** Instructions whose second half is an instruction, too: lui of a constant whose upper bits are one of 16 bits. */
export const intoInstructions: Shape = {
  name: "into the middle of instructions",
  emit(p) {
    const { asm, random } = p;
    p.times(20 + random.below(200), (counter) => {
      const labels = Array.from({ length: 4 }, () => new Label());
      p.hold(1, (index) => {
        p.randomIndex(index, random.chance(0.5) ? counter : random.below(32), labels.length, 1);
        jumpByTable(p, index, labels);
      });
      const draw = p.instructions();
      for (const label of labels) {
        let inner = draw();
        while (inner.length === 4) inner = draw();
        const outer = asm.here;
        asm.emit((inner.word << 16) | (random.below(16) << 12) | (p.scratch() << 7) | 0x37);
        label.placeAt(outer + (random.chance(0.7) ? 2 : 0));
        p.body(random.below(3));
      }
    });
  },
};
