// Loops: nested, with counters that go up or down, with the test at the end or at the top, left in the middle.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { compressible, type ProgramBuilder } from "../program-builder.ts";
import type { Shape } from "./shape.ts";

/** A counter that goes down to zero. */
function countDown(p: ProgramBuilder, trips: number, inside: () => void): void {
  const { asm, random } = p;
  const short = random.chance(0.4);
  const emit = (counter: number) => {
    if (random.chance(0.3)) {
      // So many trips, or fewer: whatever a register holds.
      asm.emit(encode.andi(counter, random.below(32), trips - 1), encode.addi(counter, counter, 1));
    } else asm.constant(counter, trips);
    const top = asm.label();
    inside();
    if (short) asm.emitShort(encode.compressed.addi(counter, -1));
    else asm.emit(encode.addi(counter, counter, -1));
    const size = asm.here - top.address;
    if (short && size < 250) asm.shortBranch(true, counter, top);
    else if (size < 4000) asm.branch("ne", counter, 0, top);
    else {
      const out = new Label();
      asm.branch("eq", counter, 0, out);
      asm.jump(top);
      asm.place(out);
    }
  };
  p.hold(1, emit, short ? compressible : undefined);
}

/** A counter that goes up to a limit, compared in one way or another. */
function countUp(p: ProgramBuilder, trips: number, inside: () => void): void {
  const { asm, random } = p;
  p.hold(2, (counter, limit) => {
    const step = 1 + random.below(3);
    const from = -random.below(trips * step);
    asm.constant(counter, from);
    asm.constant(limit, from + trips * step);
    const top = asm.label();
    inside();
    asm.emit(encode.addi(counter, counter, step));
    const out = new Label();
    const [condition, first, second] = random.pick([
      ["ge", counter, limit] as const,
      ["eq", counter, limit] as const,
      ["eq", limit, counter] as const,
    ]);
    asm.branch(condition, first, second, out);
    asm.jump(top);
    asm.place(out);
  });
}

/** The test at the top, a jump back at the end. */
function testFirst(p: ProgramBuilder, trips: number, inside: () => void): void {
  const { asm } = p;
  p.hold(1, (counter) => {
    asm.constant(counter, trips);
    const [out, goOn] = [new Label(), new Label()];
    const top = asm.label();
    asm.branch("ne", counter, 0, goOn);
    asm.jump(out);
    asm.place(goOn);
    asm.emit(encode.addi(counter, counter, -1));
    inside();
    asm.jump(top);
    asm.place(out);
  });
}

function nest(p: ProgramBuilder, depth: number, budget: number): void {
  const { random } = p;
  const trips = 1 + random.below(depth === 1 ? Math.min(budget, 400) : Math.ceil(budget ** (1 / depth)));
  random.pick([countDown, countUp, testFirst])(p, trips, () => {
    p.body(random.below(depth === 1 ? 14 : 5));
    if (depth > 1) {
      nest(p, depth - 1, Math.max(1, Math.floor(budget / trips)));
      if (random.chance(0.3)) nest(p, 1, Math.max(1, Math.floor(budget / trips / 2)));
      p.body(random.below(5));
    }
  });
}

export const countedLoops: Shape = {
  name: "counted loops",
  emit(p) {
    p.body(p.random.below(6));
    nest(p, 1 + p.random.below(4), 800);
  },
};

/** Loops that are left, and whose rest is skipped, depending on what registers hold; a counter bounds them. */
export const whileLoops: Shape = {
  name: "while loops",
  emit(p) {
    const { asm, random } = p;
    p.times(1 + random.below(12), () => {
      p.hold(1, (bound) => {
        asm.constant(bound, 5 + random.below(200));
        const [top, next, out] = [new Label(), new Label(), new Label()];
        asm.place(top);
        for (let piece = random.below(4); piece >= 0; piece--) {
          p.body(1 + random.below(6));
          asm.emit(encode.addi(bound, bound, -1));
          asm.branch("lt", bound, 0, out);
          asm.branch(p.condition(), random.below(32), random.below(32), random.pick([top, next, next, out]));
        }
        asm.place(next);
        asm.emit(encode.addi(bound, bound, -1));
        asm.branch("ge", bound, 0, top);
        asm.place(out);
      });
    });
  },
};
