// Attribute values: how each form is stored.
import type { ByteReader } from "./byte-reader.ts";
import { Form } from "./dwarf-constants.ts";

/** What the encoding of values depends on. */
export interface Format {
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: 4 | 8;
}

export type FormValue =
  | { readonly kind: "address"; readonly value: bigint }
  | { readonly kind: "addressIndex"; readonly index: number }
  /** `bits` is 0 for LEB128; otherwise consumers that want a signed value extend it from there. */
  | { readonly kind: "unsigned"; readonly value: bigint; readonly bits: number }
  | { readonly kind: "signed"; readonly value: bigint }
  | { readonly kind: "flag"; readonly value: boolean }
  | { readonly kind: "block"; readonly bytes: Uint8Array }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "stringAt"; readonly section: ".debug_str" | ".debug_line_str"; readonly offset: number }
  | { readonly kind: "stringIndex"; readonly index: number }
  /** Offset within the unit. */
  | { readonly kind: "unitReference"; readonly offset: number }
  /** Offset within .debug_info. */
  | { readonly kind: "reference"; readonly offset: number }
  | { readonly kind: "signature"; readonly value: bigint }
  | { readonly kind: "sectionOffset"; readonly offset: number }
  | { readonly kind: "listIndex"; readonly index: number }
  /** In a supplementary file, which is not read. */
  | { readonly kind: "supplementary" };

const unsigned = (value: bigint, bits: number): FormValue => ({ kind: "unsigned", value, bits });
const block = (reader: ByteReader, length: number): FormValue => ({ kind: "block", bytes: reader.take8(length) });

/** Reads one value. Throws DwarfError for forms that do not exist. */
export function readForm(reader: ByteReader, form: number, constant: bigint, format: Format): FormValue {
  switch (form) {
    case Form.Addr:
      return { kind: "address", value: reader.unsigned(format.addressSize) };
    case Form.Data1:
      return unsigned(BigInt(reader.u8()), 8);
    case Form.Data2:
      return unsigned(BigInt(reader.u16()), 16);
    case Form.Data4:
      return unsigned(BigInt(reader.u32()), 32);
    case Form.Data8:
      return unsigned(reader.u64(), 64);
    case Form.Data16:
      return block(reader, 16);
    case Form.Udata:
      return unsigned(reader.uleb64(), 0);
    case Form.Sdata:
      return { kind: "signed", value: reader.sleb64() };
    case Form.ImplicitConst:
      return { kind: "signed", value: constant };
    case Form.Block1:
      return block(reader, reader.u8());
    case Form.Block2:
      return block(reader, reader.u16());
    case Form.Block4:
      return block(reader, reader.u32());
    case Form.Block:
    case Form.Exprloc:
      return block(reader, reader.uleb());
    case Form.String:
      return { kind: "string", value: reader.string() };
    case Form.Strp:
      return { kind: "stringAt", section: ".debug_str", offset: reader.word(format.offsetSize) };
    case Form.LineStrp:
      return { kind: "stringAt", section: ".debug_line_str", offset: reader.word(format.offsetSize) };
    case Form.Strx:
    case Form.GnuStrIndex:
      return { kind: "stringIndex", index: reader.uleb() };
    case Form.Strx1:
      return { kind: "stringIndex", index: reader.u8() };
    case Form.Strx2:
      return { kind: "stringIndex", index: reader.u16() };
    case Form.Strx3:
      return { kind: "stringIndex", index: reader.u24() };
    case Form.Strx4:
      return { kind: "stringIndex", index: reader.u32() };
    case Form.Addrx:
    case Form.GnuAddrIndex:
      return { kind: "addressIndex", index: reader.uleb() };
    case Form.Addrx1:
      return { kind: "addressIndex", index: reader.u8() };
    case Form.Addrx2:
      return { kind: "addressIndex", index: reader.u16() };
    case Form.Addrx3:
      return { kind: "addressIndex", index: reader.u24() };
    case Form.Addrx4:
      return { kind: "addressIndex", index: reader.u32() };
    case Form.Flag:
      return { kind: "flag", value: reader.u8() !== 0 };
    case Form.FlagPresent:
      return { kind: "flag", value: true };
    case Form.Ref1:
      return { kind: "unitReference", offset: reader.u8() };
    case Form.Ref2:
      return { kind: "unitReference", offset: reader.u16() };
    case Form.Ref4:
      return { kind: "unitReference", offset: reader.u32() };
    case Form.Ref8:
      return { kind: "unitReference", offset: reader.word(8) };
    case Form.RefUdata:
      return { kind: "unitReference", offset: reader.uleb() };
    case Form.RefAddr:
      return { kind: "reference", offset: refAddr(reader, format) };
    case Form.RefSig8:
      return { kind: "signature", value: reader.u64() };
    case Form.SecOffset:
      return { kind: "sectionOffset", offset: reader.word(format.offsetSize) };
    case Form.Loclistx:
    case Form.Rnglistx:
      return { kind: "listIndex", index: reader.uleb() };
    case Form.RefSup4:
    case Form.RefSup8:
    case Form.StrpSup:
    case Form.GnuRefAlt:
    case Form.GnuStrpAlt:
      skipForm(reader, form, format);
      return { kind: "supplementary" };
    case Form.Indirect: {
      const { actual, value } = indirect(reader);
      return readForm(reader, actual, value, format);
    }
    default:
      return reader.fail(`form 0x${form.toString(16)} is unknown`);
  }
}

/** Passes one value. */
export function skipForm(reader: ByteReader, form: number, format: Format): void {
  const size = fixedSize(form, format);
  if (size !== undefined) return reader.skip(size);
  switch (form) {
    case Form.Udata:
    case Form.Sdata:
    case Form.Strx:
    case Form.Addrx:
    case Form.RefUdata:
    case Form.Loclistx:
    case Form.Rnglistx:
    case Form.GnuAddrIndex:
    case Form.GnuStrIndex:
      return reader.skipLeb();
    case Form.String:
      return reader.skipString();
    case Form.Block1:
      return reader.skip(reader.u8());
    case Form.Block2:
      return reader.skip(reader.u16());
    case Form.Block4:
      return reader.skip(reader.u32());
    case Form.Block:
    case Form.Exprloc:
      return reader.skip(reader.uleb());
    case Form.Indirect:
      return skipForm(reader, indirect(reader).actual, format);
    default:
      return reader.fail(`form 0x${form.toString(16)} is unknown`);
  }
}

/** Bytes of a value; undefined when they vary. */
export function fixedSize(form: number, format: Format): number | undefined {
  switch (form) {
    case Form.FlagPresent:
    case Form.ImplicitConst:
      return 0;
    case Form.Data1:
    case Form.Ref1:
    case Form.Flag:
    case Form.Strx1:
    case Form.Addrx1:
      return 1;
    case Form.Data2:
    case Form.Ref2:
    case Form.Strx2:
    case Form.Addrx2:
      return 2;
    case Form.Strx3:
    case Form.Addrx3:
      return 3;
    case Form.Data4:
    case Form.Ref4:
    case Form.Strx4:
    case Form.Addrx4:
    case Form.RefSup4:
      return 4;
    case Form.Data8:
    case Form.Ref8:
    case Form.RefSig8:
    case Form.RefSup8:
      return 8;
    case Form.Data16:
      return 16;
    case Form.Addr:
      return format.addressSize;
    case Form.RefAddr:
      // DWARF 2 stored these as addresses.
      return format.version <= 2 ? format.addressSize : format.offsetSize;
    case Form.Strp:
    case Form.LineStrp:
    case Form.SecOffset:
    case Form.StrpSup:
    case Form.GnuRefAlt:
    case Form.GnuStrpAlt:
      return format.offsetSize;
    default:
      return undefined;
  }
}

function refAddr(reader: ByteReader, format: Format): number {
  if (format.version > 2) return reader.word(format.offsetSize);
  return Number(reader.unsigned(format.addressSize));
}

function indirect(reader: ByteReader): { actual: number; value: bigint } {
  const actual = reader.uleb();
  if (actual === Form.Indirect) reader.fail("an indirect form names itself");
  return { actual, value: actual === Form.ImplicitConst ? reader.sleb64() : 0n };
}
