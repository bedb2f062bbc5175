// Loads, stores and atomics (I, A, and the accesses of F, D and Zfh).
import type { BinaryName, Size, Temp } from "../../ir/types.ts";
import type { Decoded } from "./decode.ts";
import { type Emit, type EmitTable, type InstructionEmitter, straight } from "./instruction-emitter.ts";
import { RESERVATION_ADDRESS, RESERVATION_VALUE } from "./registers.ts";

function load(size: Size, signed: boolean): Emit {
  return straight((e, d) => e.setX(d.rd, e.b.load(e.address(d), size, signed)));
}

function store(size: Size): Emit {
  return straight((e, d) => e.b.store(e.address(d), e.x(d.rs2), size));
}

/** The address of an atomic, which must be a multiple of its size. */
function atomicAddress(e: InstructionEmitter, d: Decoded, size: Size): Temp {
  const address = e.x(d.rs1);
  e.b.trapIf("misaligned", e.b.binary("and", address, e.constant(size - 1)));
  return address;
}

/** rs2 as an atomic of that size computes with it: like the value loaded, sign-extended. */
function atomicOperand(e: InstructionEmitter, d: Decoded, size: Size): Temp {
  const value = e.x(d.rs2);
  return size === 4 ? e.b.unary("sext32", value) : value;
}

function loadReserved(size: Size): Emit {
  return straight((e, d) => {
    const address = atomicAddress(e, d, size);
    const value = e.b.load(address, size, true);
    e.b.put(RESERVATION_ADDRESS, e.b.binary("add", address, e.constant(1)));
    e.b.put(RESERVATION_VALUE, value);
    e.setX(d.rd, value);
  });
}

/**
 * Succeeds when the address is the reserved one and memory still holds the value that lr read. rd is put on each path,
 * after what may fault on it.
 */
function storeConditional(size: Size): Emit {
  return straight((e, d) => {
    const address = e.x(d.rs1);
    const value = e.x(d.rs2);
    const reserved = e.b.binary("sub", e.b.get(RESERVATION_ADDRESS), e.constant(1));
    const differs = e.b.binary("ne", address, reserved);
    const same = e.b.binary("eq", address, reserved);
    e.b.if(differs);
    e.setX(d.rd, e.constant(1));
    e.b.end();
    e.b.if(same);
    // Reached when a doubleword is stored under a word's reservation.
    if (size === 8) e.b.trapIf("misaligned", e.b.binary("and", address, e.constant(size - 1)));
    const memory = e.b.load(address, size, true);
    const expected = e.b.get(RESERVATION_VALUE);
    const changed = e.b.binary("ne", memory, size === 4 ? e.b.unary("sext32", expected) : expected);
    e.b.if(e.b.binary("eq", changed, e.constant(0)));
    e.b.store(address, value, size);
    e.b.end();
    e.setX(d.rd, changed);
    e.b.end();
    e.b.put(RESERVATION_ADDRESS, e.constant(0));
  });
}

/** What memory holds after, from what it held before and rs2. */
type Combine = (e: InstructionEmitter, before: Temp, operand: Temp) => Temp;

function readModifyWrite(size: Size, combine: Combine): Emit {
  return straight((e, d) => {
    const address = atomicAddress(e, d, size);
    const operand = atomicOperand(e, d, size);
    const before = e.b.load(address, size, true);
    e.b.store(address, combine(e, before, operand), size);
    e.setX(d.rd, before);
  });
}

function binary(op: BinaryName): Combine {
  return (e, before, operand) => e.b.binary(op, before, operand);
}

/** The operand that `less` finds smaller, or the other one. Unsigned order holds for sign-extended words too. */
function smaller(less: "lts" | "ltu"): Combine {
  return (e, before, operand) => e.b.select(e.b.binary(less, before, operand), before, operand);
}

function larger(less: "lts" | "ltu"): Combine {
  return (e, before, operand) => e.b.select(e.b.binary(less, before, operand), operand, before);
}

function atomics(suffix: string, size: Size): EmitTable {
  return {
    [`lr.${suffix}`]: loadReserved(size),
    [`sc.${suffix}`]: storeConditional(size),
    [`amoswap.${suffix}`]: readModifyWrite(size, (_e, _before, operand) => operand),
    [`amoadd.${suffix}`]: readModifyWrite(size, binary("add")),
    [`amoxor.${suffix}`]: readModifyWrite(size, binary("xor")),
    [`amoand.${suffix}`]: readModifyWrite(size, binary("and")),
    [`amoor.${suffix}`]: readModifyWrite(size, binary("or")),
    [`amomin.${suffix}`]: readModifyWrite(size, smaller("lts")),
    [`amomax.${suffix}`]: readModifyWrite(size, larger("lts")),
    [`amominu.${suffix}`]: readModifyWrite(size, smaller("ltu")),
    [`amomaxu.${suffix}`]: readModifyWrite(size, larger("ltu")),
  };
}

export const memoryInstructions: EmitTable = {
  lb: load(1, true),
  lh: load(2, true),
  lw: load(4, true),
  ld: load(8, true),
  lbu: load(1, false),
  lhu: load(2, false),
  lwu: load(4, false),
  sb: store(1),
  sh: store(2),
  sw: store(4),
  sd: store(8),
  // Float accesses move bits: no value is looked at, so no NaN is changed.
  flh: straight((e, d) => e.setHalf(d.rd, e.b.load(e.address(d), 2, false))),
  flw: straight((e, d) => e.setSingle(d.rd, e.b.load(e.address(d), 4, false))),
  fld: straight((e, d) => e.setF(d.rd, e.b.load(e.address(d), 8, false))),
  fsh: straight((e, d) => e.b.store(e.address(d), e.f(d.rs2), 2)),
  fsw: straight((e, d) => e.b.store(e.address(d), e.f(d.rs2), 4)),
  fsd: straight((e, d) => e.b.store(e.address(d), e.f(d.rs2), 8)),
  ...atomics("w", 4),
  ...atomics("d", 8),
};
