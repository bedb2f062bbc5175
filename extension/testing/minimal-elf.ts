// The smallest ELF file that counts as a program: a header and one loadable segment.

export interface ElfFields {
  /** 1: 32 bits, 2: 64 bits. Only the layout of 64 bits is written. */
  class: number;
  machine: number;
  type: number;
  entry: bigint;
  /** p_type of the one segment. */
  segment: number;
  phoff: bigint;
}

export const runnable: ElfFields = { class: 2, machine: 243, type: 2, entry: 0x10078n, segment: 1, phoff: 64n };

export function minimalElf(fields: Partial<ElfFields> = {}): Uint8Array {
  const f = { ...runnable, ...fields };
  const bytes = new Uint8Array(0x80);
  const v = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, f.class, 1, 1]);
  v.setUint16(16, f.type, true);
  v.setUint16(18, f.machine, true);
  v.setUint32(20, 1, true);
  v.setBigUint64(24, f.entry, true);
  v.setBigUint64(32, f.phoff, true);
  v.setUint16(52, 64, true);
  v.setUint16(54, 56, true);
  v.setUint16(56, 1, true);
  v.setUint32(64, f.segment, true);
  v.setUint32(68, 5, true);
  v.setBigUint64(80, 0x10000n, true);
  v.setBigUint64(96, BigInt(bytes.length), true);
  v.setBigUint64(104, BigInt(bytes.length), true);
  return bytes;
}
