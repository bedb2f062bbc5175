// A checked cursor over the bytes of one debug section.

/** Damaged debug information: what, in which section, at which offset. */
export class DwarfError extends Error {
  constructor(
    readonly section: string,
    readonly offset: number,
    readonly problem: string,
  ) {
    super(`${section} at 0x${offset.toString(16)}: ${problem}`);
    this.name = "DwarfError";
  }
}

const decoder = new TextDecoder();

/** Little-endian. Every read past `end` throws a DwarfError that names the section and the offset. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly section: string;
  private readonly view: DataView;
  offset: number;
  end: number;

  constructor(bytes: Uint8Array, section: string, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.section = section;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
    this.end = end;
    if (offset > bytes.length || offset < 0)
      this.fail(`offset is outside the section (0x${bytes.length.toString(16)} bytes)`);
    if (end > bytes.length || end < offset)
      this.fail(`the entry ends at 0x${end.toString(16)}, outside the section (0x${bytes.length.toString(16)} bytes)`);
  }

  /** A second cursor on the same section. */
  at(offset: number, end = this.bytes.length): ByteReader {
    return new ByteReader(this.bytes, this.section, offset, end);
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  fail(problem: string, offset = this.offset): never {
    throw new DwarfError(this.section, offset, problem);
  }

  private take(length: number): number {
    const at = this.offset;
    if (!(length >= 0 && length <= this.end - at))
      this.fail(`${length} bytes are needed, ${Math.max(0, this.end - at)} are left`);
    this.offset = at + length;
    return at;
  }

  skip(length: number): void {
    this.take(length);
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  i8(): number {
    return this.view.getInt8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  i16(): number {
    return this.view.getInt16(this.take(2), true);
  }

  u24(): number {
    const at = this.take(3);
    return this.view.getUint16(at, true) | (this.view.getUint8(at + 2) << 16);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  /** Unsigned integer of 1, 2, 4 or 8 bytes. */
  unsigned(size: number): bigint {
    switch (size) {
      case 1:
        return BigInt(this.u8());
      case 2:
        return BigInt(this.u16());
      case 4:
        return BigInt(this.u32());
      case 8:
        return this.u64();
      default:
        return this.fail(`integers of ${size} bytes are not supported`);
    }
  }

  /** An offset or length of 4 or 8 bytes, which must be one that a file can have. */
  word(size: 4 | 8): number {
    if (size === 4) return this.u32();
    const at = this.offset;
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(`offset 0x${value.toString(16)} is absurd`, at);
    return Number(value);
  }

  /** Unit length with its escape for 64-bit DWARF. */
  initialLength(): { length: number; offsetSize: 4 | 8 } {
    const at = this.offset;
    const length = this.u32();
    if (length < 0xfffffff0) return { length, offsetSize: 4 };
    if (length !== 0xffffffff) this.fail(`length 0x${length.toString(16)} is reserved`, at);
    return { length: this.word(8), offsetSize: 8 };
  }

  /** Unsigned LEB128 that must fit a safe integer. */
  uleb(): number {
    const start = this.offset;
    let result = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
      // Padding with 0x80 is allowed, a value that does not fit is not.
      if (this.offset - start > 16) this.fail("the LEB128 number is too long", start);
    }
    if (result > Number.MAX_SAFE_INTEGER) this.fail("the LEB128 number is too large", start);
    return result;
  }

  /** Unsigned LEB128 of up to 64 bits. */
  uleb64(): bigint {
    return BigInt.asUintN(64, this.leb(false));
  }

  /** Signed LEB128 of up to 64 bits. */
  sleb64(): bigint {
    return BigInt.asIntN(64, this.leb(true));
  }

  /** Signed LEB128 that must fit a safe integer. */
  sleb(): number {
    const start = this.offset;
    const value = Number(this.sleb64());
    if (!Number.isSafeInteger(value)) this.fail("the LEB128 number is too large", start);
    return value;
  }

  private leb(signed: boolean): bigint {
    const start = this.offset;
    let result = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.u8();
      result |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return signed && byte & 0x40 ? result - (1n << shift) : result;
      if (this.offset - start > 20) this.fail("the LEB128 number is too long", start);
    }
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  take8(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** UTF-8 up to a NUL, which is passed. */
  string(): string {
    const at = this.offset;
    const end = this.bytes.indexOf(0, at);
    if (end < 0 || end >= this.end) this.fail("the string has no end", at);
    this.offset = end + 1;
    return decoder.decode(this.bytes.subarray(at, end));
  }

  skipString(): void {
    const end = this.bytes.indexOf(0, this.offset);
    if (end < 0 || end >= this.end) this.fail("the string has no end");
    this.offset = end + 1;
  }
}
