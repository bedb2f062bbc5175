// The values that inline operations compute with: trees, made by plugins, turned into IR where guest code needs them.
import type { Cell64, Expression, Operand, RegisterReference, Values } from "../../plugins/api/index.ts";
import type { BinaryName, RegisterIndex, Temp } from "../ir/types.ts";
import type { RegisterLookup } from "./register-lookup.ts";

/** What is known of the access that an operation follows. */
export interface AccessValues {
  readonly address: Temp;
  /** As it was loaded or is stored: its upper bits may be anything. */
  readonly value: Temp;
  readonly size: 1 | 2 | 4 | 8;
  readonly isStore: boolean;
}

/** Where IR is appended. */
export interface Emission {
  const(value: bigint): Temp;
  get(reg: RegisterIndex): Temp;
  unary(op: "zext8" | "zext16" | "zext32" | "clz", a: Temp): Temp;
  binary(op: BinaryName, a: Temp, b: Temp): Temp;
  select(cond: Temp, a: Temp, b: Temp): Temp;
  icount(): Temp;
  peek(addr: Temp, offset: number, size: 1 | 2 | 4 | 8): Temp;
  poke(addr: Temp, offset: number, src: Temp, size: 1 | 2 | 4 | 8): void;
  /** The access at hand; undefined where there is none. */
  readonly access: AccessValues | undefined;
  /** The address of the instruction after the one at hand; undefined where that is not known yet. */
  next(): Temp | undefined;
}

type Node =
  | { kind: "constant"; value: bigint }
  | { kind: "register"; index: RegisterIndex }
  | { kind: "address" | "value" | "size" | "isStore" | "instructions" | "next" }
  | { kind: "binary"; op: BinaryName; a: Node; b: Node }
  | { kind: "bitLength"; a: Node }
  | { kind: "select"; cond: Node; a: Node; b: Node }
  | CellNode;

/** 64 bits of instruments' memory: at a byte offset, or at that plus 8 times an index that a mask keeps small. */
interface CellNode {
  kind: "cell";
  offset: number;
  index?: { node: Node; mask: bigint };
}

const HASH_FACTOR = 0x9e37_79b9_7f4a_7c15n;

/** A value being computed at one point: what was computed already is not computed again. */
export class Computation {
  private readonly done: Map<Node, Temp>;

  constructor(
    private readonly emission: Emission,
    outer?: Computation,
  ) {
    this.done = new Map(outer?.done);
  }

  /** @throws Error when the value belongs to an access, and there is none. */
  temp(operand: Operand): Temp {
    return this.node(nodeOf(operand));
  }

  /** The place of a cell. */
  place(cell: Cell64): { addr: Temp; offset: number } {
    return this.placeOf(cellOf(cell));
  }

  private placeOf({ offset, index }: CellNode): { addr: Temp; offset: number } {
    const { emission } = this;
    if (!index) return { addr: emission.const(0n), offset };
    const masked = emission.binary("and", this.node(index.node), emission.const(index.mask));
    return { addr: emission.binary("shl", masked, emission.const(3n)), offset };
  }

  private node(node: Node): Temp {
    const known = this.done.get(node);
    if (known !== undefined) return known;
    const temp = this.compute(node);
    this.done.set(node, temp);
    return temp;
  }

  private compute(node: Node): Temp {
    const { emission } = this;
    switch (node.kind) {
      case "constant":
        return emission.const(node.value);
      case "register":
        return emission.get(node.index);
      case "instructions":
        return emission.icount();
      case "next":
        return this.next();
      case "binary":
        return emission.binary(node.op, this.node(node.a), this.node(node.b));
      case "bitLength":
        return emission.binary("sub", emission.const(64n), emission.unary("clz", this.node(node.a)));
      case "select":
        return emission.select(this.node(node.cond), this.node(node.a), this.node(node.b));
      case "cell": {
        const { addr, offset } = this.placeOf(node);
        return emission.peek(addr, offset, 8);
      }
      default:
        return this.ofAccess(node.kind);
    }
  }

  private next(): Temp {
    const next = this.emission.next();
    if (next === undefined)
      throw new Error("vm.values.next is known after an instruction: in inlineAfter and onExecuted");
    return next;
  }

  private ofAccess(kind: "address" | "value" | "size" | "isStore"): Temp {
    const { emission } = this;
    const { access } = emission;
    if (!access) throw new Error(`vm.values.${kind} is that of a memory access: it has a value in memoryInline only`);
    if (kind === "address") return access.address;
    if (kind === "size") return emission.const(BigInt(access.size));
    if (kind === "isStore") return emission.const(access.isStore ? 1n : 0n);
    if (access.size === 8) return access.value;
    return emission.unary(access.size === 4 ? "zext32" : access.size === 2 ? "zext16" : "zext8", access.value);
  }
}

class ExpressionTree implements Expression {
  readonly #node: Node;

  constructor(node: Node) {
    this.#node = node;
  }

  static nodeOf(value: unknown): Node | undefined {
    return typeof value === "object" && value !== null && #node in value ? value.#node : undefined;
  }

  #binary(op: BinaryName, other: Operand): Expression {
    return new ExpressionTree({ kind: "binary", op, a: this.#node, b: nodeOf(other) });
  }

  /** The operation with its operands exchanged. */
  #swapped(op: BinaryName, other: Operand): Expression {
    return new ExpressionTree({ kind: "binary", op, a: nodeOf(other), b: this.#node });
  }

  #smaller(other: Operand, isFirst: boolean): Expression {
    const a = this.#node;
    const b = nodeOf(other);
    const cond: Node = { kind: "binary", op: "ltu", a, b };
    return new ExpressionTree({ kind: "select", cond, a: isFirst ? a : b, b: isFirst ? b : a });
  }

  add(other: Operand): Expression {
    return this.#binary("add", other);
  }

  sub(other: Operand): Expression {
    return this.#binary("sub", other);
  }

  mul(other: Operand): Expression {
    return this.#binary("mul", other);
  }

  and(other: Operand): Expression {
    return this.#binary("and", other);
  }

  or(other: Operand): Expression {
    return this.#binary("or", other);
  }

  xor(other: Operand): Expression {
    return this.#binary("xor", other);
  }

  shl(amount: Operand): Expression {
    return this.#binary("shl", amount);
  }

  shr(amount: Operand): Expression {
    return this.#binary("shr", amount);
  }

  sar(amount: Operand): Expression {
    return this.#binary("sar", amount);
  }

  min(other: Operand): Expression {
    return this.#smaller(other, true);
  }

  max(other: Operand): Expression {
    return this.#smaller(other, false);
  }

  eq(other: Operand): Expression {
    return this.#binary("eq", other);
  }

  ne(other: Operand): Expression {
    return this.#binary("ne", other);
  }

  lt(other: Operand): Expression {
    return this.#binary("ltu", other);
  }

  le(other: Operand): Expression {
    return this.#swapped("geu", other);
  }

  gt(other: Operand): Expression {
    return this.#swapped("ltu", other);
  }

  ge(other: Operand): Expression {
    return this.#binary("geu", other);
  }

  slt(other: Operand): Expression {
    return this.#binary("lts", other);
  }

  bitLength(): Expression {
    return new ExpressionTree({ kind: "bitLength", a: this.#node });
  }

  hash(other: Operand): Expression {
    const mixed: Node = { kind: "binary", op: "xor", a: this.#node, b: nodeOf(other) };
    const product: Node = { kind: "binary", op: "mul", a: mixed, b: { kind: "constant", value: HASH_FACTOR } };
    return new ExpressionTree({ kind: "binary", op: "rotr", a: product, b: { kind: "constant", value: 32n } });
  }

  select(yes: Operand, no: Operand): Expression {
    return new ExpressionTree({ kind: "select", cond: this.#node, a: nodeOf(yes), b: nodeOf(no) });
  }
}

/** @throws TypeError when it is neither an expression nor an integer. */
export function nodeOf(operand: Operand): Node {
  if (typeof operand === "bigint") return { kind: "constant", value: BigInt.asIntN(64, operand) };
  if (typeof operand === "number") {
    if (!Number.isSafeInteger(operand))
      throw new TypeError(`an operand must be an integer within 2^53, a bigint or an expression, not ${operand}`);
    return { kind: "constant", value: BigInt(operand) };
  }
  const node = ExpressionTree.nodeOf(operand);
  if (!node) throw new TypeError("an operand must be an integer, a bigint or an expression made from vm.values");
  return node;
}

/** The value of an operand that is constant. */
export function constantOf(operand: Operand): bigint | undefined {
  const node = nodeOf(operand);
  return node.kind === "constant" ? node.value : undefined;
}

/** Does the value come from a cell? */
export function touchesCells(operand: Operand): boolean {
  const touches = (node: Node): boolean => {
    switch (node.kind) {
      case "cell":
        return true;
      case "binary":
        return touches(node.a) || touches(node.b);
      case "bitLength":
        return touches(node.a);
      case "select":
        return touches(node.cond) || touches(node.a) || touches(node.b);
      default:
        return false;
    }
  };
  return touches(nodeOf(operand));
}

/** The byte offset of a cell that always is at the same place. */
export function fixedOffsetOf(cell: Cell64): number | undefined {
  const { offset, index } = cellOf(cell);
  return index ? undefined : offset;
}

function cellOf(cell: unknown): CellNode {
  const node = ExpressionTree.nodeOf(cell);
  if (node?.kind !== "cell")
    throw new TypeError("expected a counter made by vm.counter() or vm.counters(), or a cell of vm.array()");
  return node;
}

/** A place in instruments' memory, which is its value where it is used as an expression. */
export class CellExpression extends ExpressionTree implements Cell64 {
  readonly name: string;

  constructor(name: string, offset: number, index?: { operand: Operand; mask: bigint }) {
    super({ kind: "cell", offset, index: index && { node: nodeOf(index.operand), mask: index.mask } });
    this.name = name;
  }
}

export function valuesFor(registers: RegisterLookup): Values {
  return Object.freeze({
    register: (name: RegisterReference) => new ExpressionTree({ kind: "register", index: registers.index(name) }),
    address: new ExpressionTree({ kind: "address" }),
    value: new ExpressionTree({ kind: "value" }),
    size: new ExpressionTree({ kind: "size" }),
    isStore: new ExpressionTree({ kind: "isStore" }),
    instructions: new ExpressionTree({ kind: "instructions" }),
    next: new ExpressionTree({ kind: "next" }),
    constant: (value: bigint | number) => new ExpressionTree(nodeOf(value)),
  });
}
