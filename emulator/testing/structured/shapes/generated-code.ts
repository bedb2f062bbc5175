// Code that programs make: copied into mapped memory and run, on one page with data that is written all the time,
// written by the kernel.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { anonymous, Call, Protect, Signals } from "../places.ts";
import { type ProgramBuilder, preserved, RA } from "../program-builder.ts";
import { codeWritten, copyCode } from "./code-writing.ts";
import type { Shape } from "./shape.ts";

const PAGE = 0x1000;
const everything = Protect.read | Protect.write | Protect.execute;
/** What can be copied: nothing that is relative to pc and leaves the copy. */
const movable = ["alu", "multiply", "load", "store", "float", "csr"] as const;

function mapCode(p: ProgramBuilder, room: number, pages: number): void {
  p.systemCall(Call.mmap, room, pages * PAGE, everything, anonymous, -1, 0);
}

function callAt(p: ProgramBuilder, address: number): void {
  p.hold(1, (to) => {
    p.asm.constant(to, address);
    p.jumpTo(RA, to);
  });
}

/** A function with a loop inside, that can be copied. */
function template(p: ProgramBuilder): void {
  const { random } = p;
  p.body(random.below(8), { classes: movable });
  if (random.chance(0.5)) p.times(1 + random.below(20), () => p.body(1 + random.below(6), { classes: movable }));
  p.body(random.below(8), { classes: movable });
  p.ret(RA);
}

/** A buffer into which one function after another is written, each at some place, over those before. */
export const generatedCode: Shape = {
  name: "generated code",
  emit(p, room) {
    const { random } = p;
    mapCode(p, room, 2);
    p.times(
      1 + random.below(12),
      () => {
        for (let n = 1 + random.below(4); n > 0; n--) {
          const at = room + 2 * random.below(random.chance(0.5) ? 64 : PAGE / 2);
          copyCode(p, at, () => template(p));
          codeWritten(p);
          p.times(1 + random.below(40), () => callAt(p, at), preserved);
          p.body(random.below(4));
        }
        if (random.chance(0.2)) {
          p.systemCall(Call.munmap, room, 2 * PAGE);
          mapCode(p, room, 2);
        }
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, 2 * PAGE);
  },
};

/** A function and data that it, and its caller, write to, on one page; stores just before and just behind the code. */
export const codeBesideData: Shape = {
  name: "code beside data",
  emit(p, room) {
    const { asm, random } = p;
    mapCode(p, room, 1);
    p.hold(
      2,
      (data, behind) => {
        const before = 16 * (1 + random.below(64));
        const size = 0x400;
        copyCode(p, room + before, () => {
          const own = { bases: [data], reach: [0, before] as const };
          p.body(2 + random.below(6), { ...own, classes: ["load", "store"] });
          p.body(random.below(8), own);
          p.ret(RA);
        });
        codeWritten(p);
        asm.constant(data, room);
        asm.constant(behind, room + before + size);
        p.times(
          10 + random.below(200),
          () => {
            p.body(random.below(5), { bases: [behind], aligned: [behind], reach: [0, 256] });
            callAt(p, room + before);
            // The very last bytes before the code.
            if (random.chance(0.5)) asm.emit(encode.sd(random.below(32), before - 8, data));
            p.body(random.below(4), { bases: [data], aligned: [data], reach: [0, before] });
          },
          preserved,
        );
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, PAGE);
  },
};

/** sigaction writes what was set before over code: two instructions where the handler's address is. */
export const writtenByKernel: Shape = {
  name: "code written by the kernel",
  emit(p, room) {
    const { asm, random } = p;
    mapCode(p, room, 1);
    p.times(
      2 + random.below(20),
      () => {
        const [first, second] = [new Label(), new Label()];
        const actions = [first, second].map((label) => {
          p.outOfLine(() => {
            asm.align(8);
            asm.place(label);
            asm.emit(encode.addi(5, random.pick([5, 6, 7]), random.below(2000)), encode.jalr(0, RA, 0));
            asm.data(0, 0, 0, 0, 0, 0, 0, 0);
          });
          return label;
        });
        for (const action of actions) {
          p.systemCall(Call.sigaction, Signals.usr1, action, 0, 8);
          p.systemCall(Call.sigaction, Signals.usr1, 0, room + 0x100, 8);
          if (p.fenced) asm.emit(encode.fenceI);
          p.times(1 + random.below(30), () => callAt(p, room + 0x100), preserved);
          p.body(random.below(3));
        }
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, PAGE);
  },
};
