// Accesses to memory: misaligned, across pages, up to the edge of a mapping, through pointers that go to one area and
// then to another, in streams, and with reservations.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { anonymous, Call, Protect, place } from "../places.ts";
import { type ProgramBuilder, preserved } from "../program-builder.ts";
import type { Shape } from "./shape.ts";

const PAGE = 0x1000;
const accesses = ["load", "store"] as const;

/** Maps pages of zeros for reading and writing. */
export function mapPages(
  p: ProgramBuilder,
  address: number,
  pages: number,
  protection: number = Protect.read | Protect.write,
): void {
  p.systemCall(Call.mmap, address, pages * PAGE, protection, anonymous, -1, 0);
}

export const misaligned: Shape = {
  name: "misaligned accesses",
  emit(p) {
    const { asm, random } = p;
    p.times(10 + random.below(200), () => {
      p.hold(2, (pointer, other) => {
        // Around the end of a page, or anywhere.
        const at = random.chance(0.5) ? 0x1000 : 0x1000 + random.below(0x1000);
        asm.constant(pointer, place.data + at + random.below(15) - 7);
        asm.emit(encode.andi(other, random.below(32), 31), encode.add(other, other, pointer));
        const near = { bases: [pointer, other], reach: [-24, 24] as const };
        p.body(4 + random.below(10), { ...near, classes: accesses });
        p.body(random.below(8), near);
      });
    });
  },
};

export const alternatingPointers: Shape = {
  name: "alternating pointers",
  emit(p, room) {
    const { asm, random } = p;
    mapPages(p, room, 2);
    p.times(20 + random.below(300), (counter) => {
      p.hold(2, (pointer, index) => {
        const places = [place.data + 0x800, place.data + 0x3000, place.stackTop - 0x4000, room + 0x800, room + 0xf00];
        const table = new Label();
        p.outOfLine(() => {
          asm.align(8);
          asm.place(table);
          for (const at of places) asm.data(at & 0xffff, at >>> 16, 0, 0);
        });
        p.randomIndex(index, random.chance(0.6) ? counter : random.below(32), places.length, 8);
        asm.address(pointer, table);
        asm.emit(encode.add(index, index, pointer), encode.ld(pointer, 0, index));
        const near = { bases: [pointer], aligned: [pointer], reach: [-512, 512] as const };
        p.body(2 + random.below(6), { ...near, classes: accesses });
        p.body(random.below(10), near);
      });
    });
    p.systemCall(Call.munmap, room, 2 * PAGE);
  },
};

/** Pointers that walk: over arrays of bytes, words and doublewords, forwards and backwards. */
export const streams: Shape = {
  name: "streams",
  emit(p) {
    const { asm, random } = p;
    p.hold(2, (from, to) => {
      p.times(1 + random.below(12), () => {
        const length = 16 + random.below(300);
        const step = random.pick([1, 2, 4, 8, 8, -1, -4, -8]);
        const start = (base: number) => place.data + base + (step < 0 ? -step * length : 0);
        asm.constant(from, start(random.below(0x800)));
        asm.constant(to, start(0x1800 + random.below(16)));
        p.times(length, () => {
          p.body(1 + random.below(2), { bases: [from], reach: [-8, 16], classes: ["load"], jumps: 0 });
          p.body(random.below(4), { classes: ["alu", "multiply"] });
          p.body(1 + random.below(2), { bases: [to], reach: [-8, 16], classes: ["store"], jumps: 0 });
          asm.emit(encode.addi(from, from, step), encode.addi(to, to, step));
        });
      });
    });
  },
};

/** Loops around lr and sc, as libraries have them, atomics, and reservations that are lost. */
export const reservations: Shape = {
  name: "reservations",
  emit(p) {
    const { asm, random } = p;
    p.times(10 + random.below(200), () => {
      p.hold(5, (address, value, failed, bound, stored) => {
        const wide = random.chance(0.5);
        asm.constant(address, place.data + 0x800 + 8 * random.below(64));
        asm.constant(bound, 3);
        const [retry, out] = [new Label(), new Label()];
        asm.place(retry);
        asm.emit(encode.lr(wide, value, address));
        if (random.chance(0.3)) asm.branch(p.condition(), value, random.below(32), out);
        asm.emit(encode.add(stored, value, random.below(32)));
        // Now and then something is stored there meanwhile: the same, or not.
        if (random.chance(0.2)) asm.emit(encode.store(wide ? 3 : 2, random.pick([value, stored, 0]), 0, address));
        asm.emit(encode.sc(wide, failed, address, stored));
        asm.emit(encode.addi(bound, bound, -1));
        asm.branch("eq", bound, 0, out);
        asm.branch("ne", failed, 0, retry);
        asm.place(out);
        // What was left of the reservation.
        asm.emit(encode.sc(wide, failed, address, stored));
        const changed = p.scratch();
        asm.emit(encode.add(changed, failed, value));
        p.body(random.below(6), { classes: ["atomic", "alu"], bases: [address], aligned: [address] });
      });
    });
  },
};

/** Accesses up to the last byte of a mapping. */
export const edgesOfMappings: Shape = {
  name: "edges of mappings",
  emit(p, room) {
    const { asm, random } = p;
    mapPages(p, room + PAGE, 1);
    p.times(
      10 + random.below(120),
      () => {
        p.hold(2, (first, last) => {
          asm.constant(first, room + PAGE);
          asm.constant(last, room + 2 * PAGE);
          const draw = [
            p.instructions({ bases: [first], reach: [0, 32], classes: accesses }),
            p.instructions({ bases: [last], reach: [-32, 0], classes: accesses }),
          ];
          for (let n = 4 + random.below(8); n > 0; n--) asm.emitRandom(random.pick(draw)());
          // The last access of each size that is possible.
          const value = p.scratch();
          asm.emit(encode.ld(value, -8, last), encode.lw(value, -4, last), encode.lhu(value, -2, last));
          asm.emit(encode.load(4, value, -1, last), encode.sb(random.below(32), -1, last));
          asm.emit(encode.sh(random.below(32), -2, last), encode.sw(random.below(32), -4, last));
        });
        p.body(random.below(5));
      },
      preserved,
    );
    p.systemCall(Call.munmap, room + PAGE, PAGE);
  },
};
