// The address space changes under running code: protections of data and of code, mappings that go, come and move.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { Call, Cell, Protect, Repair } from "../places.ts";
import { type ProgramBuilder, preserved, RA } from "../program-builder.ts";
import { mapPages } from "./accesses.ts";
import { copyCode } from "./code-writing.ts";
import type { Shape } from "./shape.ts";

const PAGE = 0x1000;
const readWrite = Protect.read | Protect.write;
const MAY_MOVE = 1;
const FIXED = 2;

/** A loop over a page; every so often the page loses a permission, or the code loses one and gets it back. */
export const changingProtection: Shape = {
  name: "changing protection",
  emit(p, room) {
    const { asm, random } = p;
    mapPages(p, room, 2);
    p.setCell(Cell.Repair, random.pick([Repair.Skip, Repair.Page]));
    p.hold(
      1,
      (pointer) => {
        asm.constant(pointer, room + 0x800);
        p.times(
          2 + random.below(10),
          () => {
            const accessed = { bases: [pointer], reach: [-256, 256] as const };
            p.times(1 + random.below(60), () => p.body(2 + random.below(6), accessed), preserved);
            p.systemCall(Call.mprotect, room, PAGE, random.pick([Protect.none, Protect.read]));
            p.times(
              1 + random.below(3),
              () => {
                p.body(2 + random.below(4), { ...accessed, classes: ["load", "store"] });
                p.body(random.below(3));
              },
              preserved,
            );
            p.systemCall(Call.mprotect, room, PAGE, readWrite);
          },
          preserved,
        );
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, 2 * PAGE);
  },
};

export const comingAndGoing: Shape = {
  name: "mappings that come and go",
  emit(p, room) {
    const { asm, random } = p;
    p.setCell(Cell.Repair, Repair.Skip);
    p.hold(
      1,
      (pointer) => {
        p.times(
          2 + random.below(8),
          () => {
            const use = (trips: number) => {
              const near = { bases: [pointer], reach: [-256, 256] as const };
              p.times(trips, () => p.body(2 + random.below(5), near), preserved);
            };
            mapPages(p, room, 2);
            asm.constant(pointer, room + PAGE - random.below(2) * 0x80);
            use(1 + random.below(50));
            p.systemCall(Call.munmap, room + PAGE * random.below(2), PAGE);
            use(1 + random.below(3));
            mapPages(p, room, 2);
            use(1 + random.below(30));
            p.systemCall(
              Call.mremap,
              room,
              2 * PAGE,
              random.pick([PAGE, 2 * PAGE, 4 * PAGE]),
              MAY_MOVE | FIXED,
              room + 8 * PAGE,
            );
            use(1);
            asm.constant(pointer, room + 9 * PAGE - 0x200);
            use(1 + random.below(30));
            p.systemCall(Call.munmap, room + 8 * PAGE, 4 * PAGE);
          },
          preserved,
        );
      },
      preserved,
    );
  },
};

/** Calls the code at an address, several times; the handler goes on behind when it cannot be run. */
function callMany(p: ProgramBuilder, address: number, times: number): void {
  const { asm, random } = p;
  const out = new Label();
  p.setCell(Cell.Goto, out);
  p.times(
    times,
    () => {
      p.hold(
        1,
        (to) => {
          asm.constant(to, address);
          p.jumpTo(RA, to);
        },
        preserved,
      );
      p.body(random.below(3));
    },
    preserved,
  );
  asm.place(out);
}

/** Code in pages that lose the permission to execute, are unmapped, mapped again, and moved. */
export const codeThatMoves: Shape = {
  name: "code that moves",
  emit(p, room) {
    const { asm, random } = p;
    const at = room + PAGE - random.pick([4, 16, 0x40, 0x800]);
    p.setCell(Cell.Repair, Repair.Goto);
    p.times(
      1 + random.below(5),
      () => {
        mapPages(p, room, 2, Protect.read | Protect.write | Protect.execute);
        copyCode(p, at, () => {
          p.body(4 + random.below(16), { classes: ["alu", "multiply", "load", "store"] });
          p.ret(RA);
        });
        asm.emit(encode.fenceI);
        const many = () => 1 + random.below(60);
        callMany(p, at, many());
        for (let n = 1 + random.below(4); n > 0; n--)
          switch (random.below(4)) {
            case 0:
              p.systemCall(Call.mprotect, room, 2 * PAGE, readWrite);
              callMany(p, at, 2);
              p.systemCall(Call.mprotect, room, 2 * PAGE, Protect.read | Protect.execute);
              callMany(p, at, many());
              break;
            case 1:
              p.systemCall(Call.mprotect, room + PAGE, PAGE, Protect.none);
              callMany(p, at, 2);
              p.systemCall(Call.mprotect, room, 2 * PAGE, Protect.read | Protect.execute);
              callMany(p, at, many());
              break;
            case 2:
              p.systemCall(Call.mremap, room, 2 * PAGE, 2 * PAGE, MAY_MOVE | FIXED, room + 16 * PAGE);
              callMany(p, at, 1);
              callMany(p, at + 16 * PAGE, many());
              p.systemCall(Call.mremap, room + 16 * PAGE, 2 * PAGE, 2 * PAGE, MAY_MOVE | FIXED, room);
              callMany(p, at + 16 * PAGE, 1);
              callMany(p, at, many());
              break;
            default:
              p.systemCall(Call.munmap, room + PAGE * random.below(2), PAGE);
              callMany(p, at, 2);
              n = 0;
          }
        p.systemCall(Call.munmap, room, 2 * PAGE);
        callMany(p, at, 1);
      },
      preserved,
    );
  },
};
