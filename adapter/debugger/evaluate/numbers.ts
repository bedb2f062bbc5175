// C's arithmetic: promotions, usual conversions, and the operators on numbers.
import type { BaseType, Type } from "../../symbols/index.ts";
import { floatOf, signed } from "../format.ts";
import { bare, builtin, isFloat, isInteger, isPointer, isSigned, sizeOf } from "../types.ts";
import { bytesValue, fromBytes, integerValue, toBytes, type Value, type ValueAccess } from "../value.ts";
import { EvaluationError } from "./lexer.ts";

export type NumberValue =
  | { kind: "integer"; value: bigint; type: Type }
  | { kind: "float"; value: number; type: BaseType };

/** The number that a value is; undefined for structs, arrays and the like. Throws Unavailable. */
export function numberOf(value: Value, access: ValueAccess): NumberValue | undefined {
  const type = bare(value.type);
  if (isFloat(type)) {
    const number = floatOf(fromBytes(access.read(value)), type.byteSize);
    return number === undefined ? undefined : { kind: "float", value: number, type };
  }
  if (isInteger(type)) {
    const bits = fromBytes(access.read(value));
    return { kind: "integer", value: signed(type, bits, access.width(value)), type };
  }
  if (isPointer(type)) return { kind: "integer", value: fromBytes(access.read(value)), type };
  return undefined;
}

export function toValue(number: NumberValue): Value {
  if (number.kind === "integer") return integerValue(number.type, number.value);
  return bytesValue(number.type, floatBytes(number.value, number.type.byteSize));
}

function floatBytes(value: number, byteSize: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  if (byteSize === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return new Uint8Array(view.buffer, 0, byteSize === 4 ? 4 : 8);
}

/** A number as the bytes of another type. Undefined when the type cannot hold numbers. */
export function convert(number: NumberValue, type: Type): Value | undefined {
  const to = bare(type);
  if (isFloat(to)) return to.byteSize > 8 ? undefined : bytesValue(type, floatBytes(Number(number.value), to.byteSize));
  if (!isInteger(to) && !isPointer(to)) return undefined;
  if (number.kind === "float" && !Number.isFinite(number.value)) return undefined;
  const integer = number.kind === "integer" ? number.value : BigInt(Math.trunc(number.value));
  if (to.kind === "base" && to.encoding === "boolean") return integerValue(type, number.value ? 1n : 0n);
  return bytesValue(type, toBytes(integer, sizeOf(to) ?? 8));
}

/** Types smaller than int become int. */
export function promoted(type: Type): BaseType {
  const t = bare(type);
  if (t.kind === "enum" && t.byteSize === 4) return t.isSigned ? builtin.int : builtin["unsigned int"];
  if (t.kind === "base" && t.encoding !== "boolean" && t.byteSize >= 4) return t;
  if (t.kind === "pointer" || (t.kind === "enum" && t.byteSize > 4)) return builtin["unsigned long"];
  return builtin.int;
}

function common(left: NumberValue, right: NumberValue): BaseType {
  if (left.kind === "float" || right.kind === "float") {
    const floats = [left, right].flatMap((n) => (n.kind === "float" ? [n.type] : []));
    return floats.reduce((a, b) => (b.byteSize > a.byteSize ? b : a));
  }
  const a = promoted(left.type);
  const b = promoted(right.type);
  if (a.byteSize !== b.byteSize) return a.byteSize > b.byteSize ? a : b;
  return isSigned(a) ? b : a;
}

const truth = (value: boolean): NumberValue => ({ kind: "integer", value: value ? 1n : 0n, type: builtin.int });

export const isTrue = (number: NumberValue): boolean => Number(number.value) !== 0 || Number.isNaN(number.value);

function wrap(value: bigint, type: BaseType): NumberValue {
  const bits = type.byteSize * 8;
  return { kind: "integer", value: isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value), type };
}

export function unaryNumber(operator: "-" | "+" | "~" | "!", operand: NumberValue, position: number): NumberValue {
  if (operator === "!") return truth(!isTrue(operand));
  if (operand.kind === "float") {
    if (operator === "~") throw new EvaluationError("~ needs an integer", position);
    return { ...operand, value: operator === "-" ? -operand.value : operand.value };
  }
  const type = promoted(operand.type);
  const value = operator === "-" ? -operand.value : operator === "~" ? ~operand.value : operand.value;
  return wrap(value, type);
}

export function binaryNumbers(operator: string, left: NumberValue, right: NumberValue, position: number): NumberValue {
  const type = common(left, right);
  if (isFloat(type)) return floats(operator, Number(left.value), Number(right.value), type, position);
  if (left.kind === "float" || right.kind === "float") throw new EvaluationError("numbers expected", position);
  if (operator === "<<" || operator === ">>") {
    const shifted = promoted(left.type);
    const count = right.value;
    if (count < 0n || count >= BigInt(shifted.byteSize * 8))
      throw new EvaluationError(`shift by ${count} is undefined for ${shifted.name}`, position);
    const value = wrap(left.value, shifted).value as bigint;
    return wrap(operator === "<<" ? value << count : value >> count, shifted);
  }
  const a = wrap(left.value, type).value as bigint;
  const b = wrap(right.value, type).value as bigint;
  switch (operator) {
    case "+":
      return wrap(a + b, type);
    case "-":
      return wrap(a - b, type);
    case "*":
      return wrap(a * b, type);
    case "/":
    case "%":
      if (b === 0n) throw new EvaluationError("division by zero", position);
      return wrap(operator === "/" ? a / b : a % b, type);
    case "&":
      return wrap(a & b, type);
    case "|":
      return wrap(a | b, type);
    case "^":
      return wrap(a ^ b, type);
    default:
      return compare(operator, a, b, position);
  }
}

function floats(operator: string, a: number, b: number, type: BaseType, position: number): NumberValue {
  const round = (value: number): NumberValue => ({
    kind: "float",
    value: type.byteSize === 4 ? Math.fround(value) : value,
    type,
  });
  switch (operator) {
    case "+":
      return round(a + b);
    case "-":
      return round(a - b);
    case "*":
      return round(a * b);
    case "/":
      return round(a / b);
    default:
      return compare(operator, a, b, position);
  }
}

function compare<T extends bigint | number>(operator: string, a: T, b: T, position: number): NumberValue {
  switch (operator) {
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case "<=":
      return truth(a <= b);
    case ">":
      return truth(a > b);
    case ">=":
      return truth(a >= b);
    default:
      throw new EvaluationError(`${operator} needs integers`, position);
  }
}
