// Which guest memory holds code that was translated, in lines of 64 bytes: a bit for each line, in the shared memory, so
// that generated code can tell a store beside code from a store over it (jit/helpers.ts). The flag of a page says
// whether it has any such line at all.
import { CODE_LINES, LINE_SHIFT, PAGE_SHIFT, PAGE_SIZE, PageFlag, WRITE_FLAGS } from "./layout.ts";

export class CodeLines {
  private readonly bits: Uint8Array;
  /** The same, two words for each page. */
  private readonly words: Uint32Array;
  private readonly writeFlags: Uint8Array;

  /**
   * `limit`: first guest address past the address space; `onMarked` is told of pages that hold code from now on. The
   * memory is fresh: no bit is set.
   */
  constructor(
    buffer: ArrayBufferLike,
    limit: number,
    private readonly onMarked: (address: number, length: number) => void,
  ) {
    this.bits = new Uint8Array(buffer, CODE_LINES, limit >>> (LINE_SHIFT + 3));
    this.words = new Uint32Array(buffer, CODE_LINES, this.bits.length / 4);
    this.writeFlags = new Uint8Array(buffer, WRITE_FLAGS, 0x100000);
  }

  mark(line: number): void {
    const page = line >>> (PAGE_SHIFT - LINE_SHIFT);
    this.bits[line >>> 3] |= 1 << (line & 7);
    if (this.writeFlags[page] & PageFlag.Code) return;
    this.writeFlags[page] |= PageFlag.Code;
    this.onMarked(page * PAGE_SIZE, PAGE_SIZE);
  }

  unmark(line: number): void {
    const page = line >>> (PAGE_SHIFT - LINE_SHIFT);
    this.bits[line >>> 3] &= ~(1 << (line & 7));
    if ((this.words[2 * page] | this.words[2 * page + 1]) === 0) this.writeFlags[page] &= ~PageFlag.Code;
  }

  /** Does a page have a line with code? */
  inPage(page: number): boolean {
    return (this.writeFlags[page] & PageFlag.Code) !== 0;
  }

  /** Does a line of [address, address + length) hold code? */
  touch(address: number, length: number): boolean {
    const last = (address + length - 1) >>> LINE_SHIFT;
    for (let line = address >>> LINE_SHIFT; line <= last; line++)
      if (this.bits[line >>> 3] & (1 << (line & 7))) return true;
    return false;
  }
}
