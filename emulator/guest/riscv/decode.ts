// From bits to a row of the instruction table and the values of its fields. On the start-up path of every program, so
// rows are found through small buckets, all arithmetic is in 32-bit numbers, and loops are plain: iterators are slow
// before V8 optimises.
import { type Field, type FieldName, type Row, rows } from "./table-parser.ts";

/** A decoded instruction. Fields that the instruction does not have are 0. */
export interface Decoded {
  /** The row that matched: for a compressed instruction its own. */
  source: Row;
  /** The full instruction it means, which the fields below belong to. */
  row: Row;
  /** Bytes. */
  length: 2 | 4;
  rd: number;
  rs1: number;
  rs2: number;
  rs3: number;
  /** Rounding mode: 0 to 4, or 7 for dynamic. */
  rm: number;
  aq: number;
  rl: number;
  /** Immediate, sign-extended to 32 bits; a CSR number; a shift amount; a fence's sets. */
  imm: number;
}

/** The rounding-mode field's value for "as frm says". */
export const dynamicRounding = 7;

/** Bytes of the instruction that begins with these 16 bits. Longer encodings are undefined here and count as 4. */
export function instructionLength(firstHalf: number): 2 | 4 {
  return (firstHalf & 3) === 3 ? 4 : 2;
}

/** Rows by what tells most of them apart: opcode and funct3, or quadrant and funct3 of the compressed ones. */
function bucketOf(bits: number): number {
  return (bits & 3) === 3
    ? (bits & 0x7c) | (((bits >>> 12) & 7) << 7)
    : ((bits & 3) << 3) | ((bits >>> 13) & 7) | 0x400;
}

function buildBuckets(): Row[][] {
  const buckets: Row[][] = Array.from({ length: 0x420 }, () => []);
  for (const row of rows) {
    const selecting = row.length === 4 ? 0x707f : 0xe003;
    const open = ~row.mask & selecting;
    // Every setting of the selecting bits that the row leaves open, from all ones down to none.
    for (let setting = open; ; setting = (setting - 1) & open) {
      buckets[bucketOf(row.match | setting)].push(row);
      if (setting === 0) break;
    }
  }
  return buckets;
}

const buckets = buildBuckets();

function fieldValue(field: Field, bits: number): number {
  const { parts } = field;
  let value = field.base;
  for (let i = 0; i < parts.length; i++) value |= ((bits >>> parts[i].shift) & parts[i].mask) << parts[i].to;
  return (value << field.signShift) >> field.signShift;
}

function isExcepted(row: Row, decoded: Decoded): boolean {
  const { except } = row;
  for (let i = 0; i < except.length; i++) if (decoded[except[i].field] === except[i].value) return true;
  return false;
}

/** The full instruction that one as written means: itself, unless it is compressed. */
export function expand(source: Decoded): Decoded {
  const expansion = source.row.expansion;
  if (!expansion) return source;
  const full = blank(expansion.row, source.source);
  for (const { name, from, value } of expansion.fields) full[name] = from ? source[from] : value;
  return full;
}

function blank(row: Row, source: Row): Decoded {
  return { source, row, length: source.length, rd: 0, rs1: 0, rs2: 0, rs3: 0, rm: 0, aq: 0, rl: 0, imm: 0 };
}

/** Decodes without expanding: the fields are those of the row as written. Undefined for what the table has not. */
export function decodeAsWritten(bits: number): Decoded | undefined {
  const candidates = buckets[bucketOf(bits)];
  for (let i = 0; i < candidates.length; i++) {
    const row = candidates[i];
    if ((bits & row.mask) >>> 0 !== row.match) continue;
    const decoded = blank(row, row);
    const { fields } = row;
    for (let j = 0; j < fields.length; j++) decoded[fields[j].name] = fieldValue(fields[j], bits);
    if (!isExcepted(row, decoded)) return decoded;
  }
  return undefined;
}

/** Decodes to the full instruction. Undefined for what the table has not, or reserves. */
export function decode(bits: number): Decoded | undefined {
  const decoded = decodeAsWritten(bits);
  return decoded && expand(decoded);
}

/** Puts a value into the bits of a field; what does not fit is lost. */
export function encodeField(row: Row, name: FieldName, value: number): number {
  const field = row.fields.find((field) => field.name === name);
  if (!field) return 0;
  let bits = 0;
  for (const part of field.parts) bits |= (((value - field.base) >> part.to) & part.mask) << part.shift;
  return bits >>> 0;
}
