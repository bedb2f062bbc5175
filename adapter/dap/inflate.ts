import { createRequire } from "node:module";

/** Loaded when it is wanted: few programs have compressed sections, and this file is loaded with every one. */
const zlib = () => createRequire(import.meta.url)("node:zlib") as typeof import("node:zlib");

/** Decompresses a zlib stream of `size` bytes; throws when it is damaged or gives more. */
export function inflate(data: Uint8Array, size: number): Uint8Array {
  return zlib().inflateSync(data, { maxOutputLength: Math.max(size, 1) });
}
