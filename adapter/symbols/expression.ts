// Evaluates DWARF expressions. What cannot be known is said, with the reason, and never guessed.
import type { Encoding, Expression, Location, LocationContext, Piece } from "./api.ts";
import { ByteReader } from "./byte-reader.ts";

/** Ends an evaluation whose result does not exist. */
class Unavailable extends Error {}

/** Enough for every real expression; loops end here. */
const MAX_STEPS = 10_000;
const MAX_CALLS = 8;

interface BaseTypeFacts {
  readonly byteSize: number;
  readonly encoding: Encoding;
}

/** Bits of the value, and its base type when it is not a plain address-sized integer. */
interface Entry {
  readonly bits: bigint;
  readonly type: BaseTypeFacts | undefined;
}

/** Never throws. `initialStack` is pushed first (the cfa for call frame rules, the object for member offsets). */
export function evaluateExpression(
  expression: Expression,
  context: LocationContext,
  initialStack: readonly bigint[] = [],
): Location {
  try {
    return new Evaluation(expression, context, initialStack).run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "optimizedOut", reason };
  }
}

class Evaluation {
  private readonly stack: Entry[];
  private readonly pieces: Piece[] = [];
  /** What the operators since the last piece said, when it is not an address on the stack. */
  private location: Location | undefined;
  private steps = 0;
  private readonly mask: number;

  constructor(
    private readonly expression: Expression,
    private readonly context: LocationContext,
    initialStack: readonly bigint[],
  ) {
    this.mask = expression.addressSize * 8;
    this.stack = initialStack.map((bits) => ({ bits: BigInt.asUintN(this.mask, bits), type: undefined }));
  }

  run(): Location {
    if (this.expression.bytes.length === 0) return { kind: "optimizedOut", reason: "optimized out" };
    this.interpret(this.expression, 0);
    if (this.pieces.length > 0) return { kind: "pieces", pieces: this.pieces };
    return this.result();
  }

  private result(): Location {
    if (this.location) return this.location;
    return { kind: "memory", address: this.pop().bits };
  }

  private interpret(expression: Expression, depth: number): void {
    if (depth > MAX_CALLS) throw new Unavailable("the location expression calls itself too deeply");
    const reader = new ByteReader(expression.bytes, "location expression");
    while (!reader.atEnd) {
      if (++this.steps > MAX_STEPS) throw new Unavailable("the location expression does not end");
      this.operation(reader.u8(), reader, expression, depth);
    }
  }

  private operation(code: number, reader: ByteReader, expression: Expression, depth: number): void {
    // DW_OP_lit0..31, reg0..31, breg0..31
    if (code >= 0x30 && code <= 0x4f) return this.push(BigInt(code - 0x30));
    if (code >= 0x50 && code <= 0x6f) return this.inRegister(code - 0x50);
    if (code >= 0x70 && code <= 0x8f) return this.push(this.register(code - 0x70) + reader.sleb64());
    if (this.constant(code, reader, expression) || this.stackOperation(code, reader)) return;
    if (this.arithmetic(code, reader) || this.control(code, reader)) return;
    if (this.memory(code, reader, expression) || this.typed(code, reader, expression)) return;
    this.special(code, reader, expression, depth);
  }

  private constant(code: number, reader: ByteReader, expression: Expression): boolean {
    switch (code) {
      case 0x03: // DW_OP_addr
        this.push(reader.unsigned(expression.addressSize) + this.context.loadBias);
        return true;
      case 0x08:
        this.push(BigInt(reader.u8()));
        return true;
      case 0x09:
        this.push(BigInt(reader.i8()));
        return true;
      case 0x0a:
        this.push(BigInt(reader.u16()));
        return true;
      case 0x0b:
        this.push(BigInt(reader.i16()));
        return true;
      case 0x0c:
        this.push(BigInt(reader.u32()));
        return true;
      case 0x0d:
        this.push(BigInt(reader.i32()));
        return true;
      case 0x0e:
        this.push(reader.u64());
        return true;
      case 0x0f:
        this.push(reader.i64());
        return true;
      case 0x10:
        this.push(reader.uleb64());
        return true;
      case 0x11:
        this.push(reader.sleb64());
        return true;
      case 0xa1: // addrx
      case 0xfb: // GNU_addr_index
        this.push(this.addressAt(expression, reader.uleb()) + this.context.loadBias);
        return true;
      case 0xa2: // constx
      case 0xfc: // GNU_const_index
        this.push(this.addressAt(expression, reader.uleb()));
        return true;
      default:
        return false;
    }
  }

  private stackOperation(code: number, reader: ByteReader): boolean {
    const { stack } = this;
    switch (code) {
      case 0x12: // dup
        stack.push(this.peek(0));
        return true;
      case 0x13: // drop
        this.pop();
        return true;
      case 0x14: // over
        stack.push(this.peek(1));
        return true;
      case 0x15: // pick
        stack.push(this.peek(reader.u8()));
        return true;
      case 0x16: {
        // swap
        const top = this.pop();
        const second = this.pop();
        stack.push(top, second);
        return true;
      }
      case 0x17: {
        // rot: the top becomes third
        const top = this.pop();
        const second = this.pop();
        const third = this.pop();
        stack.push(top, third, second);
        return true;
      }
      default:
        return false;
    }
  }

  private arithmetic(code: number, reader: ByteReader): boolean {
    switch (code) {
      case 0x19: // abs
        return this.unary((value) => (value < 0n ? -value : value), Math.abs);
      case 0x1a:
        return this.binary((a, b) => a & b);
      case 0x1b: // div, signed
        return this.binary(
          (a, b) => this.divide(a, b),
          (a, b) => a / b,
        );
      case 0x1c:
        return this.binary(
          (a, b) => a - b,
          (a, b) => a - b,
        );
      case 0x1d: // mod, unsigned
        return this.binary((a, b) => {
          if (b === 0n) throw new Unavailable("the location expression divides by zero");
          return BigInt.asUintN(this.mask, a) % BigInt.asUintN(this.mask, b);
        });
      case 0x1e:
        return this.binary(
          (a, b) => a * b,
          (a, b) => a * b,
        );
      case 0x1f: // neg
        return this.unary(
          (value) => -value,
          (value) => -value,
        );
      case 0x20: // not
        return this.unary((value) => ~value);
      case 0x21:
        return this.binary((a, b) => a | b);
      case 0x22:
        return this.binary(
          (a, b) => a + b,
          (a, b) => a + b,
        );
      case 0x23: {
        // plus_uconst
        const top = this.pop();
        this.store(top.bits + reader.uleb64(), top.type);
        return true;
      }
      case 0x24: // shl
        return this.binary((a, b) => (this.shiftTooFar(b) ? 0n : a << b));
      case 0x25: // shr
        return this.binary((a, b) => (this.shiftTooFar(b) ? 0n : BigInt.asUintN(this.mask, a) >> b));
      case 0x26: // shra
        return this.binary((a, b) => (this.shiftTooFar(b) ? (a < 0n ? -1n : 0n) : a >> b));
      case 0x27:
        return this.binary((a, b) => a ^ b);
      case 0x29: // eq
        return this.relation((a, b) => a === b);
      case 0x2a: // ge
        return this.relation((a, b) => a >= b);
      case 0x2b: // gt
        return this.relation((a, b) => a > b);
      case 0x2c: // le
        return this.relation((a, b) => a <= b);
      case 0x2d: // lt
        return this.relation((a, b) => a < b);
      case 0x2e: // ne
        return this.relation((a, b) => a !== b);
      default:
        return false;
    }
  }

  private control(code: number, reader: ByteReader): boolean {
    if (code === 0x96) return true; // nop
    if (code !== 0x28 && code !== 0x2f) return false;
    const distance = reader.i16();
    const jumps = code === 0x2f || this.pop().bits !== 0n;
    if (jumps) {
      const target = reader.offset + distance;
      if (target < 0 || target > reader.end) throw new Unavailable("the location expression jumps outside itself");
      reader.offset = target;
    }
    return true;
  }

  private memory(code: number, reader: ByteReader, expression: Expression): boolean {
    switch (code) {
      case 0x06: // deref
        this.push(this.load(this.pop().bits, expression.addressSize));
        return true;
      case 0x94: // deref_size
        this.push(this.load(this.pop().bits, reader.u8()));
        return true;
      case 0x91: // fbreg
        this.push(this.frameBase() + reader.sleb64());
        return true;
      case 0x92: {
        // bregx
        const register = reader.uleb();
        this.push(this.register(register) + reader.sleb64());
        return true;
      }
      case 0x90: // regx
        this.inRegister(reader.uleb());
        return true;
      case 0x9c: {
        // call_frame_cfa
        const cfa = this.context.cfa();
        if (cfa === undefined) throw new Unavailable("the canonical frame address is not known here");
        this.push(cfa);
        return true;
      }
      case 0x9b: // form_tls_address
      case 0xe0: {
        // GNU_push_tls_address
        const address = this.context.tls?.(this.pop().bits);
        if (address === undefined) throw new Unavailable("thread-local storage is not available here");
        this.push(address);
        return true;
      }
      default:
        return false;
    }
  }

  /** Operators on typed values (DWARF 5, and the GNU ones before it). */
  private typed(code: number, reader: ByteReader, expression: Expression): boolean {
    switch (code) {
      case 0xa4: // const_type
      case 0xf4: {
        const type = this.baseType(expression, reader.uleb());
        this.store(littleEndian(reader.take8(reader.u8())), type);
        return true;
      }
      case 0xa5: // regval_type
      case 0xf5: {
        const value = this.register(reader.uleb());
        this.store(value, this.baseType(expression, reader.uleb()));
        return true;
      }
      case 0xa6: // deref_type
      case 0xf6: {
        const size = reader.u8();
        const type = this.baseType(expression, reader.uleb());
        this.store(this.load(this.pop().bits, size), type);
        return true;
      }
      case 0xa8: // convert
      case 0xf7:
        this.convert(this.typeOrGeneric(expression, reader.uleb()));
        return true;
      case 0xa9: // reinterpret
      case 0xf9:
        this.store(this.pop().bits, this.typeOrGeneric(expression, reader.uleb()));
        return true;
      default:
        return false;
    }
  }

  private special(code: number, reader: ByteReader, expression: Expression, depth: number): void {
    switch (code) {
      case 0x93: // piece, in bytes
        return this.piece(reader.uleb() * 8, 0);
      case 0x9d: {
        // bit_piece
        const size = reader.uleb();
        return this.piece(size, reader.uleb());
      }
      case 0x9e: // implicit_value
        this.location = { kind: "value", bytes: reader.take8(reader.uleb()) };
        return;
      case 0x9f: {
        // stack_value
        const { bits, type } = this.pop();
        this.location = { kind: "value", bytes: toBytes(bits, type?.byteSize ?? expression.addressSize) };
        return;
      }
      case 0x98: // call2
      case 0x99: {
        // call4
        const offset = code === 0x98 ? reader.u16() : reader.u32();
        const called = expression.expressionAt?.(offset, true);
        if (called) this.interpret(called, depth + 1);
        return;
      }
      case 0x9a: {
        // call_ref
        const called = expression.expressionAt?.(reader.u32(), false);
        if (called) this.interpret(called, depth + 1);
        return;
      }
      case 0xa3: // entry_value
      case 0xf3: {
        const bytes = reader.take8(reader.uleb());
        const value = this.context.entryValue?.({ ...expression, bytes });
        if (value === undefined) throw new Unavailable("its value at the function's entry is not known");
        return this.push(value);
      }
      case 0xa0: // implicit_pointer
      case 0xf2:
        throw new Unavailable("the object it points to was optimized out");
      case 0xfa: // GNU_parameter_ref
        throw new Unavailable("the caller's parameter was optimized out");
      case 0xf0: // GNU_uninit
        return;
      default:
        throw new Unavailable(`the location uses an unknown operator, 0x${code.toString(16)}`);
    }
  }

  private piece(bitSize: number, bitOffset: number): void {
    const nothing = this.location === undefined && this.stack.length === 0;
    const location: Location = nothing ? { kind: "optimizedOut", reason: "optimized out" } : this.result();
    this.location = undefined;
    this.pieces.push({ location, bitSize, bitOffset });
  }

  private inRegister(register: number): void {
    this.location = { kind: "register", register };
  }

  private register(number: number): bigint {
    const value = this.context.readRegister(number);
    if (value === undefined) throw new Unavailable(`register ${number} was not saved in this frame`);
    return value;
  }

  private frameBase(): bigint {
    const base = this.context.frameBase?.();
    if (base === undefined) throw new Unavailable("the frame base is not known here");
    return base;
  }

  private load(address: bigint, size: number): bigint {
    if (size > 16) throw new Unavailable(`the location expression reads ${size} bytes at once`);
    const bytes = this.context.readMemory(address, size);
    if (bytes.length < size) throw new Unavailable(`memory at 0x${address.toString(16)} cannot be read`);
    return littleEndian(bytes);
  }

  private addressAt(expression: Expression, index: number): bigint {
    if (!expression.addressAt) throw new Unavailable("the expression names an address by index, without a table");
    return expression.addressAt(index);
  }

  private baseType(expression: Expression, offset: number): BaseTypeFacts {
    const type = expression.baseTypeAt?.(offset);
    if (!type) throw new Unavailable("the location expression names a type that does not exist");
    return type;
  }

  /** Offset 0 stands for the plain address-sized integer. */
  private typeOrGeneric(expression: Expression, offset: number): BaseTypeFacts | undefined {
    return offset === 0 ? undefined : this.baseType(expression, offset);
  }

  private convert(type: BaseTypeFacts | undefined): void {
    const value = this.pop();
    if (isFloat(value.type)) {
      const number = toFloat(value);
      if (isFloat(type)) this.store(fromFloat(number, type.byteSize), type);
      else if (Number.isFinite(number)) this.store(BigInt(Math.trunc(number)), type);
      else throw new Unavailable("a value that is not finite is converted to an integer");
    } else if (isFloat(type)) {
      this.store(fromFloat(Number(this.signed(value)), type.byteSize), type);
    } else {
      this.store(this.signed(value), type);
    }
  }

  /** As the value's type sees it: signed integers negative, plain ones as stored. */
  private signed({ bits, type }: Entry): bigint {
    const isSigned = type?.encoding === "signed" || type?.encoding === "signedChar";
    return isSigned ? BigInt.asIntN(type.byteSize * 8, bits) : bits;
  }

  /** Operand of arithmetic: plain integers are signed for the operators that care. */
  private operand(entry: Entry): bigint {
    return entry.type ? this.signed(entry) : BigInt.asIntN(this.mask, entry.bits);
  }

  private unary(integer: (value: bigint) => bigint, float?: (value: number) => number): boolean {
    const value = this.pop();
    if (isFloat(value.type)) {
      if (!float) throw new Unavailable("the location expression uses bit operations on a floating-point value");
      this.store(fromFloat(float(toFloat(value)), value.type.byteSize), value.type);
    } else {
      this.store(integer(this.operand(value)), value.type);
    }
    return true;
  }

  private binary(integer: (a: bigint, b: bigint) => bigint, float?: (a: number, b: number) => number): boolean {
    const right = this.pop();
    const left = this.pop();
    const { type } = left;
    if (isFloat(type)) {
      if (!float) throw new Unavailable("the location expression uses bit operations on a floating-point value");
      this.store(fromFloat(float(toFloat(left), toFloat(right)), type.byteSize), type);
    } else {
      this.store(integer(this.operand(left), this.operand(right)), type);
    }
    return true;
  }

  private relation(holds: (a: bigint | number, b: bigint | number) => boolean): boolean {
    const right = this.pop();
    const left = this.pop();
    const float = isFloat(left.type);
    const result = float ? holds(toFloat(left), toFloat(right)) : holds(this.operand(left), this.operand(right));
    this.push(result ? 1n : 0n);
    return true;
  }

  private divide(a: bigint, b: bigint): bigint {
    if (b === 0n) throw new Unavailable("the location expression divides by zero");
    return a / b;
  }

  private shiftTooFar(count: bigint): boolean {
    return count < 0n || count >= BigInt(this.mask);
  }

  private push(value: bigint): void {
    this.store(value, undefined);
  }

  private store(value: bigint, type: BaseTypeFacts | undefined): void {
    if (this.stack.length > 1000) throw new Unavailable("the location expression uses too much stack");
    this.stack.push({ bits: BigInt.asUintN(type ? type.byteSize * 8 : this.mask, value), type });
  }

  private pop(): Entry {
    const top = this.stack.pop();
    if (!top) throw new Unavailable("the location expression uses a value that it did not compute");
    return top;
  }

  private peek(depth: number): Entry {
    const entry = this.stack[this.stack.length - 1 - depth];
    if (!entry) throw new Unavailable("the location expression uses a value that it did not compute");
    return entry;
  }
}

function isFloat(type: BaseTypeFacts | undefined): type is BaseTypeFacts {
  return type?.encoding === "float";
}

function toFloat({ bits, type }: Entry): number {
  const view = new DataView(new ArrayBuffer(8));
  if (type?.byteSize === 4) {
    view.setUint32(0, Number(BigInt.asUintN(32, bits)));
    return view.getFloat32(0);
  }
  if (type?.byteSize !== 8) throw new Unavailable(`floating-point values of ${type?.byteSize} bytes are not computed`);
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function fromFloat(value: number, byteSize: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (byteSize === 4) {
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  }
  if (byteSize !== 8) throw new Unavailable(`floating-point values of ${byteSize} bytes are not computed`);
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

function toBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, rest = value; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}
