// The memory through which a plugin's records get to an analysis on a thread of its own: some words of control, and a
// few places for batches, used in turn. Both sides wait by Atomics: neither needs its event loop.

/** Words of the control array. */
export const Word = {
  /** Batches written and batches taken so far, modulo 2^32. */
  written: 0,
  taken: 1,
  /** Results wanted and given so far. */
  wanted: 2,
  given: 3,
  /** Not zero when the analysis has failed: the port has the reason. */
  failed: 4,
  /** Not zero when it is to end. */
  closed: 5,
  /** Changes with everything that the analysis may wait for. */
  bell: 6,
} as const;

export const CONTROL_WORDS = 8;
/** Batches that may wait to be taken. */
export const SLOTS = 4;

const bytesOf = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;
const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, u64: BigUint64Array } as const;

export type FieldTypes = Readonly<Record<string, keyof typeof bytesOf>>;
export type Column = InstanceType<(typeof arrays)[keyof typeof arrays]>;

export interface Slot {
  /** Records in it, and the number of the first. */
  readonly head: Float64Array;
  readonly columns: Readonly<Record<string, Column>>;
}

export function slotBytes(fields: FieldTypes, capacity: number): number {
  return 16 + Object.values(fields).reduce((sum, type) => sum + ((bytesOf[type] * capacity + 7) & ~7), 0);
}

export function slotAt(buffer: SharedArrayBuffer, fields: FieldTypes, capacity: number, index: number): Slot {
  let at = index * slotBytes(fields, capacity);
  const head = new Float64Array(buffer, at, 2);
  at += 16;
  const columns: Record<string, Column> = {};
  for (const [name, type] of Object.entries(fields)) {
    columns[name] = new arrays[type](buffer as unknown as ArrayBuffer, at, capacity);
    at += (bytesOf[type] * capacity + 7) & ~7;
  }
  return { head, columns };
}
