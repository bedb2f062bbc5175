// Calls and returns: through either link register, with and without a frame, recursion, tail calls, tables of
// functions, and returns to where nobody called from.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { type ProgramBuilder, preserved, RA, type Routine, SP, T0 } from "../program-builder.ts";
import type { Shape } from "./shape.ts";

const links: readonly number[] = [RA, T0];

function leaf(p: ProgramBuilder, link: number, length = 1 + p.random.below(12)): Routine {
  return p.routine(link, () => {
    p.body(length);
    p.ret(link);
  });
}

/** The caller of `inner`, with a frame that it uses. */
function caller(p: ProgramBuilder, link: number, inner: readonly Routine[]): Routine {
  const { random } = p;
  return p.routine(link, () => {
    const room = 16 * (1 + random.below(12));
    const inFrame = { bases: [SP], reach: [0, room] as const };
    // The link register is in the frame: what is called may change it.
    p.frame([link], room, () => {
      p.body(1 + random.below(4));
      p.body(random.below(5), { ...inFrame, classes: ["load", "store"] });
      p.release(link, () => {
        for (const routine of inner) {
          p.call(routine, random.chance(0.2) ? "far" : "direct");
          p.body(random.below(4), random.chance(0.5) ? inFrame : {});
        }
      });
    });
    p.ret(link);
  });
}

export const leafCalls: Shape = {
  name: "leaf calls",
  emit(p) {
    const { random } = p;
    p.holdThese(random.chance(0.3) ? [] : [RA], () => {
      p.times(1 + random.below(300), () => {
        const routines = [leaf(p, T0), ...(p.isWritable(RA) ? [leaf(p, RA)] : [])];
        for (let n = 1 + random.below(3); n > 0; n--) {
          p.call(random.pick(routines), random.chance(0.2) ? "far" : "direct");
          p.body(random.below(5));
        }
      });
    });
  },
};

export const nestedCalls: Shape = {
  name: "nested calls",
  emit(p) {
    const { random } = p;
    p.times(1 + random.below(120), () => {
      const leaves = [leaf(p, random.pick(links)), leaf(p, random.pick(links))];
      const middle = [caller(p, RA, leaves), caller(p, random.pick(links), [random.pick(leaves)])];
      const outer = caller(p, RA, [...middle, random.pick(leaves)]);
      p.call(outer);
      p.body(random.below(4));
      if (random.chance(0.5)) p.call(random.pick(middle));
    });
  },
};

export const recursion: Shape = {
  name: "recursion",
  emit(p) {
    const { asm, random } = p;
    // One register counts the depth that is left; it is kept in the frame over the calls.
    p.hold(
      1,
      (depth) => {
        const twice = random.chance(0.4);
        p.times(1 + random.below(20), () => {
          const self: Routine = p.routine(RA, () => {
            const [deeper, out] = [new Label(), new Label()];
            asm.branch("lt", 0, depth, deeper);
            p.body(random.below(5));
            p.ret(RA);
            asm.place(deeper);
            p.frame([RA, depth], 32, () => {
              p.body(1 + random.below(6), { bases: [SP], reach: [0, 32] });
              asm.emit(encode.addi(depth, depth, -1));
              p.release(RA, () => p.call(self));
              p.body(random.below(5));
              // Depending on the data, and still bounded.
              if (random.chance(0.5)) asm.branch(p.condition(), random.below(32), random.below(32), out);
              if (twice) p.release(RA, () => p.call(self));
              asm.place(out);
            });
            p.ret(RA);
          });
          asm.constant(depth, twice ? 3 + random.below(5) : 5 + random.below(60));
          p.call(self);
          p.body(random.below(5));
        });
      },
      preserved,
    );
  },
};

export const tailCalls: Shape = {
  name: "tail calls",
  emit(p) {
    const { asm, random } = p;
    const link = random.pick(links);
    p.hold(1, (bound) => {
      p.times(1 + random.below(60), () => {
        const labels = Array.from({ length: 2 + random.below(5) }, () => new Label());
        const routines = labels.map((label) =>
          p.routine(
            link,
            () => {
              p.body(random.below(7));
              const goOn = new Label();
              asm.emit(encode.addi(bound, bound, -1));
              asm.branch("lt", 0, bound, goOn);
              p.ret(link);
              asm.place(goOn);
              if (random.chance(0.5))
                asm.branch(p.condition(), random.below(32), random.below(32), random.pick(labels));
              if (random.chance(0.5)) asm.jump(random.pick(labels));
              else {
                const through = p.scratch();
                asm.address(through, random.pick(labels));
                p.jumpTo(0, through);
              }
            },
            label,
          ),
        );
        asm.constant(bound, 1 + random.below(30));
        p.call(routines[0]);
      });
    });
  },
};

export const functionTable: Shape = {
  name: "function table",
  emit(p) {
    const { asm, random } = p;
    const link = random.pick(links);
    p.times(10 + random.below(250), (counter) => {
      const routines = Array.from({ length: random.pick([2, 4, 8, 8, 16, 24]) }, () => leaf(p, link));
      const table = p.table(routines.map(({ label }) => label));
      const [index, base] = [p.scratch(), p.scratch()];
      if (index !== base) {
        // By a counter or by whatever a register holds.
        p.randomIndex(index, random.chance(0.5) ? counter : random.below(32), routines.length, 8);
        asm.address(base, table, 0, random.chance(0.5));
        asm.emit(encode.add(base, base, index), encode.ld(base, 0, base));
        p.jumpTo(link, base);
      } else p.call(random.pick(routines));
      p.body(random.below(6));
    });
  },
};

/** Functions that return elsewhere: a few instructions further on, or to one of several labels of the caller. */
export const strangeReturns: Shape = {
  name: "strange returns",
  emit(p) {
    const { asm, random } = p;
    const link = random.pick(links);
    p.times(10 + random.below(200), () => {
      const targets = Array.from({ length: 4 }, () => new Label());
      const further = p.routine(link, () => {
        p.body(random.below(6));
        // 0, 8 or 24 bytes: behind instructions of the caller that are known to be 4 bytes each.
        p.hold(1, (by) => {
          const [no, out] = [new Label(), new Label()];
          asm.branch(p.condition(), random.below(32), random.below(32), no);
          asm.emit(encode.addi(by, 0, random.pick([8, 24])));
          asm.jump(out);
          asm.place(no);
          asm.emit(encode.addi(by, 0, 0));
          asm.place(out);
          asm.emit(encode.add(link, link, by));
        });
        p.ret(link);
      });
      const elsewhere = p.routine(link, () => {
        p.body(random.below(6));
        p.hold(1, (index) => {
          p.randomIndex(index, random.below(32), 4, 8);
          asm.address(link, p.table(targets));
          asm.emit(encode.add(link, link, index), encode.ld(link, 0, link));
        });
        p.ret(link);
      });
      p.call(further);
      const draw = p.instructions({ classes: ["alu", "multiply"] });
      for (let n = 0; n < 6; ) {
        const instruction = draw();
        if (instruction.length === 2) continue;
        asm.emitRandom(instruction);
        n++;
      }
      p.call(elsewhere);
      for (const target of targets) {
        p.body(1 + random.below(3));
        asm.place(target);
      }
    });
  },
};
