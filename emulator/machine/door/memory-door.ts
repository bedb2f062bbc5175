// A world in memory: given input, collected output, a clock that moves only when asked or told to. The same every time.
import type { Clock, Door } from "../api.ts";
import type { MemoryFiles } from "./memory-files.ts";

/** 2024-01-01 in nanoseconds since 1970: where the clock starts. */
const EPOCH = 1_704_067_200_000_000_000n;
/** What every look at the clock costs. */
const TICK = 1_000n;

export interface MemoryDoorOptions {
  /** Standard input, which ends after it. */
  input?: string | Uint8Array;
  files?: MemoryFiles;
}

export class MemoryDoor implements Door {
  readonly files: MemoryFiles | undefined;
  readonly logged: { level: string; text: string }[] = [];
  private readonly written: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };
  private input: Uint8Array;
  private ended = true;
  private now = 0n;
  private seed = 1;

  constructor({ input = "", files }: MemoryDoorOptions = {}) {
    this.input = typeof input === "string" ? new TextEncoder().encode(input) : input;
    this.files = files;
  }

  clock(which: Clock): bigint {
    this.now += TICK;
    return which === "realtime" ? EPOCH + this.now : this.now;
  }

  /** Lets time pass, as a sleeping guest wants it. */
  advance(nanoseconds: number): void {
    this.now += BigInt(Math.ceil(nanoseconds));
  }

  random(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      this.seed = (Math.imul(this.seed, 1_103_515_245) + 12_345) >>> 0;
      return this.seed >>> 16;
    });
  }

  /** Adds input. After `end` no more will come. */
  type(text: string, end: boolean): void {
    const added = new TextEncoder().encode(text);
    const joined = new Uint8Array(this.input.length + added.length);
    joined.set(this.input);
    joined.set(added, this.input.length);
    this.input = joined;
    this.ended = end;
  }

  readInput(max: number): Uint8Array | undefined {
    if (this.input.length === 0 && !this.ended) return undefined;
    const data = this.input.subarray(0, max);
    this.input = this.input.subarray(data.length);
    return data;
  }

  writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.written[stream].push(data.slice());
  }

  /** What was written so far, as text. */
  output(stream: "stdout" | "stderr"): string {
    return new TextDecoder().decode(this.outputBytes(stream));
  }

  outputBytes(stream: "stdout" | "stderr"): Uint8Array {
    const chunks = this.written[stream];
    const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  log(level: "info" | "warning" | "error", text: string): void {
    this.logged.push({ level, text });
  }
}
