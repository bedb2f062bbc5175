import { inflateSync } from "node:zlib";

/** Decompresses a zlib stream of `size` bytes; throws when it is damaged or gives more. */
export function inflate(data: Uint8Array, size: number): Uint8Array {
  return inflateSync(data, { maxOutputLength: Math.max(size, 1) });
}
