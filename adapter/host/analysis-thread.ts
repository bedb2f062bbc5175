// The guest's side of an analysis on a thread of its own.
import { existsSync } from "node:fs";
import path from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { AnalysisThread } from "../../emulator/instrument/trace-buffer.ts";
import type { Batch } from "../../plugins/api/index.ts";
import { CONTROL_WORDS, type FieldTypes, SLOTS, type Slot, slotAt, slotBytes, Word } from "./analysis-layout.ts";
import type { AnalysisJob } from "./analysis-worker.ts";
import { here } from "./here.ts";
import type { LoadedPlugin } from "./plugin-loader.ts";

export interface AnalysisRequest {
  readonly plugin: LoadedPlugin;
  /** Of the definition's `analyses`. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly fields: FieldTypes;
  /** Records of a batch, at most. */
  readonly capacity: number;
  /** Milliseconds that the thread may take for a batch. */
  readonly limit: number;
}

/** What comes through the port. */
export type AnalysisMessage = { result: unknown } | { failure: string };

export function startAnalysisThread(request: AnalysisRequest): AnalysisThread {
  const { plugin, name, options, fields, capacity, limit } = request;
  const control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS));
  const memory = new SharedArrayBuffer(SLOTS * slotBytes(fields, capacity));
  const slots = Array.from({ length: SLOTS }, (_, i) => slotAt(memory, fields, capacity, i));
  const { port1, port2 } = new MessageChannel();
  const job: AnalysisJob = { plugin, name, options, fields, capacity, control, memory, port: port2 };
  const worker = new Worker(workerFile(), { workerData: job, transferList: [port2], name: `terrarium ${name}` });
  worker.unref();
  port1.unref();
  return new Thread(name, control, slots, worker, () => receiveMessageOnPort(port1)?.message, limit);
}

/** Beside the bundle; from sources, the TypeScript itself. */
function workerFile(): string {
  const built = path.join(here, "analysis-worker.js");
  return existsSync(built) ? built : path.join(here, "analysis-worker.ts");
}

class Thread implements AnalysisThread {
  constructor(
    private readonly name: string,
    private readonly control: Int32Array,
    private readonly slots: readonly Slot[],
    private readonly worker: Worker,
    private readonly receive: () => AnalysisMessage | undefined,
    private readonly limit: number,
  ) {}

  deliver({ length, first, columns }: Batch): void {
    const { control, slots } = this;
    const written = control[Word.written];
    this.waitUntil(Word.taken, () => ((written - control[Word.taken]) | 0) < SLOTS);
    const slot = slots[(written >>> 0) % SLOTS];
    slot.head[0] = length;
    slot.head[1] = first;
    for (const [field, column] of Object.entries(slot.columns)) column.set(columns[field] as never);
    Atomics.store(control, Word.written, (written + 1) | 0);
    this.ring();
  }

  result(): unknown {
    const { control } = this;
    const wanted = (control[Word.wanted] + 1) | 0;
    Atomics.store(control, Word.wanted, wanted);
    this.ring();
    this.waitUntil(Word.given, () => control[Word.given] === wanted);
    const message = this.receive();
    if (!message || "failure" in message) throw new Error(message?.failure ?? `analysis "${this.name}" gave no result`);
    return message.result;
  }

  close(): void {
    Atomics.store(this.control, Word.closed, 1);
    this.ring();
    void this.worker.terminate();
  }

  private ring(): void {
    Atomics.add(this.control, Word.bell, 1);
    Atomics.notify(this.control, Word.bell);
  }

  /** Waits for the thread to change a word until a condition holds. @throws Error when it fails, or takes too long. */
  private waitUntil(word: number, holds: () => boolean): void {
    const { control } = this;
    for (;;) {
      const seen = Atomics.load(control, word);
      this.checkFailure();
      if (holds()) return;
      if (Atomics.wait(control, word, seen, this.limit) === "timed-out" && !holds()) {
        void this.worker.terminate();
        throw new Error(`analysis "${this.name}" did not take a batch of records within ${this.limit} ms`);
      }
    }
  }

  private checkFailure(): void {
    if (Atomics.load(this.control, Word.failed) === 0) return;
    const message = this.receive();
    throw new Error(message && "failure" in message ? message.failure : `analysis "${this.name}" has failed`);
  }
}
