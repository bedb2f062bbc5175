// What the protocol needs of the machine it runs on. node-host.ts implements it with Node.js.

export interface Host {
  isFile(path: string): boolean;
  /** Joins and normalizes; a later absolute part wins; relative results are against the working directory. */
  resolvePath(...parts: string[]): string;
  directoryOf(path: string): string;
  /** Decompresses a zlib stream of `size` bytes, for compressed debug sections; throws when it cannot. */
  inflate(data: Uint8Array, size: number): Uint8Array;
}
