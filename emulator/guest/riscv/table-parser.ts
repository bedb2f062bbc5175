// Reads the instruction table (table.ts) into what decoder, disassembler, translator and generator use. Runs once;
// a fault in the table is a fault of the program and throws with the row.
import { fieldTable, instructionTable } from "./table.ts";

/** What a field of an instruction becomes in `Decoded`. */
export type FieldName = "rd" | "rs1" | "rs2" | "rs3" | "rm" | "aq" | "rl" | "imm";

export type InstructionClass =
  | "alu"
  | "multiply"
  | "load"
  | "store"
  | "branch"
  | "jump"
  | "atomic"
  | "float"
  | "float move"
  | "csr"
  | "fence"
  | "fence.i"
  | "trap"
  /** Nothing but a hint to the hardware. */
  | "hint"
  /** Waits for memory to change. */
  | "wait"
  /** Cache management: no data is changed. */
  | "cache";

/** `width` bits from bit `shift` of the instruction go to bit `to` of the field's value. */
export interface FieldPart {
  shift: number;
  mask: number;
  to: number;
}

export interface Field {
  name: FieldName;
  parts: readonly FieldPart[];
  /** Added to the value: 8 for the short register numbers. */
  base: number;
  /** Left, then arithmetic right shift that extends the sign; 0 for unsigned values. */
  signShift: number;
}

/** An operand of the assembler's text: which field it is and how it is spelled. */
export interface Operand {
  style: OperandStyle;
  /** Undefined for a fixed operand (`sp`). */
  field: FieldName | undefined;
  /** Text before it: a comma, a parenthesis, or nothing. */
  before: string;
  after: string;
}

export type OperandStyle =
  | "integer register"
  | "float register"
  | "decimal"
  | "shift"
  | "upper"
  | "target"
  | "csr"
  | "number of rs1"
  | "predecessor"
  | "successor"
  | "rounding"
  | "exact rounding"
  | "stack pointer";

/** The full instruction that a compressed one means. */
export interface Expansion {
  row: Row;
  /** What the full instruction's fields are: a field of the compressed one, or a number. */
  fields: readonly { name: FieldName; from: FieldName | undefined; value: number }[];
}

export interface Row {
  /** Position in the table, dense from 0. */
  id: number;
  /** As written; `.aqrl` cut off. */
  mnemonic: string;
  /** As written: `I`, `Zba`. */
  extension: string;
  /** The mnemonic takes `.aq`, `.rl` or `.aqrl`. */
  ordered: boolean;
  class: InstructionClass;
  /** Bytes. */
  length: 2 | 4;
  /** The row matches when (bits & mask) == match and no `except` field has the value. */
  mask: number;
  match: number;
  fields: readonly Field[];
  operands: readonly Operand[];
  except: readonly { field: FieldName; value: number }[];
  expansion: Expansion | undefined;
}

const operandStyles: Record<string, { style: OperandStyle; field?: FieldName }> = {
  rd: { style: "integer register", field: "rd" },
  rs1: { style: "integer register", field: "rs1" },
  rs2: { style: "integer register", field: "rs2" },
  fd: { style: "float register", field: "rd" },
  fs1: { style: "float register", field: "rs1" },
  fs2: { style: "float register", field: "rs2" },
  fs3: { style: "float register", field: "rs3" },
  imm: { style: "decimal", field: "imm" },
  shamt: { style: "shift", field: "imm" },
  upper: { style: "upper", field: "imm" },
  target: { style: "target", field: "imm" },
  csr: { style: "csr", field: "imm" },
  zimm: { style: "number of rs1", field: "rs1" },
  pred: { style: "predecessor", field: "imm" },
  succ: { style: "successor", field: "imm" },
  rm: { style: "rounding", field: "rm" },
  exact: { style: "exact rounding", field: "rm" },
  sp: { style: "stack pointer" },
};

/** Register numbers and zero as an expansion writes them. */
const fixedOperands: Record<string, number> = { zero: 0, ra: 1, sp: 2, "0": 0 };

interface FieldRule {
  name: FieldName;
  base: number;
  signed: boolean;
  /** Value bits, in the order of the instruction's bits from the highest; empty for plain numbers. */
  valueBits: readonly number[];
}

/** The bits that `11:5|4:0` names, in its order. */
function readBitList(text: string): number[] {
  return text.split("|").flatMap((range) => {
    const [high, low = high] = range.split(":").map(Number);
    return Array.from({ length: high - low + 1 }, (_, i) => high - i);
  });
}

function readFieldRules(text: string): Map<string, FieldRule> {
  const rules = new Map<string, FieldRule>();
  for (const line of text.trim().split("\n")) {
    const [letter, name, kind, bits] = line.split(/\s+/);
    const immediate = name === "imm";
    rules.set(letter, {
      name: name as FieldName,
      base: kind === "x8+" ? 8 : 0,
      signed: kind === "signed",
      valueBits: immediate ? readBitList(bits) : [],
    });
  }
  return rules;
}

const fieldRules = readFieldRules(fieldTable);

/** What is the same in many rows is read once: the table is read whenever a program starts. */
function remember<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) {
      result = read(text);
      known.set(text, result);
    }
    return result;
  };
}

/** Bits of a pattern that stand together. */
interface Group {
  width: number;
  /** Bits that must match, and what they must be. */
  mask: number;
  match: number;
  /** The bits of each letter. */
  letters: readonly { letter: string; bits: number }[];
}

const readGroup = remember((text: string): Group => {
  let mask = 0;
  let match = 0;
  const letters = new Map<string, number>();
  [...text].forEach((c, i) => {
    const bit = 2 ** (text.length - 1 - i);
    if (c === "0" || c === "1") mask += bit;
    else if (c !== "-") letters.set(c, (letters.get(c) ?? 0) + bit);
    if (c === "1") match += bit;
  });
  return { width: text.length, mask, match, letters: [...letters].map(([letter, bits]) => ({ letter, bits })) };
});

/** `m` and the bits it stands at, `m 28672`. Runs of bits that stay together become one part. */
const readField = remember((text: string): Field => {
  const [letter, bits] = text.split(" ");
  const rule = fieldRules.get(letter);
  if (!rule) throw new Error(`instruction table: letter ${letter} is not in the field table`);
  const positions = Array.from({ length: 32 }, (_, i) => 31 - i).filter((bit) => (Number(bits) >>> bit) & 1);
  const valueBits = rule.valueBits.length ? rule.valueBits : positions.map((_, i) => positions.length - 1 - i);
  if (valueBits.length !== positions.length)
    throw new Error(`instruction table: a row has ${positions.length} bits ${letter}, not ${valueBits.length}`);
  const parts: FieldPart[] = [];
  for (let i = 0; i < positions.length; ) {
    let width = 1;
    while (positions[i + width] === positions[i] - width && valueBits[i + width] === valueBits[i] - width) width++;
    const last = i + width - 1;
    parts.push({ shift: positions[last], mask: 2 ** width - 1, to: valueBits[last] });
    i += width;
  }
  const signShift = rule.signed ? 31 - Math.max(...valueBits) : 0;
  return { name: rule.name, parts, base: rule.base, signShift };
});

interface Pattern {
  length: number;
  mask: number;
  match: number;
  fields: readonly Field[];
}

/** The bits of a row, spaces between its groups. */
function readPattern(text: string): Pattern {
  const groups = text.split(" ").map(readGroup);
  const length = groups.reduce((sum, { width }) => sum + width, 0);
  let left = length;
  let mask = 0;
  let match = 0;
  const letters = new Map<string, number>();
  for (const group of groups) {
    left -= group.width;
    mask += group.mask * 2 ** left;
    match += group.match * 2 ** left;
    for (const { letter, bits } of group.letters) letters.set(letter, (letters.get(letter) ?? 0) + bits * 2 ** left);
  }
  return { length, mask, match, fields: [...letters].map(([letter, bits]) => readField(`${letter} ${bits}`)) };
}

const readOperands = remember((text: string): readonly Operand[] => {
  const operands: Operand[] = [];
  for (const [, before, word, after] of text.matchAll(/([,(]*)(\w+)(\)?)/g)) {
    const known = operandStyles[word];
    if (!known) throw new Error(`instruction table: operand ${word} of ${text} is not known`);
    operands.push({ style: known.style, field: known.field, before, after });
  }
  return operands;
});

function readExpansion(text: string, find: (mnemonic: string) => Row | undefined): Expansion {
  const [mnemonic, operandText = ""] = text.split(" ");
  const row = find(mnemonic);
  const words = operandText.match(/\w+/g) ?? [];
  if (!row || words.length !== row.operands.length)
    throw new Error(`instruction table: expansion ${text} is not an instruction above it`);
  const fields = row.operands.map((operand, i) => {
    const name = operand.field as FieldName;
    const fixed = fixedOperands[words[i]];
    return fixed === undefined
      ? { name, from: operandStyles[words[i]].field, value: 0 }
      : { name, from: undefined, value: fixed };
  });
  return { row, fields };
}

function readExceptions(text: string, fields: readonly Field[]): Row["except"] {
  const exceptions = [...text.matchAll(/(\w+)!=(\d+)/g)].map(([, field, value]) => ({
    field: field as FieldName,
    value: Number(value),
  }));
  // Rounding modes 5 and 6 are reserved in every instruction that has the field.
  if (fields.some((field) => field.name === "rm"))
    exceptions.push({ field: "rm", value: 5 }, { field: "rm", value: 6 });
  return exceptions;
}

function readRow(line: string, extension: string, id: number, find: (mnemonic: string) => Row | undefined): Row {
  const [bits, name, operands, className, expansion = "", when = ""] = line.split("|").map((cell) => cell.trim());
  const { length, mask, match, fields } = readPattern(bits);
  if (length !== 16 && length !== 32) throw new Error(`instruction table: ${name} has ${length} bits`);
  const ordered = name.endsWith(".aqrl");
  return {
    id,
    mnemonic: ordered ? name.slice(0, -".aqrl".length) : name,
    extension,
    ordered,
    class: className as InstructionClass,
    length: length === 16 ? 2 : 4,
    mask,
    match,
    fields,
    operands: readOperands(operands),
    except: readExceptions(when, fields),
    expansion: expansion ? readExpansion(expansion, find) : undefined,
  };
}

function readTable(text: string): Row[] {
  const rows: Row[] = [];
  const byMnemonic = new Map<string, Row>();
  let extension = "";
  for (const line of text.split("\n").filter((line) => line.trim())) {
    const heading = /^(\w+):$/.exec(line);
    if (heading) {
      extension = heading[1];
      continue;
    }
    const row = readRow(line, extension, rows.length, (mnemonic) => byMnemonic.get(mnemonic));
    rows.push(row);
    byMnemonic.set(row.mnemonic, row);
  }
  return rows;
}

/** Every instruction, in the order of the table. */
export const rows: readonly Row[] = readTable(instructionTable);
