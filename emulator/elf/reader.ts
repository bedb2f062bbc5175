// Little-endian reads from a file's bytes, every one checked against the end.

/** A fault in an ELF file: which file, where in it, what. */
export class ElfError extends Error {
  constructor(
    /** The file, as the user called it. */
    readonly file: string,
    /** Offset in the file of the faulty bytes, where there is one. */
    readonly offset: number | undefined,
    /** What is wrong, without the place. */
    readonly fault: string,
  ) {
    super(offset === undefined ? `${file}: ${fault}` : `${file}: at file offset ${hex(offset)}: ${fault}`);
    this.name = "ElfError";
  }
}

export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

export class ElfReader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly file: string,
    /** 4 or 8: the width of addresses and offsets in the file. */
    readonly wordBytes: 4 | 8,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(offset: number | undefined, fault: string): never {
    throw new ElfError(this.file, offset, fault);
  }

  /** Throws, naming `what`, unless [offset, offset + length) lies in the file. */
  need(offset: number, length: number, what: string): void {
    if (offset + length > this.bytes.length || offset < 0 || length < 0)
      this.fail(
        offset,
        `${what}: file range ${hex(offset)}+${hex(length)} lies past the end of the file (${hex(this.bytes.length)} bytes)`,
      );
  }

  u8(offset: number): number {
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  /** An address: 4 or 8 bytes by class. */
  word(offset: number): bigint {
    return this.wordBytes === 8 ? this.u64(offset) : BigInt(this.u32(offset));
  }

  /** An offset or size as a number; one too large to be exact becomes Infinity-like and fails every range check. */
  size(offset: number): number {
    return Number(this.word(offset));
  }

  /** The bytes of [offset, offset + length), not copied. */
  slice(offset: number, length: number, what: string): Uint8Array {
    this.need(offset, length, what);
    return this.bytes.subarray(offset, offset + length);
  }
}

const utf8 = new TextDecoder("utf-8");

/** The NUL-terminated string at an offset of a string table; undefined when the offset lies outside it. */
export function stringAt(table: Uint8Array, offset: number): string | undefined {
  if (offset < 0 || offset >= table.length) return undefined;
  const end = table.indexOf(0, offset);
  const bytes = table.subarray(offset, end < 0 ? table.length : end);
  // Short ASCII names are the rule, and TextDecoder is slow on them.
  let text = "";
  for (const byte of bytes) {
    if (byte >= 0x80) return utf8.decode(bytes.slice());
    text += String.fromCharCode(byte);
  }
  return text;
}
