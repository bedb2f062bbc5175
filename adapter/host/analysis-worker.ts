// The thread of an analysis: evaluates the plugin's file for itself, and takes batches of records as they come.
import { type MessagePort, workerData } from "node:worker_threads";
import type { Analysis } from "../../plugins/api/index.ts";
import { type Column, type FieldTypes, SLOTS, slotAt, Word } from "./analysis-layout.ts";
import type { AnalysisMessage } from "./analysis-thread.ts";
import type { LoadedPlugin } from "./plugin-loader.ts";
import { evaluateScript } from "./plugin-sandbox.ts";

export interface AnalysisJob {
  plugin: LoadedPlugin;
  name: string;
  options: Readonly<Record<string, unknown>>;
  fields: FieldTypes;
  capacity: number;
  control: Int32Array;
  memory: SharedArrayBuffer;
  port: MessagePort;
}

type Factories = Readonly<Record<string, (options: unknown) => Analysis>>;

function work({ plugin, name, options, fields, capacity, control, memory, port }: AnalysisJob): void {
  const post = (message: AnalysisMessage) => port.postMessage(message);
  const slots = Array.from({ length: SLOTS }, (_, i) => slotAt(memory, fields, capacity, i));
  let describe = (error: unknown) => String(error);
  try {
    const script = evaluateScript(plugin.code, plugin.file, () => {});
    describe = script.describeError;
    const { analyses } = script.definition as { analyses: Factories };
    const analysis = analyses[name](options);
    while (Atomics.load(control, Word.closed) === 0) {
      const bell = Atomics.load(control, Word.bell);
      const taken = control[Word.taken];
      if (taken !== Atomics.load(control, Word.written)) {
        const { head, columns } = slots[(taken >>> 0) % SLOTS];
        const length = head[0];
        const cut: Record<string, Column> = {};
        for (const [field, column] of Object.entries(columns)) cut[field] = column.subarray(0, length);
        analysis.deliver({ length, first: head[1], columns: cut });
        Atomics.store(control, Word.taken, (taken + 1) | 0);
        Atomics.notify(control, Word.taken);
      } else if (control[Word.given] !== Atomics.load(control, Word.wanted)) {
        post({ result: analysis.result() });
        Atomics.store(control, Word.given, control[Word.wanted]);
        Atomics.notify(control, Word.given);
      } else Atomics.wait(control, Word.bell, bell);
    }
  } catch (error) {
    post({ failure: `analysis "${name}": ${describe(error)}` });
    Atomics.store(control, Word.failed, 1);
    for (const word of [Word.taken, Word.given]) {
      // Whoever waits looks at `failed` when this changes.
      Atomics.add(control, word, 1);
      Atomics.notify(control, word);
    }
  }
}

work(workerData as AnalysisJob);
