// Faults in the middle of hot code. The program's signal handler writes down what the registers were and repairs the
// fault: by skipping the instruction, by giving the base register another value, by going elsewhere, by mapping.
import * as encode from "../../encode.ts";
import { Label } from "../assembler.ts";
import { Call, Cell, Protect, place, Repair } from "../places.ts";
import { type ProgramBuilder, preserved, SP, T0 } from "../program-builder.ts";
import { mapPages } from "./accesses.ts";
import type { Shape } from "./shape.ts";

const PAGE = 0x1000;

/** A place where every access within 2 KiB fails. */
function badPlace(p: ProgramBuilder, room: number): number | bigint {
  const { random } = p;
  return random.pick<number | bigint>([
    place.nothing + 0x800,
    room + 3 * PAGE + 0x800, // mapped, nothing allowed
    room + 5 * PAGE + 0x800, // not mapped
    0x800,
    BigInt(place.data) + (1n << 32n),
    BigInt(place.data) + (1n << 35n),
    -0x800n,
  ]);
}

/** Pages as `badPlace` wants them: writable, read-only, forbidden, writable. */
function mapBadPages(p: ProgramBuilder, room: number): void {
  mapPages(p, room, 5);
  p.systemCall(Call.mprotect, room + PAGE, PAGE, Protect.read);
  p.systemCall(Call.mprotect, room + 3 * PAGE, PAGE, Protect.none);
}

/** A loop in which a pointer is bad every so often, by a counter. */
export const faultingLoop: Shape = {
  name: "faulting loop",
  emit(p, room) {
    const { asm, random } = p;
    mapBadPages(p, room);
    const every = random.pick([4, 8, 16]);
    p.hold(
      3,
      (pointer, good, phase) => {
        asm.constant(good, place.data + 0x1800);
        const repair = random.pick([Repair.Skip, Repair.Register, Repair.Goto]);
        p.setCell(Cell.Repair, repair);
        p.setCell(Cell.Register, pointer);
        p.setCell(Cell.Value, place.data + 0x2000);
        const next = new Label();
        p.setCell(Cell.Goto, next);
        p.times(20 + random.below(150), (counter) => {
          const isGood = new Label();
          asm.emit(encode.addi(pointer, good, 0), encode.andi(phase, counter, every - 1));
          asm.branch("ne", phase, 0, isGood);
          asm.constant(pointer, badPlace(p, room));
          asm.place(isGood);
          p.body(random.below(8));
          // Blocks before and behind the access: dirty registers of all of them are to be written down.
          p.body(1 + random.below(3), { bases: [pointer], aligned: [], classes: ["load", "store"], jumps: 0.2 });
          p.body(random.below(6));
          if (random.chance(0.3)) p.body(1, { bases: [pointer], aligned: [pointer], classes: ["atomic"], jumps: 0 });
          asm.emit(encode.addi(random.pick([pointer, phase]), phase, 1));
          if (repair === Repair.Goto) asm.place(next);
        });
        if (repair !== Repair.Goto) asm.place(next);
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, 5 * PAGE);
  },
};

/** Pointers that walk into a page from which nothing, or not everything, may be had; some accesses lie half in it. */
export const badPointers: Shape = {
  name: "into forbidden pages",
  emit(p, room) {
    const { asm, random } = p;
    mapBadPages(p, room);
    p.setCell(Cell.Repair, Repair.Skip);
    p.hold(
      1,
      (pointer) => {
        const edge = room + PAGE * random.pick([1, 2, 3, 4, 5]);
        const step = random.pick([1, 2, 3, 4, 8]);
        const trips = 8 + random.below(24);
        asm.constant(pointer, edge - Math.floor((step * trips) / 2));
        p.times(trips, () => {
          p.body(random.below(5));
          p.body(1 + random.below(2), { bases: [pointer], reach: [-8, 16], classes: ["load", "store"], jumps: 0 });
          p.body(random.below(3));
          asm.emit(encode.addi(pointer, pointer, step));
        });
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, 5 * PAGE);
  },
};

/** Pages that are mapped, or made writable, when they are first used. */
export const repairedPages: Shape = {
  name: "pages mapped on demand",
  emit(p, room) {
    const { asm, random } = p;
    p.setCell(Cell.Repair, Repair.Page);
    p.hold(
      1,
      (pointer) => {
        p.times(
          1 + random.below(6),
          () => {
            const pages = 2 + random.below(12);
            if (random.chance(0.5)) mapPages(p, room + PAGE, pages, random.pick([Protect.none, Protect.read]));
            asm.constant(pointer, room + PAGE + 0x80);
            p.times(
              pages * 4,
              () => {
                p.body(1 + random.below(4), { bases: [pointer], reach: [-64, 64], classes: ["load", "store"] });
                p.body(random.below(6));
                asm.emit(encode.addi(pointer, pointer, PAGE / 4));
              },
              preserved,
            );
            p.systemCall(Call.munmap, room, (pages + 3) * PAGE);
          },
          preserved,
        );
      },
      preserved,
    );
  },
};

/** Jumps to where no code can be: nothing mapped, not executable, an instruction that goes on in the next page. */
export const fetchFaults: Shape = {
  name: "fetch faults",
  emit(p, room) {
    const { asm, random } = p;
    mapPages(p, room, 1, Protect.read | Protect.write | Protect.execute);
    mapPages(p, room + PAGE, 1);
    p.setCell(Cell.Repair, Repair.Goto);
    p.hold(
      2,
      (to, value) => {
        // Ends with half an instruction, before which some others run.
        const before = random.below(6);
        asm.constant(to, room + PAGE - 2 - 2 * before);
        asm.constant(value, encode.compressed.addi(T0, 3));
        for (let n = 0; n < before; n++) asm.emit(encode.sh(value, 2 * n, to));
        asm.constant(value, 0x8013); // the lower half of addi
        asm.emit(encode.sh(value, 2 * before, to), encode.fenceI);
        p.times(
          5 + random.below(30),
          () => {
            const back = new Label();
            p.setCell(Cell.Goto, back);
            p.body(random.below(6));
            asm.constant(
              to,
              random.pick<number | bigint>([
                place.nothing,
                room + PAGE,
                room + PAGE + 0x10,
                room + 2 * PAGE,
                room + PAGE - 2 - 2 * random.below(before + 1),
                place.stackTop - 64,
              ]),
            );
            p.jumpTo(random.pick([0, 1, T0]), to);
            p.body(3);
            asm.place(back);
            p.body(random.below(4));
          },
          preserved,
        );
      },
      preserved,
    );
    p.systemCall(Call.munmap, room, 2 * PAGE);
  },
};

export const illegalInstructions: Shape = {
  name: "illegal instructions",
  emit(p) {
    const { asm, random } = p;
    p.setCell(Cell.Repair, Repair.Skip);
    p.times(5 + random.below(40), () => {
      p.body(random.below(6));
      const over = new Label();
      if (random.chance(0.5)) p.conditionalJump(over);
      // All zeros, all ones, a reserved CSR, a write to a read-only one, a reserved compressed form.
      const bad = random.pick([0, -1, encode.csrrs(T0, 0x800, 0), encode.csrrwi(T0, 0xc00, 1), 0x8002, 0x4002, 0x2001]);
      if ((bad & 3) === 3) asm.emit(bad);
      else asm.emitShort(bad);
      asm.place(over);
      p.body(random.below(6));
      // An address of an atomic that is no multiple of its size.
      if (random.chance(0.3))
        p.hold(1, (address) => {
          asm.emit(encode.addi(address, SP, -random.pick([1, 2, 3, 6, 12])));
          asm.emit(encode.amo(random.pick([0, 1, 4, 8, 12]), random.chance(0.5), p.scratch(), address, 10));
        });
    });
  },
};
