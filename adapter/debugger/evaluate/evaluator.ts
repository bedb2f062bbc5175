// Evaluates C-like expressions in a frame: what watches, hovers, conditions and the console ask for.
import type { LocationContext, RecordType, SubroutineType, Symbols, Type } from "../../symbols/index.ts";
import { dereferenced, type Formatter } from "../format.ts";
import { type Registers, registerBits } from "../registers.ts";
import type { Target } from "../target.ts";
import {
  bare,
  builtin,
  builtinType,
  elementType,
  findMember,
  isPointer,
  isRecord,
  sizeOf,
  typeName,
} from "../types.ts";
import { type Frame, locationContext, scopesOf } from "../unwind.ts";
import {
  addressOf,
  bytesValue,
  fromBytes,
  integerValue,
  memoryValue,
  part,
  toBytes,
  Unavailable,
  type Value,
  type ValueAccess,
  type Writer,
} from "../value.ts";
import { EvaluationError } from "./lexer.ts";
import { binaryNumbers, convert, isTrue, type NumberValue, numberOf, toValue, unaryNumber } from "./numbers.ts";
import { type ParsedExpression, parseExpression, type Syntax, type TypeSyntax } from "./parser.ts";

/** What an expression may refer to. */
export interface EvaluationParts {
  target: Target;
  symbols: Symbols;
  registers: Registers;
  access: ValueAccess;
  format: Formatter;
  writer: Writer;
}

export interface Evaluated {
  value: Value;
  /** The register when the expression is just one. */
  register: number | undefined;
  hex: boolean;
}

/** A value whose place may be a register that has no DWARF number. */
interface Operand {
  value: Value;
  register?: number;
}

export class Evaluator {
  private readonly parts: EvaluationParts;
  private readonly frame: Frame | undefined;
  private readonly context: LocationContext | undefined;
  private readonly mayWrite: boolean;

  /** `mayWrite` false: assignments are refused (hovering must not change anything). */
  constructor(parts: EvaluationParts, frame: Frame | undefined, mayWrite = true) {
    this.parts = parts;
    this.mayWrite = mayWrite;
    this.frame = frame;
    this.context = frame && locationContext(parts.target, parts.symbols, frame.physical);
  }

  /** Throws EvaluationError with the position of what is wrong. Assignments take effect. */
  async evaluate(text: string): Promise<Evaluated> {
    const { syntax, hex } = this.parse(text);
    const { value, register } = await this.run(syntax);
    return { value, register, hex };
  }

  /** The value of an expression without side effects; conditions of breakpoints. */
  async isTrue(text: string): Promise<boolean> {
    const { value } = await this.evaluate(text);
    return isTrue(this.number(value, 0));
  }

  /** Sets an existing value from an expression's text. */
  async assign(place: Value, text: string): Promise<Value> {
    const { syntax } = this.parse(text);
    const { value } = await this.run(syntax);
    return (await this.store({ value: place }, value, 0)).value;
  }

  /** The variables that can be seen, as `Value`s. */
  variable(name: string): Value | undefined {
    return this.local(name) ?? this.global(name);
  }

  /** The number that a register gets from text: an expression, or for float registers a floating-point number. */
  async registerValue(index: number, text: string): Promise<bigint> {
    const { syntax } = this.parse(text);
    return this.bitsFor(index, (await this.run(syntax)).value, 0);
  }

  private parse(text: string): ParsedExpression {
    return parseExpression(text, (name) => this.variable(name) === undefined && this.typeNamed([name]) !== undefined);
  }

  private async run(syntax: Syntax): Promise<Operand> {
    try {
      return await this.operand(syntax);
    } catch (error) {
      if (error instanceof Unavailable) throw new EvaluationError(error.message, syntax.position);
      throw error;
    }
  }

  private async operand(syntax: Syntax): Promise<Operand> {
    switch (syntax.kind) {
      case "integer":
        return { value: integerValue(literalType(syntax.value, syntax.isUnsigned, syntax.isLong), syntax.value) };
      case "float": {
        const type = syntax.isSingle ? builtin.float : builtin.double;
        return { value: toValue({ kind: "float", value: syntax.value, type }) };
      }
      case "character":
        return { value: integerValue(syntax.value < 256 ? builtin.char : builtin.int, BigInt(syntax.value)) };
      case "name":
        return { value: this.named(syntax.name, syntax.position) };
      case "register":
        return this.register(syntax.name, syntax.position);
      case "unary":
        return { value: await this.unary(syntax) };
      case "binary":
        return { value: await this.binary(syntax) };
      case "assign":
        return this.assignment(syntax);
      case "conditional": {
        const condition = this.number((await this.run(syntax.condition)).value, syntax.condition.position);
        return this.run(isTrue(condition) ? syntax.yes : syntax.no);
      }
      case "member":
        return { value: this.member(await this.value(syntax.object), syntax.name, syntax.arrow, syntax.position) };
      case "index": {
        const object = await this.value(syntax.object);
        const index = this.integer(await this.value(syntax.index), syntax.index.position);
        return { value: this.element(object, index, syntax.position) };
      }
      case "cast":
        return { value: this.cast(await this.value(syntax.operand), this.type(syntax.type), syntax.position) };
      case "sizeofType":
        return { value: this.size(this.type(syntax.type), syntax.position) };
      case "sizeof":
        return { value: this.size((await this.value(syntax.operand)).type, syntax.position) };
    }
  }

  /** With references followed. */
  private async value(syntax: Syntax): Promise<Value> {
    return dereferenced((await this.run(syntax)).value, this.parts.access);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Names

  private named(name: string, position: number): Value {
    const value = this.variable(name) ?? this.memberOfThis(name) ?? this.enumerator(name) ?? this.code(name);
    if (value) return value;
    if (name === "true" || name === "false") return integerValue(builtin.bool, name === "true" ? 1n : 0n);
    if (name === "nullptr" || name === "NULL")
      return integerValue({ kind: "pointer", byteSize: 8, target: { kind: "void" } }, 0n);
    throw new EvaluationError(`no variable, constant or function "${name}" here`, position);
  }

  private local(name: string): Value | undefined {
    if (!this.frame) return undefined;
    for (const { variables } of scopesOf(this.parts.symbols, this.frame)) {
      // Of two in one scope the later declaration hides the earlier.
      const found = variables.filter((variable) => variable.name === name).at(-1);
      if (found) return variableValue(found, this.frame, this.context!);
    }
    return undefined;
  }

  private global(name: string): Value | undefined {
    const pc = this.frame?.physical.lookup;
    const context = this.context ?? memoryContext(this.parts.target);
    for (const variable of this.parts.symbols.globalsNamed(name, pc)) {
      const location = variable.locate(pc ?? 0n, context);
      if (location.kind !== "optimizedOut")
        return { type: variable.type, location, bitOffset: 0, bitSize: undefined, frame: context };
    }
    return undefined;
  }

  private memberOfThis(name: string): Value | undefined {
    const self = this.local("this");
    const target = self && bare(self.type);
    if (!self || !target || !isPointer(target)) return undefined;
    const record = bare(target.target);
    return isRecord(record) && findMember(record, name) ? this.member(self, name, true, 0) : undefined;
  }

  /** Enumerators of the types of visible variables, and `type::NAME`. */
  private enumerator(name: string): Value | undefined {
    const at = name.lastIndexOf("::");
    const scoped = at > 0 ? this.typeNamed([name.slice(0, at)]) : undefined;
    const seen = new Set<Type>();
    const search = (type: Type, wanted: string, depth: number): Value | undefined => {
      const t = bare(type);
      if (depth > 4 || seen.has(t)) return undefined;
      seen.add(t);
      if (t.kind === "enum") {
        const found = t.enumerators.find((enumerator) => enumerator.name === wanted);
        return found && integerValue(type, found.value);
      }
      if (isRecord(t)) {
        for (const member of t.members) {
          const found = search(member.type, wanted, depth + 1);
          if (found) return found;
        }
      }
      if (t.kind === "pointer" || t.kind === "reference") return search(t.target, wanted, depth + 1);
      return t.kind === "array" ? search(t.element, wanted, depth + 1) : undefined;
    };
    if (scoped) return search(scoped, name.slice(at + 2), 0);
    const locals = this.frame ? scopesOf(this.parts.symbols, this.frame).flatMap((s) => s.variables) : [];
    const globals = this.frame ? this.parts.symbols.unitGlobals(this.frame.physical.lookup) : [];
    for (const variable of [...locals, ...globals]) {
      const found = search(variable.type, name, 0);
      if (found) return found;
    }
    return undefined;
  }

  /** A function, or a symbol without debug information. */
  private code(name: string): Value | undefined {
    const { symbols, target } = this.parts;
    const fn = symbols.functionsNamed(name)[0];
    if (fn) {
      const type: SubroutineType = {
        kind: "subroutine",
        returnType: fn.returnType ?? { kind: "void" },
        parameters: fn.body.variables.filter((v) => v.kind === "parameter").map((v) => v.type),
        isVariadic: false,
      };
      return memoryValue(type, fn.entry + target.loadBias);
    }
    const address = symbols.addressOf(name);
    return address === undefined
      ? undefined
      : memoryValue({ kind: "unknown", name: "<no debug info>", byteSize: 8 }, address + target.loadBias);
  }

  private register(name: string, position: number): Operand {
    const { registers, target } = this.parts;
    const index = registers.find(name);
    if (index === undefined) throw new EvaluationError(`the guest has no register "${name}"`, position);
    const { dwarf, type, bits } = registers.descriptor(index);
    const physical = this.frame?.physical;
    let value: bigint | undefined;
    if (index === registers.pc && physical) value = physical.pc;
    else if (dwarf !== undefined && physical) value = physical.registers.get(dwarf);
    else value = target.readRegisters()[index];
    if (value === undefined) throw new EvaluationError(`${name} was not saved by the functions called`, position);
    if (type === "float") {
      const isSingle = bits === 32 || value >> 32n === 0xffffffffn;
      const bytes = toBytes(value, isSingle ? 4 : 8);
      return { value: bytesValue(isSingle ? builtin.float : builtin.double, bytes), register: index };
    }
    return { value: integerValue(builtin["unsigned long"], value), register: index };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Types

  private typeNamed(words: readonly string[]): Type | undefined {
    const pc = this.frame?.physical.lookup;
    return builtinType(words) ?? this.parts.symbols.typeNamed(words.join(" "), pc);
  }

  private type(syntax: TypeSyntax): Type {
    let type = this.typeNamed(syntax.words);
    if (!type) throw new EvaluationError(`no type "${syntax.words.join(" ")}"`, syntax.position);
    for (let i = 0; i < syntax.pointers; i++)
      type = { kind: "pointer", byteSize: this.parts.target.pointerBytes, target: type };
    return type;
  }

  private size(type: Type, position: number): Value {
    const size = sizeOf(type);
    if (size === undefined) throw new EvaluationError(`${typeName(type)} has no known size`, position);
    return integerValue(builtin["unsigned long"], BigInt(size));
  }

  private cast(value: Value, type: Type, position: number): Value {
    const to = bare(type);
    if (to.kind === "void") return bytesValue(type, new Uint8Array(0));
    if (isRecord(to) || to.kind === "array") {
      const address = addressOf(value);
      if (address === undefined) throw new EvaluationError(`a ${typeName(type)} needs a value in memory`, position);
      return memoryValue(type, address);
    }
    const converted = convert(this.number(value, position), type);
    if (!converted) throw new EvaluationError(`cannot convert ${typeName(value.type)} to ${typeName(type)}`, position);
    return converted;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Operators

  /** The number that a value is used as; arrays and functions are their address. */
  private number(value: Value, position: number): NumberValue {
    const type = bare(value.type);
    if (type.kind === "array" || type.kind === "subroutine") {
      const address = addressOf(value);
      if (address === undefined) throw new EvaluationError("the array is not in memory", position);
      const target = type.kind === "array" ? elementType(type) : type;
      return { kind: "integer", value: address, type: { kind: "pointer", byteSize: 8, target } };
    }
    const number = numberOf(dereferenced(value, this.parts.access), this.parts.access);
    if (!number) throw new EvaluationError(`a number is needed, not ${typeName(value.type)}`, position);
    return number;
  }

  private integer(value: Value, position: number): bigint {
    const number = this.number(value, position);
    if (number.kind === "float") throw new EvaluationError("an integer is needed", position);
    return number.value;
  }

  private async unary(syntax: Syntax & { kind: "unary" }): Promise<Value> {
    const value = await this.value(syntax.operand);
    const { operator, position } = syntax;
    if (operator === "*") {
      const number = this.number(value, position);
      const pointer = bare(number.type);
      if (!isPointer(pointer)) throw new EvaluationError(`${typeName(value.type)} is not a pointer`, position);
      if (bare(pointer.target).kind === "void")
        throw new EvaluationError("a void pointer must be cast before it is followed", position);
      return memoryValue(pointer.target, number.value as bigint);
    }
    if (operator === "&") {
      const address = addressOf(value);
      if (address === undefined) throw new EvaluationError("the operand of & is not in memory", position);
      return integerValue({ kind: "pointer", byteSize: this.parts.target.pointerBytes, target: value.type }, address);
    }
    return toValue(unaryNumber(operator, this.number(value, position), position));
  }

  private async binary(syntax: Syntax & { kind: "binary" }): Promise<Value> {
    const { operator, position } = syntax;
    const left = this.number(await this.value(syntax.left), syntax.left.position);
    if (operator === "&&" || operator === "||") {
      const decided = isTrue(left) === (operator === "||");
      const result = decided
        ? operator === "||"
        : isTrue(this.number(await this.value(syntax.right), syntax.right.position));
      return integerValue(builtin.int, result ? 1n : 0n);
    }
    return this.combine(operator, left, this.number(await this.value(syntax.right), syntax.right.position), position);
  }

  /** Arithmetic; on pointers scaled by what they point to. */
  private combine(operator: string, left: NumberValue, right: NumberValue, position: number): Value {
    const a = bare(left.type);
    const b = bare(right.type);
    if (operator === "+" && isPointer(b) && !isPointer(a)) return this.combine(operator, right, left, position);
    if ((operator === "+" || operator === "-") && isPointer(a) && left.kind === "integer" && right.kind === "integer") {
      const size = BigInt(sizeOf(a.target) ?? 1);
      if (!isPointer(b))
        return integerValue(left.type, left.value + (operator === "+" ? right.value : -right.value) * size);
      if (operator === "+") throw new EvaluationError("two pointers cannot be added", position);
      return integerValue(builtin.long, size === 0n ? 0n : BigInt.asIntN(64, left.value - right.value) / size);
    }
    return toValue(binaryNumbers(operator, left, right, position));
  }

  private member(object: Value, name: string, arrow: boolean, position: number): Value {
    let type = bare(object.type);
    let record = object;
    if (isPointer(type)) {
      record = memoryValue(type.target, fromBytes(this.parts.access.read(object)));
      type = bare(type.target);
    } else if (arrow) throw new EvaluationError(`-> needs a pointer, not ${typeName(object.type)}`, position);
    if (!isRecord(type)) throw new EvaluationError(`${typeName(object.type)} has no members`, position);
    const found = findMember(type, name);
    if (!found) throw new EvaluationError(`${typeName(type)} has no member "${name}"${membersHint(type)}`, position);
    return found.path.reduce((value, member) => this.parts.access.member(value, member), record);
  }

  private element(object: Value, index: bigint, position: number): Value {
    const type = bare(object.type);
    if (type.kind === "array") {
      const element = elementType(type);
      const size = sizeOf(element);
      if (size === undefined) throw new EvaluationError("the elements have no known size", position);
      const address = addressOf(object);
      if (address !== undefined) return memoryValue(element, address + index * BigInt(size));
      const count = type.dimensions[0] ?? 0;
      if (index < 0n || index >= BigInt(count)) throw new EvaluationError(`the array has ${count} elements`, position);
      return part(object, element, Number(index) * size);
    }
    if (!isPointer(type)) throw new EvaluationError(`${typeName(object.type)} is no array and no pointer`, position);
    const size = sizeOf(type.target);
    if (size === undefined)
      throw new EvaluationError(`${typeName(type.target)} has no known size: cast the pointer`, position);
    return memoryValue(type.target, fromBytes(this.parts.access.read(object)) + index * BigInt(size));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Assignment

  private async assignment(syntax: Syntax & { kind: "assign" }): Promise<Operand> {
    if (!this.mayWrite) throw new EvaluationError("assignments are not possible here", syntax.position);
    const place = await this.run(syntax.left);
    let value = await this.value(syntax.right);
    if (syntax.operator) {
      const left = this.number(place.value, syntax.left.position);
      value = this.combine(syntax.operator, left, this.number(value, syntax.right.position), syntax.position);
    }
    return this.store(place, value, syntax.position);
  }

  private async store(place: Operand, value: Value, position: number): Promise<Operand> {
    const { access, writer, registers } = this.parts;
    if (place.register !== undefined) {
      if (this.frame && this.frame.index > 0 && place.register !== registers.pc)
        throw new EvaluationError("registers can be set in the innermost frame only", position);
      await writer.writeRegister(place.register, this.bitsFor(place.register, value, position));
      const { name } = registers.descriptor(place.register);
      return new Evaluator(this.parts, undefined).register(name, position);
    }
    const to = dereferenced(place.value, access);
    try {
      await access.write(to, access.read(this.converted(value, to.type, position)));
    } catch (error) {
      if (error instanceof Unavailable) throw new EvaluationError(`cannot be set: ${error.message}`, position);
      throw error;
    }
    return { value: to };
  }

  private converted(value: Value, type: Type, position: number): Value {
    const to = bare(type);
    if (isRecord(to) || to.kind === "array") {
      const same = typeName(bare(value.type)) === typeName(to) && sizeOf(value.type) === sizeOf(to);
      if (!same) throw new EvaluationError(`a ${typeName(type)} cannot be set from ${typeName(value.type)}`, position);
      return value;
    }
    return this.cast(value, type, position);
  }

  private bitsFor(index: number, value: Value, position: number): bigint {
    const descriptor = this.parts.registers.descriptor(index);
    if (descriptor.readOnly) throw new EvaluationError(`${descriptor.name} cannot be written`, position);
    const number = this.number(value, position);
    if (number.kind === "float" && descriptor.type !== "float")
      throw new EvaluationError(`${descriptor.name} takes an integer`, position);
    return registerBits(descriptor, number.value);
  }
}

/** A variable of a frame as a value. */
export function variableValue(
  variable: { type: Type; locate: (pc: bigint, context: LocationContext) => Value["location"] },
  frame: Frame,
  context: LocationContext,
): Value {
  const location = variable.locate(frame.physical.lookup, context);
  return { type: variable.type, location, bitOffset: 0, bitSize: undefined, frame: context };
}

/** The context of global variables when there is no frame. */
function memoryContext(target: Target): LocationContext {
  return {
    loadBias: target.loadBias,
    readRegister: () => undefined,
    readMemory: (address, length) => target.readMemory(address, length),
    cfa: () => undefined,
  };
}

function literalType(value: bigint, isUnsigned: boolean, isLong: boolean): Type {
  if (!isLong && value < (isUnsigned ? 1n << 32n : 1n << 31n))
    return isUnsigned ? builtin["unsigned int"] : builtin.int;
  return isUnsigned || value >= 1n << 63n ? builtin["unsigned long"] : builtin.long;
}

function membersHint(record: RecordType): string {
  const names = record.members.flatMap((member) => member.name ?? []).slice(0, 8);
  return names.length === 0 ? "" : `: it has ${names.join(", ")}${record.members.length > 8 ? "..." : ""}`;
}

/** The message of an evaluation error with a mark under the place, for consoles. */
export function explain(error: EvaluationError, text: string): string {
  if (error.position === 0 && text.length < 2) return error.message;
  return `${error.message}\n  ${text}\n  ${" ".repeat(error.position)}^`;
}
