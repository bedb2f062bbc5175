// Makes the functions that generated code calls from the callbacks of a plugin. They are on the hot path: they say whose
// code runs (so that a hang has a name), catch what it throws, and make no value that was not asked for.
import type {
  ExecuteCallback,
  ExecuteOptions,
  MemoryCallback,
  MemoryFilter,
  MemoryOptions,
  RegisterReference,
  Vcpu,
} from "../../plugins/api/index.ts";
import type { RegisterIndex } from "../ir/types.ts";
import { Control, VCPU_BASE, Vcpu as VcpuLayout } from "../machine/layout.ts";
import type { MemoryInsertion } from "./block-plan.ts";
import { AccessHandle, type AccessSource } from "./memory-access.ts";
import { suggestion } from "./nearest.ts";
import type { RegisterLookup } from "./register-lookup.ts";

/** What the callbacks need of their plugin and the machine. */
export interface CallbackOwner {
  readonly index: number;
  readonly name: string;
  readonly active: boolean;
  /** Removes the plugin because of what it threw. */
  failed(error: unknown, where: string): void;
}

type Executed = ExecuteCallback<readonly RegisterReference[], RegisterReference>;
type Accessed = MemoryCallback<readonly RegisterReference[]>;

interface ExecuteCall {
  callback: () => void;
  reads: readonly RegisterIndex[];
  writes: readonly RegisterIndex[];
}

const markAt = Control.plugin / 4;
const none: readonly bigint[] = [];

export class PluginCallbacks {
  private readonly owner: CallbackOwner;
  private readonly lookup: RegisterLookup;
  private readonly vcpu: Vcpu;
  private readonly control: Int32Array;
  private readonly registers: BigUint64Array;
  private readonly source: AccessSource;
  private executing = false;

  constructor(owner: CallbackOwner, lookup: RegisterLookup, vcpu: Vcpu, buffer: ArrayBufferLike) {
    this.owner = owner;
    this.lookup = lookup;
    this.vcpu = vcpu;
    this.control = new Int32Array(buffer, 0, 16);
    this.registers = new BigUint64Array(buffer, VCPU_BASE, VcpuLayout.icount / 8);
    const args = new BigUint64Array(buffer, VCPU_BASE + VcpuLayout.args, 2);
    this.source = { args, pluginName: owner.name, current: undefined };
  }

  execute(callback: Executed, options: ExecuteOptions<readonly RegisterReference[], RegisterReference>): ExecuteCall {
    requireFunction(callback, "onExecute");
    const { owner, vcpu, control, registers } = this;
    const mark = 1 + owner.index;
    const reads = (options.registers ?? []).map((name) => this.lookup.index(name));
    const writable = new Map((options.writes ?? []).map((name) => [name as string, this.lookup.writableIndex(name)]));
    const run = () => {
      const values = reads.length === 0 ? none : reads.map((index) => registers[index]);
      const result = callback(vcpu, values);
      if (writable.size > 0 && result) this.writeBack(result, writable);
    };
    return {
      reads,
      writes: [...writable.values()],
      callback: () => {
        if (!owner.active) return;
        control[markAt] = mark;
        this.executing = true;
        try {
          run();
        } catch (error) {
          owner.failed(error, "onExecute callback");
        }
        this.executing = false;
        control[markAt] = 0;
      },
    };
  }

  memory(
    callback: Accessed,
    options: MemoryOptions<readonly RegisterReference[]>,
  ): Omit<MemoryInsertion & { kind: "call" }, "plugin"> {
    requireFunction(callback, "onMemory");
    const filter = checkedFilter(options);
    const { owner, vcpu, control, registers, source } = this;
    const mark = 1 + owner.index;
    const reads = (options.registers ?? []).map((name) => this.lookup.index(name));
    return {
      kind: "call",
      filter,
      reads,
      callbackFor: (shape) => () => {
        if (!owner.active) return;
        control[markAt] = mark;
        const handle = new AccessHandle(source, shape);
        source.current = handle;
        try {
          callback(handle, vcpu, reads.length === 0 ? none : reads.map((index) => registers[index]));
        } catch (error) {
          owner.failed(error, "onMemory callback");
        }
        source.current = undefined;
        control[markAt] = 0;
      },
    };
  }

  /** After a callback that did not return was ended from outside: was it called by guest code? Asked once. */
  wasInterrupted(): boolean {
    const was = this.executing || this.source.current !== undefined;
    this.executing = false;
    this.source.current = undefined;
    return was;
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
