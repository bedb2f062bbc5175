// Runs the instructions of call frame information up to the row for one pc.
import type { CfaRule, RegisterRule, UnwindRow } from "./api.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { Cie, Fde, FrameInstructions } from "./call-frames.ts";
import { bareExpression } from "./expression-source.ts";
import type { DebugSections } from "./sections.ts";

interface State {
  cfa: CfaRule | undefined;
  registers: Map<number, RegisterRule>;
}

/** More register columns than any machine has. */
const MAX_REGISTERS = 4096;
const MAX_REMEMBERED = 1024;

/** Throws DwarfError for damaged instructions. */
export function runFrameProgram(fde: Fde, pc: bigint, sections: DebugSections): UnwindRow {
  const open = ({ section, start, end }: FrameInstructions) => sections.reader(section, start, end);
  const machine = new FrameMachine(fde.cie, fde.range.low);
  const initial = open(fde.cie.instructions);
  while (!initial.atEnd) machine.step(initial);
  machine.keepInitial();
  const reader = open(fde.instructions);
  let start = fde.range.low;
  let end = fde.range.high;
  while (!reader.atEnd) {
    const before = machine.location;
    const next = machine.peekLocation(reader);
    if (next !== undefined && next > pc) {
      end = next;
      break;
    }
    machine.step(reader);
    if (machine.location !== before) start = machine.location;
  }
  const { cfa, registers } = machine.state;
  if (!cfa) return reader.fail("no rule for the canonical frame address");
  return {
    range: { low: start, high: end },
    functionRange: fde.range,
    cfa,
    registers,
    returnAddressRegister: fde.cie.returnAddressRegister,
    isSignalFrame: fde.cie.isSignalFrame,
  };
}

class FrameMachine {
  state: State = { cfa: undefined, registers: new Map() };
  private initial: ReadonlyMap<number, RegisterRule> = new Map();
  private readonly remembered: State[] = [];

  constructor(
    private readonly cie: Cie,
    public location: bigint,
  ) {}

  /** The rules of the CIE, to which DW_CFA_restore returns. */
  keepInitial(): void {
    this.initial = new Map(this.state.registers);
  }

  /** Where the next instruction moves the location, without running it; undefined when it does not. */
  peekLocation(reader: ByteReader): bigint | undefined {
    const probe = reader.at(reader.offset, reader.end);
    return this.advance(probe.u8(), probe);
  }

  private advance(opcode: number, reader: ByteReader): bigint | undefined {
    const by = (count: number) => this.location + BigInt(count * this.cie.codeAlignment);
    if (opcode >> 6 === 1) return by(opcode & 0x3f);
    switch (opcode) {
      case 0x01: // set_loc, in .debug_frame only an address
        return reader.unsigned(this.cie.addressSize);
      case 0x02:
        return by(reader.u8());
      case 0x03:
        return by(reader.u16());
      case 0x04:
        return by(reader.u32());
      case 0x1d: // MIPS_advance_loc8
        return this.location + reader.u64() * BigInt(this.cie.codeAlignment);
      default:
        return undefined;
    }
  }

  step(reader: ByteReader): void {
    const at = reader.offset;
    const opcode = reader.u8();
    const target = this.advance(opcode, reader);
    if (target !== undefined) {
      this.location = target;
      return;
    }
    const low = opcode & 0x3f;
    if (opcode >> 6 === 2) return this.set(low, { kind: "offset", offset: this.factored(reader.uleb64()) }, reader);
    if (opcode >> 6 === 3) return this.restore(low);
    if (this.cfaInstruction(opcode, reader) || this.registerInstruction(opcode, reader)) return;
    reader.fail(`call frame instruction 0x${opcode.toString(16)} is unknown`, at);
  }

  private cfaInstruction(opcode: number, reader: ByteReader): boolean {
    const { state } = this;
    switch (opcode) {
      case 0x0c: // def_cfa
        state.cfa = { kind: "register", register: reader.uleb(), offset: reader.uleb64() };
        return true;
      case 0x12: // def_cfa_sf
        state.cfa = { kind: "register", register: reader.uleb(), offset: this.factored(reader.sleb64()) };
        return true;
      case 0x0d: // def_cfa_register
        state.cfa = { kind: "register", register: reader.uleb(), offset: this.cfaOffset(reader) };
        return true;
      case 0x0e: // def_cfa_offset
        state.cfa = { kind: "register", register: this.cfaRegister(reader), offset: reader.uleb64() };
        return true;
      case 0x13: // def_cfa_offset_sf
        state.cfa = { kind: "register", register: this.cfaRegister(reader), offset: this.factored(reader.sleb64()) };
        return true;
      case 0x0f: // def_cfa_expression
        state.cfa = { kind: "expression", expression: this.expression(reader) };
        return true;
      default:
        return false;
    }
  }

  private registerInstruction(opcode: number, reader: ByteReader): boolean {
    const register = () => reader.uleb();
    switch (opcode) {
      case 0x00: // nop
        return true;
      case 0x05: // offset_extended
        this.set(register(), { kind: "offset", offset: this.factored(reader.uleb64()) }, reader);
        return true;
      case 0x06: // restore_extended
        this.restore(register());
        return true;
      case 0x07: // undefined
        this.set(register(), { kind: "undefined" }, reader);
        return true;
      case 0x08: // same_value
        this.set(register(), { kind: "sameValue" }, reader);
        return true;
      case 0x09: // register
        this.set(register(), { kind: "register", register: register() }, reader);
        return true;
      case 0x0a: // remember_state
        if (this.remembered.length >= MAX_REMEMBERED) reader.fail("too many states are remembered");
        this.remembered.push({ cfa: this.state.cfa, registers: new Map(this.state.registers) });
        return true;
      case 0x0b: {
        // restore_state
        const state = this.remembered.pop();
        if (!state) reader.fail("a state is restored that was not remembered");
        this.state = state;
        return true;
      }
      case 0x10: // expression
        this.set(register(), { kind: "expression", expression: this.expression(reader) }, reader);
        return true;
      case 0x11: // offset_extended_sf
        this.set(register(), { kind: "offset", offset: this.factored(reader.sleb64()) }, reader);
        return true;
      case 0x14: // val_offset
        this.set(register(), { kind: "valOffset", offset: this.factored(reader.uleb64()) }, reader);
        return true;
      case 0x15: // val_offset_sf
        this.set(register(), { kind: "valOffset", offset: this.factored(reader.sleb64()) }, reader);
        return true;
      case 0x16: // val_expression
        this.set(register(), { kind: "valExpression", expression: this.expression(reader) }, reader);
        return true;
      case 0x2d: // GNU_window_save, AArch64 negate_ra_state: nothing to do for a debugger that shows addresses
        return true;
      case 0x2e: // GNU_args_size
        reader.skipLeb();
        return true;
      case 0x2f: // GNU_negative_offset_extended
        this.set(register(), { kind: "offset", offset: -this.factored(reader.uleb64()) }, reader);
        return true;
      default:
        return false;
    }
  }

  private set(register: number, rule: RegisterRule, reader: ByteReader): void {
    if (register > MAX_REGISTERS) reader.fail(`register ${register} does not exist`);
    this.state.registers.set(register, rule);
  }

  private restore(register: number): void {
    const rule = this.initial.get(register);
    if (rule) this.state.registers.set(register, rule);
    else this.state.registers.delete(register);
  }

  private factored(value: bigint): bigint {
    return value * BigInt(this.cie.dataAlignment);
  }

  /** RISC-V's CIEs name a register before there is an offset: then it is 0. */
  private cfaOffset(reader: ByteReader): bigint {
    const { cfa } = this.state;
    if (!cfa) return 0n;
    return cfa.kind === "register" ? cfa.offset : reader.fail("the frame address has no offset to keep");
  }

  private cfaRegister(reader: ByteReader): number {
    const { cfa } = this.state;
    return cfa?.kind === "register" ? cfa.register : reader.fail("the frame address has no register to keep");
  }

  private expression(reader: ByteReader) {
    return bareExpression(reader.take8(reader.uleb()), this.cie.addressSize);
  }
}
