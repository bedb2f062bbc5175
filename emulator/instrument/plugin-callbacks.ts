// Makes the functions that generated code calls from the callbacks of a plugin, and checks what is asked for.
import type {
  ExecuteCallback,
  ExecuteOptions,
  MemoryCallback,
  MemoryFilter,
  MemoryOptions,
  RegisterReference,
  Vcpu,
} from "../../plugins/api/index.ts";
import { type HostCall, hostCall } from "../ir/host-call.ts";
import type { RegisterIndex } from "../ir/types.ts";
import { CALLED_BY_GUEST, Control, VCPU_BASE, Vcpu as VcpuLayout } from "../machine/layout.ts";
import type { MemoryInsertion } from "./block-plan.ts";
import { type AnyCallback, EntryPool, type EvaluateInRealm } from "./callback-entries.ts";
import { suggestion } from "./nearest.ts";
import type { RegisterLookup } from "./register-lookup.ts";

/** What the callbacks need of their plugin and the machine. */
export interface CallbackOwner {
  readonly index: number;
  readonly name: string;
  /** Removes the plugin because of what it threw. */
  failed(error: unknown, where: string): void;
}

type Executed = ExecuteCallback<readonly RegisterReference[], RegisterReference>;
type Accessed = MemoryCallback<readonly RegisterReference[]>;

interface ExecuteCall {
  callback: HostCall;
  reads: readonly RegisterIndex[];
  writes: readonly RegisterIndex[];
}

export class PluginCallbacks {
  private readonly lookup: RegisterLookup;
  private readonly registers: BigUint64Array;
  private readonly entries: EntryPool;

  constructor(
    owner: CallbackOwner,
    lookup: RegisterLookup,
    vcpu: Vcpu,
    buffer: ArrayBufferLike,
    evaluate: EvaluateInRealm | undefined,
  ) {
    this.lookup = lookup;
    this.registers = new BigUint64Array(buffer, VCPU_BASE, VcpuLayout.icount / 8);
    const context = {
      pluginName: owner.name,
      vcpu,
      control: new Int32Array(buffer, 0, 16),
      markAt: Control.plugin / 4,
      mark: (1 + owner.index) | CALLED_BY_GUEST,
      registers: this.registers,
      args: new BigUint64Array(buffer, VCPU_BASE + VcpuLayout.args, 2),
      failed: (error: unknown, where: string) => owner.failed(error, where),
    };
    this.entries = new EntryPool(context, evaluate);
  }

  execute(callback: Executed, options: ExecuteOptions<readonly RegisterReference[], RegisterReference>): ExecuteCall {
    requireFunction(callback, "onExecute");
    const reads = (options.registers ?? []).map((name) => this.lookup.index(name));
    const writable = new Map((options.writes ?? []).map((name) => [name as string, this.lookup.writableIndex(name)]));
    const written = (result: unknown) => {
      if (result) this.writeBack(result as Parameters<PluginCallbacks["writeBack"]>[0], writable);
    };
    const called = callback as AnyCallback;
    const { execute, executeWith } = this.entries.for(called);
    const isPlain = reads.length === 0 && writable.size === 0;
    return {
      reads,
      writes: [...writable.values()],
      callback: isPlain
        ? hostCall(execute, called)
        : hostCall(executeWith, called, reads, writable.size > 0 ? written : undefined),
    };
  }

  memory(
    callback: Accessed,
    options: MemoryOptions<readonly RegisterReference[]>,
  ): Omit<MemoryInsertion & { kind: "call" }, "plugin"> {
    requireFunction(callback, "onMemory");
    const filter = checkedFilter(options);
    const reads = (options.registers ?? []).map((name) => this.lookup.index(name));
    const called = callback as AnyCallback;
    const { memory, memoryWith } = this.entries.for(called);
    return {
      kind: "call",
      filter,
      reads,
      callbackFor: (shape) =>
        reads.length === 0 ? hostCall(memory, called, shape) : hostCall(memoryWith, called, shape, reads),
    };
  }

  /** The plugin is removed: no callback of it is called any more, not even by code that is still running. */
  close(): void {
    this.entries.close();
  }

  private writeBack(
    result: { readonly [name: string]: bigint | undefined },
    writable: Map<string, RegisterIndex>,
  ): void {
    for (const [name, value] of Object.entries(result)) {
      const index = writable.get(name);
      if (index === undefined)
        throw new Error(
          `the callback returned a value for "${name}", which its \`writes\` does not name${suggestion(name, [...writable.keys()])}`,
        );
      if (value === undefined) continue;
      if (typeof value !== "bigint") throw new TypeError(`the new value of "${name}" must be a bigint`);
      this.registers[index] = value;
    }
  }
}

export function checkedFilter({ filter }: { filter?: MemoryFilter }): MemoryFilter | undefined {
  if (filter === undefined || filter === "loads" || filter === "stores") return filter;
  throw new TypeError(`the filter must be "loads" or "stores", not ${JSON.stringify(filter)}`);
}

/** @throws TypeError, so that the mistake is told where it was made. */
export function requireFunction(callback: unknown, method: string): void {
  if (typeof callback !== "function") throw new TypeError(`${method} needs a function`);
}
