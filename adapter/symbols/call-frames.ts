// Call frame information: .debug_frame and .eh_frame, their entries (CIE, FDE), found by address.
import type { AddressRange, UnwindRow } from "./api.ts";
import type { ByteReader } from "./byte-reader.ts";
import { runFrameProgram } from "./frame-program.ts";
import { IntervalIndex } from "./intervals.ts";
import type { DebugSections } from "./sections.ts";
import type { Warnings } from "./warnings.ts";

/** Common information entry. */
export interface Cie {
  readonly version: number;
  readonly augmentation: string;
  readonly addressSize: number;
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  readonly returnAddressRegister: number;
  /** DW_EH_PE of the addresses in its FDEs. */
  readonly pointerEncoding: number;
  readonly isSignalFrame: boolean;
  readonly instructions: FrameInstructions;
}

/** Frame description entry: one stretch of code. */
export interface Fde {
  readonly cie: Cie;
  readonly range: AddressRange;
  readonly instructions: FrameInstructions;
}

/** Where in which section the instructions are. */
export interface FrameInstructions {
  readonly section: string;
  readonly start: number;
  readonly end: number;
}

const SECTIONS = [".debug_frame", ".eh_frame"] as const;
type FrameSection = (typeof SECTIONS)[number];

/** DW_EH_PE: the value is not there. */
const OMIT = 0xff;

export class CallFrames {
  private indexes: readonly IntervalIndex<Fde>[] | undefined;

  constructor(
    private readonly sections: DebugSections,
    private readonly addressSize: 4 | 8,
    private readonly warnings: Warnings,
  ) {}

  /** The entry for the code at pc; .debug_frame goes first. */
  find(pc: bigint): Fde | undefined {
    this.indexes ??= SECTIONS.map((section) => this.build(section));
    for (const index of this.indexes) {
      const found = index.find(pc);
      if (found) return found.value;
    }
    return undefined;
  }

  /** The row for pc; undefined when there is no entry, or it is damaged (with a warning). */
  row(pc: bigint): UnwindRow | undefined {
    const fde = this.find(pc);
    if (!fde) return undefined;
    return this.warnings.guard(`unwinding at 0x${pc.toString(16)} is missing`, undefined, () =>
      runFrameProgram(fde, pc, this.sections),
    );
  }

  private build(section: FrameSection): IntervalIndex<Fde> {
    const intervals: { low: bigint; high: bigint; value: Fde }[] = [];
    const cies = new Map<number, Cie>();
    this.warnings.guard("unwinding information after it is missing", undefined, () => {
      const reader = this.sections.reader(section);
      while (!reader.atEnd) {
        const start = reader.offset;
        const { length, offsetSize } = reader.initialLength();
        if (length === 0) continue;
        const end = reader.offset + length;
        if (end > reader.bytes.length) reader.fail("the entry passes the end of the section", start);
        this.warnings.guard("unwinding information of one function is missing", undefined, () => {
          const fde = this.readEntry(reader.at(reader.offset, end), section, offsetSize, cies);
          if (fde && this.sections.isCode(fde.range.low)) intervals.push({ ...fde.range, value: fde });
        });
        reader.offset = end;
      }
    });
    return new IntervalIndex(intervals);
  }

  /** undefined for a CIE: those are read when an FDE names them. */
  private readEntry(
    reader: ByteReader,
    section: FrameSection,
    offsetSize: 4 | 8,
    cies: Map<number, Cie>,
  ): Fde | undefined {
    const at = reader.offset;
    const isEh = section === ".eh_frame";
    const id = isEh ? reader.u32() : reader.unsigned(offsetSize);
    if (isEh ? id === 0 : id === (offsetSize === 4 ? 0xffffffffn : 0xffffffffffffffffn)) return undefined;
    // .eh_frame counts back from here, .debug_frame from the section's start.
    const cieOffset = isEh ? at - Number(id) : Number(id);
    let cie = cies.get(cieOffset);
    if (!cie) {
      cie = this.readCie(reader, section, cieOffset);
      cies.set(cieOffset, cie);
    }
    const low = this.pointer(reader, cie.pointerEncoding, cie.addressSize, section);
    const size = this.pointer(reader, cie.pointerEncoding & 0x0f, cie.addressSize, section);
    if (cie.augmentation.startsWith("z")) reader.skip(reader.uleb());
    return {
      cie,
      range: { low, high: low + size },
      instructions: { section, start: reader.offset, end: reader.end },
    };
  }

  private readCie(from: ByteReader, section: FrameSection, offset: number): Cie {
    if (!(offset >= 0 && offset < from.bytes.length)) from.fail("it names a CIE outside the section");
    const reader = from.at(offset);
    const { length, offsetSize } = reader.initialLength();
    const end = reader.offset + length;
    if (end > reader.bytes.length) reader.fail("the CIE passes the end of the section", offset);
    reader.end = end;
    const id = section === ".eh_frame" ? BigInt(reader.u32()) : reader.unsigned(offsetSize);
    const expected = section === ".eh_frame" ? 0n : offsetSize === 4 ? 0xffffffffn : 0xffffffffffffffffn;
    if (id !== expected) reader.fail("an FDE names it as its CIE, but it is none", offset);
    const version = reader.u8();
    if (version !== 1 && version !== 3 && version !== 4) reader.fail(`CIE version ${version} is unknown`, offset);
    const augmentation = reader.string();
    let addressSize: number = this.addressSize;
    if (version >= 4) {
      addressSize = reader.u8();
      if (addressSize !== 4 && addressSize !== 8) reader.fail(`addresses of ${addressSize} bytes are not supported`);
      if (reader.u8() !== 0) reader.fail("segmented addresses are not supported");
    }
    if (augmentation.startsWith("eh")) reader.skip(addressSize);
    const codeAlignment = reader.uleb();
    const dataAlignment = reader.sleb();
    const returnAddressRegister = version === 1 ? reader.u8() : reader.uleb();
    let pointerEncoding = 0;
    let isSignalFrame = false;
    if (augmentation.startsWith("z")) {
      const data = reader.uleb();
      const after = reader.offset + data;
      if (after > reader.end) reader.fail("the augmentation passes the end of the CIE", offset);
      for (const letter of augmentation.slice(1)) {
        if (letter === "R") pointerEncoding = reader.u8();
        else if (letter === "L") reader.skip(1);
        else if (letter === "P") this.pointer(reader, reader.u8(), addressSize, section);
        else if (letter === "S") isSignalFrame = true;
        else if (letter !== "B" && letter !== "G") break;
      }
      reader.offset = after;
    } else if (augmentation !== "" && augmentation !== "eh") {
      reader.fail(`augmentation "${augmentation}" is unknown`, offset);
    }
    return {
      version,
      augmentation,
      addressSize,
      codeAlignment,
      dataAlignment,
      returnAddressRegister,
      pointerEncoding,
      isSignalFrame,
      instructions: { section, start: reader.offset, end },
    };
  }

  /** A pointer in one of the DW_EH_PE encodings. */
  private pointer(reader: ByteReader, encoding: number, addressSize: number, section: string): bigint {
    if (encoding === OMIT) return 0n;
    const place = this.sections.address(section) + BigInt(reader.offset);
    const value = readEncoded(reader, encoding & 0x0f, addressSize);
    switch (encoding & 0x70) {
      case 0x00:
        return BigInt.asUintN(addressSize * 8, value);
      case 0x10: // relative to the pointer itself
        return BigInt.asUintN(addressSize * 8, place + value);
      default:
        return reader.fail(`pointer encoding 0x${encoding.toString(16)} is not supported`);
    }
  }
}

function readEncoded(reader: ByteReader, format: number, addressSize: number): bigint {
  switch (format) {
    case 0x00:
      return reader.unsigned(addressSize);
    case 0x01:
      return reader.uleb64();
    case 0x02:
      return BigInt(reader.u16());
    case 0x03:
      return BigInt(reader.u32());
    case 0x04:
      return reader.u64();
    case 0x09:
      return reader.sleb64();
    case 0x0a:
      return BigInt(reader.i16());
    case 0x0b:
      return BigInt(reader.i32());
    case 0x0c:
      return reader.i64();
    default:
      return reader.fail(`pointer format ${format} is unknown`);
  }
}
