// The smallest static ELF64 executable for RISC-V that Linux loads: for programs that tests make up.

export interface Segment {
  address: number;
  bytes: Uint8Array;
  /** PF_X 1, PF_W 2, PF_R 4. */
  flags: number;
  /** Zeroed memory after the bytes. */
  zeros?: number;
}

const PAGE = 4096;

export function writeElf(entry: number, segments: readonly Segment[]): Uint8Array {
  // Each segment's bytes stand at a file offset congruent to its address.
  let end = PAGE;
  const placed = segments.map((segment) => {
    const offset = end + (segment.address % PAGE);
    end = Math.ceil((offset + segment.bytes.length) / PAGE) * PAGE;
    return { ...segment, offset };
  });
  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 243, true); // EM_RISCV
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(entry), true);
  view.setBigUint64(32, 64n, true); // program headers follow the header
  view.setUint32(48, 5, true); // RVC, double-float ABI
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, placed.length, true);
  view.setUint16(58, 64, true);
  placed.forEach(({ offset, address, bytes, flags, zeros = 0 }, index) => {
    const at = 64 + 56 * index;
    view.setUint32(at, 1, true); // PT_LOAD
    view.setUint32(at + 4, flags, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, BigInt(address), true);
    view.setBigUint64(at + 24, BigInt(address), true);
    view.setBigUint64(at + 32, BigInt(bytes.length), true);
    view.setBigUint64(at + 40, BigInt(bytes.length + zeros), true);
    view.setBigUint64(at + 48, BigInt(PAGE), true);
    file.set(bytes, offset);
  });
  return file;
}
