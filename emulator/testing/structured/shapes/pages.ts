// Code that lies across pages: blocks, and instructions of which each page has one half.
import { Label } from "../assembler.ts";
import { RA, T0 } from "../program-builder.ts";
import type { Shape } from "./shape.ts";

const PAGE = 0x1000;

export const acrossPages: Shape = {
  name: "across pages",
  emit(p) {
    const { asm, random } = p;
    p.times(10 + random.below(150), () => {
      const start = new Label();
      asm.jump(start);
      asm.align(PAGE, PAGE - 2 * (1 + random.below(20)));
      asm.place(start);
      p.body(12 + random.below(16), { jumps: random.pick([0, 0.1, 0.3]) });
    });
  },
};

export const callsAcrossPages: Shape = {
  name: "calls across pages",
  emit(p) {
    const { asm, random } = p;
    p.times(10 + random.below(150), () => {
      // Each lies around the end of a page.
      const routines = Array.from({ length: 3 }, () => {
        p.outOfLine(() => asm.align(PAGE, PAGE - 2 * (1 + random.below(16))));
        const link = random.pick([RA, T0]);
        return p.routine(link, () => {
          p.body(4 + random.below(16));
          p.ret(link);
        });
      });
      for (let n = 1 + random.below(5); n > 0; n--) {
        p.call(random.pick(routines));
        p.body(random.below(4));
      }
    });
  },
};
