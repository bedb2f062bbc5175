// Made-up RISC-V programs of structured parts. Each part is run several times; after each run of a part all registers
// and the floating-point state are written down in a record, and so is every fault that a part makes, by a signal
// handler that repairs it. The records and the data area are the program's output.
import { writeElf } from "../elf-writer.ts";
import * as encode from "../encode.ts";
import { Random } from "../random.ts";
import { Assembler, Label } from "./assembler.ts";
import { Call, Cell, place, Repair, Signals } from "./places.ts";
import { GP, ProgramBuilder, RA, S0, S1, SP, TP } from "./program-builder.ts";
import { shapes } from "./shapes/index.ts";

const CSR_FCSR = 3;
/** 64-bit slots of a record: where it was made, x1 to x31, f0 to f31, fcsr, then those of a fault. */
export const RECORD_SLOTS = 72;
export const RECORD_BYTES = 8 * RECORD_SLOTS;
export const slotNames: readonly string[] = [
  "made at",
  ...Array.from({ length: 31 }, (_, n) => `x${n + 1}`),
  ...Array.from({ length: 32 }, (_, n) => `f${n}`),
  "fcsr",
  "pc",
  "signal and code",
  "fault address",
  "instruction",
];
const FAULT = 1;
const SLOT = { fcsr: 64, pc: 65, signal: 66, address: 67, instruction: 68 } as const;
/** Exit status of a program that makes too many faults. */
export const TOO_MANY_FAULTS = 7;

/** Offsets in siginfo and ucontext as Linux has them. */
const INFO_CODE = 8;
const INFO_ADDRESS = 16;
const CONTEXT_REGISTERS = 176;
const CONTEXT_FLOATS = 256;
const CONTEXT_FCSR = 512;

export interface StructuredOptions {
  seed: number;
  /** Parts in the program; each is of a shape that the seed draws. */
  parts: number;
  /** How often all parts are run. */
  rounds: number;
  /** Leaves all other parts out; those that stay are the same as without. */
  only?: readonly number[];
  /** Draws from these shapes alone. */
  shapes?: readonly string[];
  /** Leaves out fence.i and the like behind code that is written: the engines agree even then, the reference may not. */
  unfenced?: boolean;
}

export interface Part {
  index: number;
  shape: string;
  /** Where a record of its end says it was made. */
  end: number;
  /** Addresses of its instructions. */
  instructions: readonly number[];
}

export interface StructuredProgram {
  elf: Uint8Array;
  parts: readonly Part[];
  text: { start: number; bytes: Uint8Array };
}

export function structuredProgram(options: StructuredOptions): StructuredProgram {
  const asm = new Assembler(place.text);
  const top = new Random(options.seed);
  const textEnd = new Label();
  const p = new ProgramBuilder(asm, top, textEnd, true);
  const handler = new Label();
  const dump = new Label();
  const action = new Label();
  const alternate = new Label();

  const entry = asm.here;
  asm.constant(GP, place.output);
  p.systemCall(Call.sigaltstack, alternate, 0);
  for (const signal of [Signals.segv, Signals.ill, Signals.bus]) p.systemCall(Call.sigaction, signal, action, 0, 8);
  p.setCell(Cell.Rounds, options.rounds);
  const loop = asm.label();
  const parts: Part[] = [];
  const drawn = shapes.filter(({ name }) => options.shapes?.includes(name) ?? true);
  for (let index = 0; index < options.parts; index++) {
    const random = new Random(Math.imul(options.seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
    const shape = random.pick(drawn);
    if (options.only && !options.only.includes(index)) continue;
    const first = asm.instructions.length;
    const part = new ProgramBuilder(asm, random, textEnd, !options.unfenced);
    beginPart(part, random);
    shape.emit(part, place.mapped + 0x100000 * index);
    asm.call(TP, dump);
    const end = asm.here;
    const over = new Label();
    asm.jump(over);
    part.flush();
    asm.align(4);
    asm.place(over);
    parts.push({ index, shape: shape.name, end, instructions: asm.instructions.slice(first) });
  }
  asm.constant(TP, place.cells);
  asm.emit(encode.ld(5, Cell.Rounds, TP), encode.addi(5, 5, -1), encode.sd(5, Cell.Rounds, TP));
  const done = new Label();
  asm.branch("eq", 5, 0, done);
  asm.jump(loop);
  asm.place(done);
  // write(1, output, as far as it goes), write(1, data area), exit(0).
  asm.constant(11, place.output);
  asm.emit(encode.sub(12, GP, 11), encode.addi(10, 0, 1), encode.addi(17, 0, Call.write), encode.ecall);
  p.systemCall(Call.write, 1, place.data, place.dataSize);
  p.systemCall(Call.exit, 0);

  emitDump(asm, dump);
  // In pages of its own, which nothing writes to.
  asm.align(0x1000);
  emitHandler(asm, handler);
  asm.align(8);
  asm.place(action);
  asm.addressData(handler);
  asm.data(4, 0x4800, 0, 0, 0, 0, 0, 0); // SA_SIGINFO | SA_ONSTACK | SA_NODEFER; no signal blocked
  asm.place(alternate);
  const [low, high] = [place.signalStack & 0xffff, place.signalStack >>> 16];
  asm.data(low, high, 0, 0, 0, 0, 0, 0, 0, place.signalStackSize >>> 16, 0, 0);
  asm.align(0x1000);
  asm.place(textEnd);

  const text = asm.finish();
  const data = new Uint8Array(place.dataSize);
  const view = new DataView(data.buffer);
  for (let at = 0; at < data.length; at += 8) view.setBigUint64(at, top.interesting64(), true);
  const empty = new Uint8Array(0);
  return {
    elf: writeElf(entry, [
      { address: entry, bytes: text, flags: 5 },
      { address: place.cells, bytes: empty, flags: 6, zeros: 0x1000 },
      { address: place.data, bytes: data, flags: 6 },
      { address: place.stack, bytes: empty, flags: 6, zeros: place.stackTop - place.stack + 0x1000 },
      { address: place.signalStack, bytes: empty, flags: 6, zeros: place.signalStackSize },
      { address: place.output, bytes: empty, flags: 6, zeros: place.outputSize },
    ]),
    parts,
    text: { start: entry, bytes: text },
  };
}

/** Pointers to their places, and some registers anew from the data area. */
function beginPart(p: ProgramBuilder, random: Random): void {
  const { asm } = p;
  asm.constant(SP, place.stackTop - 16 * random.below(16));
  asm.constant(S0, place.data + 0x1000 + 16 * random.below(64));
  asm.constant(S1, place.data + 0x2000 + 16 * random.below(128));
  for (let n = 0; n < 12; n++) asm.emit(encode.ld(p.scratch(), 8 * (random.below(256) - 128), S0));
  for (let n = 0; n < 8; n++) asm.emit(encode.fld(random.below(32), 8 * (random.below(256) - 128), S1));
  p.setCell(Cell.Repair, Repair.Skip);
}

function emitDump(asm: Assembler, label: Label): void {
  asm.place(label);
  asm.emit(encode.sd(TP, 0, GP));
  for (let r = 1; r < 32; r++) asm.emit(encode.sd(r, 8 * r, GP));
  for (let r = 0; r < 32; r++) asm.emit(encode.fsd(r, 256 + 8 * r, GP));
  asm.emit(encode.csrrs(5, CSR_FCSR, 0), encode.sd(5, 8 * SLOT.fcsr, GP), encode.ld(5, 40, GP));
  asm.emit(encode.addi(GP, GP, RECORD_BYTES), encode.jalr(0, TP, 0));
}

function emitHandler(asm: Assembler, label: Label): void {
  const [T0, T1, T2, T3] = [5, 6, 7, 28];
  const [A1, A2] = [11, 12];
  asm.place(label);
  const room = new Label();
  asm.constant(T0, place.output + place.outputSize - 0x10000);
  asm.branch("ltu", GP, T0, room);
  asm.emit(encode.addi(10, 0, TOO_MANY_FAULTS), encode.addi(17, 0, Call.exit), encode.ecall);
  asm.place(room);
  asm.emit(encode.addi(T1, A2, CONTEXT_REGISTERS));
  asm.emit(encode.addi(T2, 0, FAULT), encode.sd(T2, 0, GP));
  for (let r = 1; r < 32; r++) asm.emit(encode.ld(T2, 8 * r, T1), encode.sd(T2, 8 * r, GP));
  for (let r = 0; r < 32; r++) asm.emit(encode.ld(T2, CONTEXT_FLOATS + 8 * r, T1), encode.sd(T2, 256 + 8 * r, GP));
  asm.emit(encode.lw(T2, CONTEXT_FCSR, T1), encode.sd(T2, 8 * SLOT.fcsr, GP));
  asm.emit(encode.ld(T2, 0, T1), encode.sd(T2, 8 * SLOT.pc, GP));
  asm.emit(encode.lwu(T2, INFO_CODE, A1), encode.slli(T2, T2, 32), encode.add(T2, T2, 10));
  asm.emit(encode.sd(T2, 8 * SLOT.signal, GP));
  // What the address of a SIGBUS is, the references do not agree on.
  const noAddress = new Label();
  asm.emit(encode.addi(T2, 0, Signals.bus));
  asm.branch("eq", T2, 10, noAddress);
  asm.emit(encode.ld(T2, INFO_ADDRESS, A1), encode.sd(T2, 8 * SLOT.address, GP));
  asm.place(noAddress);
  // The instruction, unless it is what could not be fetched: then a fault can only be repaired by going elsewhere.
  const noInstruction = new Label();
  const shortInstruction = new Label();
  asm.emit(encode.ld(T3, 0, T1), encode.ld(T2, INFO_ADDRESS, A1), encode.sub(T2, T2, T3));
  const segv = new Label();
  asm.emit(encode.addi(T0, 0, Signals.segv));
  asm.branch("eq", T0, 10, segv);
  asm.emit(encode.addi(T2, 0, -1));
  asm.place(segv);
  asm.emit(encode.addi(T0, 0, 4));
  asm.branch("ltu", T2, T0, noInstruction);
  asm.emit(encode.lhu(T2, 0, T3), encode.andi(T0, T2, 3), encode.addi(T0, T0, -3));
  asm.emit(encode.addi(T3, T3, 2));
  asm.branch("ne", T0, 0, shortInstruction);
  asm.emit(encode.lhu(T0, 0, T3), encode.slli(T0, T0, 16), encode.add(T2, T2, T0), encode.addi(T3, T3, 2));
  asm.place(shortInstruction);
  asm.emit(encode.sd(T2, 8 * SLOT.instruction, GP));
  asm.place(noInstruction);
  // T3: the pc behind the instruction.
  asm.emit(encode.addi(GP, GP, RECORD_BYTES), encode.sd(GP, 8 * GP, T1));
  const [register, goto, pageRepair, back] = [new Label(), new Label(), new Label(), new Label()];
  asm.constant(TP, place.cells);
  asm.emit(encode.ld(T0, Cell.Repair, TP));
  asm.emit(encode.addi(T0, T0, -Repair.Register));
  asm.branch("eq", T0, 0, register);
  asm.emit(encode.addi(T0, T0, -1));
  asm.branch("eq", T0, 0, goto);
  asm.emit(encode.addi(T0, T0, -1));
  asm.branch("eq", T0, 0, pageRepair);
  asm.emit(encode.sd(T3, 0, T1));
  asm.jump(back);
  asm.place(register);
  asm.emit(encode.ld(T0, Cell.Register, TP), encode.slli(T0, T0, 3), encode.add(T0, T0, T1));
  asm.emit(encode.ld(T2, Cell.Value, TP), encode.sd(T2, 0, T0));
  asm.jump(back);
  asm.place(goto);
  asm.emit(encode.ld(T2, Cell.Goto, TP), encode.sd(T2, 0, T1));
  asm.jump(back);
  asm.place(pageRepair);
  // mprotect(page, 4096, rw) or, where nothing is, mmap(page, 4096, rw, private | fixed | anonymous, -1, 0).
  asm.emit(encode.lw(T2, INFO_CODE, A1), encode.ld(10, INFO_ADDRESS, A1));
  asm.emit(encode.srli(10, 10, 12), encode.slli(10, 10, 12));
  asm.constant(11, 0x1000);
  asm.emit(encode.addi(12, 0, 3), encode.addi(17, 0, Call.mprotect), encode.addi(T2, T2, -2));
  const call = new Label();
  asm.branch("eq", T2, 0, call);
  asm.emit(encode.addi(13, 0, 0x32), encode.addi(14, 0, -1), encode.addi(15, 0, 0));
  asm.emit(encode.addi(17, 0, Call.mmap));
  asm.place(call);
  asm.emit(encode.ecall);
  asm.place(back);
  asm.emit(encode.jalr(0, RA, 0));
}
