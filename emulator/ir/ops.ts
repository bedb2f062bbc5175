// Every operation of the IR in one table: printer, parser, verifier, builder, passes and engines read it.
import type {
  BinaryName,
  ConvertName,
  FloatFormat,
  FloatName,
  Op,
  Rounding,
  Temp,
  Terminator,
  TrapKind,
  UnaryName,
} from "./types.ts";

/** The kind of an operation: those of one kind have the same fields. */
export type OpClass =
  | "constant"
  | "register"
  | "unary"
  | "binary"
  | "select"
  | "memory"
  | "guard"
  | "float"
  | "convert"
  | "control"
  | "marker"
  | "instrument";

/**
 * What an operation does besides giving its result.
 * - `pure`: nothing; equal operands give equal results, and it may be removed when the result is not used.
 * - `read`, `write`: of a guest register; a read may be removed.
 * - `float`: ORs into the flags register, and reads the rounding register when its rounding is dynamic.
 * - `fault`: may leave the block: every register must be right in its home.
 * - `exit`: leaves the block or calls out: likewise.
 * - `plain`: of guest memory that a guard has vouched for; must keep its place among accesses.
 * - `structure`: `if`, `end`.
 * - `counter`: reads or changes an instrument's memory only; must keep its place among such.
 * - `begin`: `insn`; must stay where it is, but observes no register.
 * - `clock`: reads the instruction count; may be removed but not moved over an `insn`.
 */
export type Effect =
  | "pure"
  | "read"
  | "write"
  | "float"
  | "fault"
  | "exit"
  | "plain"
  | "structure"
  | "counter"
  | "begin"
  | "clock";

/** The names of an operation's fields that hold one Temp. */
export type TempField = "a" | "b" | "c" | "cond" | "addr" | "src";

export interface OpInfo {
  readonly class: OpClass;
  readonly effect: Effect;
  /** Does it assign `dst`? */
  readonly result: boolean;
  /** The Temps it reads, in the order of the text form. (`call` has its list in `args` too.) */
  readonly temps: readonly TempField[];
  /**
   * The text after the name: `.type`, `.format`, `.convert`, `.rounding`, `.trap` are suffixes of the name; the rest are
   * operands, separated by commas, by the name of the field. `[addr]` is an address.
   */
  readonly syntax: string;
}

type Row = readonly [opClass: OpClass, effect: Effect, result: 0 | 1, syntax: string];

// biome-ignore format: a table
const rows = {
  //         class         effect       result  syntax
  const:    ["constant",   "pure",      1,      "value"],
  get:      ["register",   "read",      1,      "reg"],
  put:      ["register",   "write",     0,      "reg src"],
  sext8:    ["unary",      "pure",      1,      "a"],
  sext16:   ["unary",      "pure",      1,      "a"],
  sext32:   ["unary",      "pure",      1,      "a"],
  zext8:    ["unary",      "pure",      1,      "a"],
  zext16:   ["unary",      "pure",      1,      "a"],
  zext32:   ["unary",      "pure",      1,      "a"],
  clz:      ["unary",      "pure",      1,      "a"],
  ctz:      ["unary",      "pure",      1,      "a"],
  popcnt:   ["unary",      "pure",      1,      "a"],
  bswap:    ["unary",      "pure",      1,      "a"],
  box32:    ["unary",      "pure",      1,      "a"],
  unbox32:  ["unary",      "pure",      1,      "a"],
  add:      ["binary",     "pure",      1,      "a b"],
  sub:      ["binary",     "pure",      1,      "a b"],
  mul:      ["binary",     "pure",      1,      "a b"],
  mulhs:    ["binary",     "pure",      1,      "a b"],
  mulhu:    ["binary",     "pure",      1,      "a b"],
  mulhsu:   ["binary",     "pure",      1,      "a b"],
  divs:     ["binary",     "pure",      1,      "a b"],
  divu:     ["binary",     "pure",      1,      "a b"],
  rems:     ["binary",     "pure",      1,      "a b"],
  remu:     ["binary",     "pure",      1,      "a b"],
  and:      ["binary",     "pure",      1,      "a b"],
  or:       ["binary",     "pure",      1,      "a b"],
  xor:      ["binary",     "pure",      1,      "a b"],
  shl:      ["binary",     "pure",      1,      "a b"],
  shr:      ["binary",     "pure",      1,      "a b"],
  sar:      ["binary",     "pure",      1,      "a b"],
  rotr:     ["binary",     "pure",      1,      "a b"],
  rotr32:   ["binary",     "pure",      1,      "a b"],
  clmul:    ["binary",     "pure",      1,      "a b"],
  clmulr:   ["binary",     "pure",      1,      "a b"],
  eq:       ["binary",     "pure",      1,      "a b"],
  ne:       ["binary",     "pure",      1,      "a b"],
  lts:      ["binary",     "pure",      1,      "a b"],
  ltu:      ["binary",     "pure",      1,      "a b"],
  ges:      ["binary",     "pure",      1,      "a b"],
  geu:      ["binary",     "pure",      1,      "a b"],
  select:   ["select",     "pure",      1,      "cond a b"],
  load:     ["memory",     "fault",     1,      ".type [addr]"],
  store:    ["memory",     "fault",     0,      ".type [addr] src"],
  guard:    ["guard",      "exit",      0,      ".access [addr] from to"],
  plainload: ["memory",    "plain",     1,      ".type [addr]"],
  plainstore: ["memory",   "plain",     0,      ".type [addr] src"],
  fadd:     ["float",      "float",     1,      ".format .rounding a b"],
  fsub:     ["float",      "float",     1,      ".format .rounding a b"],
  fmul:     ["float",      "float",     1,      ".format .rounding a b"],
  fdiv:     ["float",      "float",     1,      ".format .rounding a b"],
  fsqrt:    ["float",      "float",     1,      ".format .rounding a"],
  fma:      ["float",      "float",     1,      ".format .rounding a b c"],
  fmin:     ["float",      "float",     1,      ".format a b"],
  fmax:     ["float",      "float",     1,      ".format a b"],
  feq:      ["float",      "float",     1,      ".format a b"],
  flt:      ["float",      "float",     1,      ".format a b"],
  fle:      ["float",      "float",     1,      ".format a b"],
  fconvert: ["convert",    "float",     1,      ".convert .rounding a"],
  icount:   ["marker",     "clock",     1,      ""],
  if:       ["control",    "structure", 0,      "cond"],
  end:      ["control",    "structure", 0,      ""],
  insn:     ["marker",     "begin",     0,      "pc length"],
  breakpoint: ["marker",   "exit",      0,      "pc"],
  trapif:   ["control",    "exit",      0,      ".trap cond"],
  count:    ["instrument", "counter",   0,      "counter src"],
  peek:     ["instrument", "counter",   1,      ".type [addr] offset"],
  poke:     ["instrument", "counter",   0,      ".type [addr] offset src"],
  notify:   ["instrument", "counter",   0,      "id args"],
  call:     ["instrument", "exit",      0,      "id args reads writes"],
} as const satisfies Record<Op["op"], Row>;

const tempFields: readonly string[] = ["a", "b", "c", "cond", "addr", "src"];

function describe([opClass, effect, result, syntax]: Row): OpInfo {
  const temps = syntax
    .split(" ")
    .map((part) => part.replace(/^\[(.*)\]$/, "$1"))
    .filter((part): part is TempField => tempFields.includes(part));
  return { class: opClass, effect, result: result === 1, temps, syntax };
}

/** The table by operation name. */
export const OPS = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, describe(row)])) as Readonly<
  Record<Op["op"], OpInfo>
>;

type NamesOf<Class extends OpClass> = {
  [N in keyof typeof rows]: (typeof rows)[N][0] extends Class ? N : never;
}[keyof typeof rows];

function namesOf<Class extends OpClass>(opClass: Class): readonly NamesOf<Class>[] {
  return (Object.keys(rows) as (keyof typeof rows)[]).filter(
    (name): name is NamesOf<Class> => rows[name][0] === opClass,
  );
}

export const UNARY_NAMES: readonly UnaryName[] = namesOf("unary");
export const BINARY_NAMES: readonly BinaryName[] = namesOf("binary");
export const FLOAT_NAMES: readonly FloatName[] = namesOf("float");
export const FLOAT_FORMATS: readonly FloatFormat[] = ["f16", "f32", "f64"];

/** The text form of the rounding modes, by number. */
export const ROUNDING_NAMES = ["near", "zero", "down", "up", "away"] as const;

export const TRAP_KINDS: readonly TrapKind[] = ["syscall", "ebreak", "illegal", "fence.i", "misaligned", "redirect"];

export function roundingName(rounding: Rounding): string {
  return rounding === "dynamic" ? "dynamic" : ROUNDING_NAMES[rounding];
}

/** The operation, or undefined when there is none of this name. */
export function opInfo(name: string): OpInfo | undefined {
  return Object.hasOwn(OPS, name) ? OPS[name as Op["op"]] : undefined;
}

/** Is it one of the operations with one operand and one result? */
export function isUnary(op: Op): op is Op & { op: UnaryName } {
  return OPS[op.op].class === "unary";
}

export function isBinary(op: Op): op is Op & { op: BinaryName } {
  return OPS[op.op].class === "binary";
}

export function isFloat(op: Op): op is Op & { op: FloatName } {
  return OPS[op.op].class === "float";
}

/** Does the operation round, so that its `rounding` matters? */
export function usesRounding(name: FloatName): boolean {
  return OPS[name].syntax.includes(".rounding");
}

/** The Temp an operation assigns, or undefined. */
export function resultOf(op: Op): Temp | undefined {
  return "dst" in op ? op.dst : undefined;
}

/** Calls `visit` with each Temp the operation reads. */
export function forEachOperand(op: Op, visit: (temp: Temp) => void): void {
  const fields = op as unknown as Record<TempField, Temp>;
  for (const field of OPS[op.op].temps) visit(fields[field]);
  if (op.op === "call" || op.op === "notify") op.args.forEach(visit);
}

/** The operation with each Temp it reads replaced; the same object when nothing changes. */
export function mapOperands(op: Op, map: (temp: Temp) => Temp): Op {
  if (op.op === "call" || op.op === "notify") {
    const args = op.args.map(map);
    return args.every((arg, i) => arg === op.args[i]) ? op : { ...op, args };
  }
  const fields = op as unknown as Record<TempField, Temp>;
  let copy: Record<TempField, Temp> | undefined;
  for (const field of OPS[op.op].temps) {
    const temp = map(fields[field]);
    if (temp !== fields[field]) (copy ??= { ...fields })[field] = temp;
  }
  if (!copy) return op;
  // The operands that the operation has no use for repeat the first (types.ts).
  if (OPS[op.op].class === "float") {
    const { temps } = OPS[op.op];
    if (!temps.includes("b")) copy.b = copy.a;
    if (!temps.includes("c")) copy.c = copy.a;
  }
  return copy as unknown as Op;
}

/** The Temp a terminator reads, or undefined. */
export function terminatorOperand(terminator: Terminator): Temp | undefined {
  return terminator.op === "branch" ? terminator.cond : terminator.op === "jump" ? terminator.addr : undefined;
}

/** The terminator with its Temp replaced. */
export function mapTerminator(terminator: Terminator, map: (temp: Temp) => Temp): Terminator {
  if (terminator.op === "branch") return { ...terminator, cond: map(terminator.cond) };
  if (terminator.op === "jump") return { ...terminator, addr: map(terminator.addr) };
  return terminator;
}

const integerFormats = ["i32", "u32", "i64", "u64"] as const;

/** All conversions, in the order of their codes. */
export const CONVERT_NAMES: readonly ConvertName[] = [
  "f32.to.f64",
  "f64.to.f32",
  "f16.to.f32",
  "f16.to.f64",
  "f32.to.f16",
  "f64.to.f16",
  ...FLOAT_FORMATS.flatMap((float) => integerFormats.map((integer): ConvertName => `${float}.to.${integer}`)),
  ...integerFormats.flatMap((integer) => FLOAT_FORMATS.map((float): ConvertName => `${integer}.to.${float}`)),
];

// Codes of floating-point operations, for helpers called with numbers: each operation on each format, then the
// conversions.

/** The stable number of a floating-point operation on a format. */
export function floatCode(name: FloatName, format: FloatFormat): number {
  return FLOAT_FORMATS.length * FLOAT_NAMES.indexOf(name) + FLOAT_FORMATS.indexOf(format);
}

/** The stable number of a conversion. */
export function convertCode(name: ConvertName): number {
  return FLOAT_FORMATS.length * FLOAT_NAMES.length + CONVERT_NAMES.indexOf(name);
}
