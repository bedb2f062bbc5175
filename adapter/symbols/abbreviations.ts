// .debug_abbrev: the shapes of debug information entries.
import type { ByteReader } from "./byte-reader.ts";
import { Form } from "./dwarf-constants.ts";

export interface AttributeShape {
  readonly attribute: number;
  readonly form: number;
  /** Of DW_FORM_implicit_const. */
  readonly constant: bigint;
}

export interface Abbreviation {
  readonly code: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** Reads one table, up to its terminating zero. */
export function readAbbreviations(reader: ByteReader): AbbreviationTable {
  const table = new Map<number, Abbreviation>();
  for (;;) {
    const code = reader.uleb();
    if (code === 0) return table;
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: AttributeShape[] = [];
    for (;;) {
      const attribute = reader.uleb();
      const form = reader.uleb();
      const constant = form === Form.ImplicitConst ? reader.sleb64() : 0n;
      if (attribute === 0 && form === 0) break;
      attributes.push({ attribute, form, constant });
    }
    // The first of two with one code counts, as with other readers.
    if (!table.has(code)) table.set(code, { code, tag, hasChildren, attributes });
  }
}
