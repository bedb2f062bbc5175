// Files that plugins write, in the one folder that was granted for that.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import type { OutputFile } from "../../plugins/api/index.ts";

/** Bytes that are written at once. */
const CHUNK = 1 << 20;

class BufferedFile implements OutputFile {
  private readonly descriptor: number;
  private readonly chunk = Buffer.allocUnsafe(CHUNK);
  private filled = 0;
  private written = 0;
  private closed = false;

  constructor(file: string) {
    this.descriptor = openSync(file, "w");
  }

  get size(): number {
    return this.written + this.filled;
  }

  write(data: string | Uint8Array): void {
    if (this.closed) throw new Error("the file is closed: the session has ended");
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + CHUNK - this.filled);
      this.chunk.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === CHUNK) this.flush();
    }
  }

  flush(): void {
    for (let at = 0; at < this.filled; ) at += writeSync(this.descriptor, this.chunk, at, this.filled - at);
    this.written += this.filled;
    this.filled = 0;
  }

  close(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    closeSync(this.descriptor);
  }
}

export class OutputFiles {
  private readonly folder: string;
  private readonly files = new Map<string, { owner: string; file: BufferedFile }>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws Error that says why the file cannot be written. */
  open(plugin: string, name: string): OutputFile {
    const fail = (why: string): never => {
      throw new Error(`file "${name}" cannot be written: ${why}`);
    };
    if (name === "" || name === "." || name === ".." || /[\\/\0]/.test(name))
      fail("its name must be that of a file in the folder for output, without slashes");
    const other = this.files.get(name);
    if (other) fail(`plugin "${other.owner}" writes it already`);
    try {
      mkdirSync(this.folder, { recursive: true });
      const file = new BufferedFile(path.join(this.folder, name));
      this.files.set(name, { owner: plugin, file });
      // Nothing of the file itself is handed out.
      return Object.freeze({
        write: (data: string | Uint8Array) => file.write(data),
        get size() {
          return file.size;
        },
      });
    } catch (error) {
      return fail((error as Error).message);
    }
  }

  /** What has been written so far is in the files. */
  flush(): void {
    for (const { file } of this.files.values()) file.flush();
  }

  close(): void {
    for (const { file } of this.files.values()) file.close();
  }
}
